# generated from tests/_async/test_tracking.py by scripts/generate_sync.py;
# change that file, not this one
"""What is known of each statement that is sent: its line, its question, and what it loads?"""

from __future__ import annotations

import inspect
from time import perf_counter
from typing import Any

import pytest

from covet.sync import (
    BudgetExceeded,
    CharField,
    ConfigurationError,
    Database,
    ForeignKey,
    ManyToManyField,
    Model,
    QueryTracker,
    assert_num_queries,
    atomic,
    capture_queries,
    query_budget,
)
from covet.watch import Query


class Author(Model):
    name = CharField(max_length=50)


class Tag(Model):
    name = CharField(max_length=50)


class Post(Model):
    title = CharField(max_length=50)
    author = ForeignKey(Author, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")


MODELS = [Author, Tag, Post]


def some() -> None:
    """Two authors with a post each, which share a tag."""
    tag = Tag.objects.create(name="news")
    for name in ("ann", "bob"):
        author = Author.objects.create(name=name)
        post = Post.objects.create(title=f"{name}'s", author=author)
        post.tags.add(tag)


def line_of(query: Query) -> str:
    """The text of the line that sent a statement."""
    assert query.site is not None
    assert query.site.file == __file__
    return query.site.source


def test_the_line_of_the_program_is_known(db: Database) -> None:
    with QueryTracker() as tracker:
        Author.objects.filter(name="ann").first()
    (query,) = tracker
    assert "Author.objects.filter" in line_of(query)
    assert query.site is not None
    assert query.site.function == "test_the_line_of_the_program_is_known"
    assert query.site.line in range(*_lines(test_the_line_of_the_program_is_known))
    assert query.asked is not None
    assert (query.asked.model, query.asked.call) == (Author, "first")


def _lines(function: object) -> tuple[int, int]:
    text, first = inspect.getsourcelines(function)  # type: ignore[arg-type]
    return first, first + len(text)


def helper() -> int:
    """A function of the program between the test and covet."""
    return Author.objects.count()


def test_the_stack_has_the_lines_of_the_program_only(db: Database) -> None:
    with QueryTracker() as tracker:
        helper()
    (query,) = tracker
    functions = [site.function for site in query.stack if site.file == __file__]
    assert functions == ["helper", "test_the_stack_has_the_lines_of_the_program_only"]
    assert all("covet/_" not in site.file for site in query.stack)


def test_times_rows_and_sums(db: Database) -> None:
    some()
    before = perf_counter()
    with QueryTracker() as tracker:
        Author.objects.all().fetch()
        Author.objects.filter(name="ann").update(name="anne")
        Author.objects.filter(id__in=[1, 2]).fetch()
        Author.objects.filter(id__in=[1, 2, 3]).fetch()
    first, update, *_ = tracker
    assert (first.rowcount, update.rowcount) == (2, 1)
    assert before <= first.started <= update.started <= perf_counter()
    assert 0 < first.seconds <= tracker.seconds
    assert tracker.rows >= 3
    assert (len(tracker), bool(tracker)) == (4, True)
    assert first.serial < update.serial
    assert [len(group) for group in tracker.by_shape().values()] == [1, 1, 2]


def test_the_last_so_many_are_kept(db: Database) -> None:
    with QueryTracker(most=2) as tracker:
        for n in range(5):
            Author.objects.filter(id=n).exists()
    assert [query.params[0] for query in tracker] == [3, 4]
    assert tracker.dropped == 3


def test_a_tracker_can_be_entered_again_but_not_twice(db: Database) -> None:
    tracker = QueryTracker()
    for _ in range(2):
        with tracker:
            Author.objects.count()
            with pytest.raises(RuntimeError, match="in use"), tracker:
                pass
    Author.objects.count()
    assert len(tracker) == 2


def test_both_ways_to_enter(db: Database) -> None:
    with capture_queries() as queries:
        Author.objects.count()
    assert len(queries) == 1


def test_transactions_have_numbers(db: Database) -> None:
    with QueryTracker(transactions=True) as tracker:
        with atomic():
            Author.objects.count()
            with atomic():
                Author.objects.count()
        with atomic():
            Author.objects.count()
        Author.objects.count()
    numbers = [query.transaction for query in tracker]
    first, second = numbers[0], numbers[-2]
    assert first is not None
    assert numbers == [first] * 6 + [second] * 3 + [None]
    assert first != second
    assert all(query.site is not None for query in tracker)


def test_what_a_lazy_load_is_for(db: Database) -> None:
    some()
    with QueryTracker() as tracker:
        for post in Post.objects.order_by("id").fetch():
            assert post.author.name
    rows, load = tracker
    assert rows.load is None
    assert load.load is not None
    assert (load.load.kind, load.load.relation) == ("lazy", "Post.author")
    assert (load.load.many, load.load.instances) == (False, 2)
    assert load.load.path == (rows, ("author",))
    assert "post.author" in line_of(load)
    assert "Post.objects.order_by" in line_of(rows)


def test_a_load_knows_its_way_from_the_first_query(db: Database) -> None:
    some()
    with QueryTracker() as tracker:
        for author in Author.objects.order_by("id").fetch():
            for post in author.posts.all().fetch():
                for _ in post.tags.all().fetch():
                    pass
    paths = {load.load.path[1] for load in tracker if load.load}
    assert paths == {("posts",), ("posts", "tags")}
    assert {load.load.path[0] for load in tracker if load.load} == {tracker.queries[0]}


def test_the_way_goes_through_what_a_join_brought(db: Database) -> None:
    some()
    with QueryTracker() as tracker:
        (post, *_) = Post.objects.select_related("author").order_by("id").fetch()
        author = post.author
        for _ in author.posts.all().fetch():
            pass
    rows, load = tracker
    assert load.load is not None
    assert load.load.path == (rows, ("author", "posts"))
    assert load.asked is not None
    assert load.asked.owner is not None
    assert load.asked.owner[1] is author


def test_prefetches_and_deferred_fields_say_so(db: Database) -> None:
    some()
    with QueryTracker() as tracker:
        Author.objects.prefetch_related("posts__tags").fetch()
    kinds = [(query.load.kind, query.load.relation) for query in tracker if query.load]
    assert kinds == [("prefetch", "Author.posts"), ("prefetch", "Post.tags")]
    with QueryTracker() as tracker:
        (first, _) = Author.objects.only("id").fetch()
        first.refresh_from_db(fields=["name"])
    (load,) = [query.load for query in tracker if query.load]
    assert (load.kind, load.relation, load.instances) == ("deferred", "Author.name", 2)


def within(block: Any, error: Exception | None = None) -> None:
    """Send two statements within a block, which give a row each, and perhaps fail."""
    with block:
        Author.objects.count()
        Author.objects.filter(name="ann\n2. fake").count()
        if error is not None:
            raise error


def test_so_many_queries(db: Database) -> None:
    with assert_num_queries(1) as queries:
        Author.objects.count()
    assert len(queries) == 1
    with pytest.raises(AssertionError) as caught:
        within(assert_num_queries(1))
    first, *_ = str(caught.value).splitlines()
    assert first == "2 queries were sent, 1 expected:"
    assert "test_tracking.py" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 5
    with pytest.raises(AssertionError, match=r"^2 queries were sent, 3 expected:"):
        within(assert_num_queries(3))


def test_an_error_of_the_block_is_not_covered(db: Database) -> None:
    for block in (assert_num_queries(7), query_budget(queries=0)):
        with pytest.raises(KeyError):
            within(block, KeyError())


def test_a_budget(db: Database) -> None:
    some()
    with query_budget(queries=1, rows=2, ms=60_000) as queries:
        Author.objects.all().fetch()
    assert len(queries) == 1
    with pytest.raises(BudgetExceeded) as caught:
        within(query_budget(queries=1, rows=1, ms=0))
    message = str(caught.value)
    assert message.startswith("The block is over its budget: 2 queries of 1, 2 rows of 1, ")
    assert "ms of 0. Sent:\n   1. SELECT" in message


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: query_budget(), "A budget without a limit allows everything (in query_budget())"),
        (lambda: query_budget(rows=-1), "-1 is no limit (in query_budget(rows=-1))"),
        (lambda: query_budget(ms=float("nan")), "nan is no limit (in query_budget(ms=nan))"),
        (lambda: assert_num_queries("3"), "'3' is no limit (in assert_num_queries(num='3'))"),
        (lambda: assert_num_queries(True), "True is no limit (in assert_num_queries(num=True))"),
    ],
    ids=["no limit", "negative", "nan", "text", "bool"],
)
def test_limits_that_are_none(make: object, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()  # type: ignore[operator]
    assert str(caught.value).startswith(words)
