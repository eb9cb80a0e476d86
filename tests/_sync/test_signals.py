# generated from tests/_async/test_signals.py by scripts/generate_sync.py;
# change that file, not this one
"""Who is told what, and when, as instances are made, saved and deleted?"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    IntegrityError,
    MaxValueValidator,
    Model,
    ValidationError,
    atomic,
    capture_queries,
    connect,
    create_tables,
    loaded,
    signals,
)
from covet.sync.signals import (
    Signal,
    m2m_changed,
    post_delete,
    post_init,
    post_save,
    pre_delete,
    pre_init,
    pre_save,
    receiver,
)

ALL = [pre_init, post_init, pre_save, post_save, pre_delete, post_delete, m2m_changed]


class Named(Model):
    name = CharField(max_length=20, unique=True)

    class Meta:
        abstract = True
        app_label = "people"


class Author(Named): ...


class Reader(Named): ...


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0, validators=[MaxValueValidator(100)])
    author = ForeignKey(Author, null=True, related_name="posts")


class Careful(Model):
    """Has a constructor of its own."""

    word = CharField(max_length=20)

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.length = len(self.word)


class Heard:
    """A receiver that keeps what it was told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, sender: Any, **kwargs: Any) -> None:
        signal = kwargs.pop("signal")
        kwargs["sender"] = sender
        self.told.append((repr(signal).strip("<>").removeprefix("signal "), kwargs))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Told of what it is connected with; at the end, nobody is connected any more."""
    yield Heard()
    for signal in ALL:
        for connection in signal.receivers:
            who = connection.sender and connection.sender()
            signal.disconnect(connection.receiver(), who, connection.uid)
    assert not any(signal.receivers for signal in ALL)


# --- saving --------------------------------------------------------------------------------------


def test_a_new_row_is_told_of_before_and_after(db: Database, heard: Heard) -> None:
    pre_save.connect(heard, sender=Post)
    post_save.connect(heard, sender=Post)

    post = Post.objects.create(title="a")

    about = {"instance": post, "raw": False, "using": "default", "update_fields": None}
    assert heard.told == [
        ("pre_save", {"sender": Post, **about}),
        ("post_save", {"sender": Post, "created": True, **about}),
    ]


def test_a_changed_row_was_not_created(db: Database, heard: Heard) -> None:
    post = Post.objects.create(title="a")
    post_save.connect(heard)

    post.title = "b"
    post.save()
    post.save(update_fields=["title", "author_id"])

    assert [(t["created"], t["update_fields"]) for _, t in heard.told] == [
        (False, None),
        (False, frozenset({"title", "author"})),
    ]


def test_an_instance_with_a_key_is_created_if_there_is_no_such_row(
    db: Database, heard: Heard
) -> None:
    post_save.connect(heard)

    Post(id=7, title="a").save()
    Post(id=7, title="b").save()

    assert [told["created"] for _, told in heard.told] == [True, False]


def test_saving_no_fields_is_not_told_of(db: Database, heard: Heard) -> None:
    post = Post.objects.create(title="a")
    pre_save.connect(heard)
    post_save.connect(heard)

    post.save(update_fields=[])

    assert heard.told == []


def test_a_receiver_of_pre_save_may_change_what_is_written(db: Database, heard: Heard) -> None:
    @receiver(pre_save, sender=Post)
    def tidy(sender: type[Post], instance: Post, **kwargs: Any) -> None:
        instance.title = instance.title.strip()
        instance.views = min(instance.views, 100)  # before it is validated

    Post.objects.create(title=" a ", views=101)

    assert Post.objects.values_list("title", "views").fetch() == [("a", 100)]


def test_an_invalid_instance_is_not_told_of_as_saved(db: Database, heard: Heard) -> None:
    pre_save.connect(heard)
    post_save.connect(heard)

    with pytest.raises(ValidationError):
        Post.objects.create(title="a", views=101)

    assert heard.names == ["pre_save"]


def test_what_a_receiver_of_pre_save_raises_keeps_the_row_from_being_written(
    db: Database, heard: Heard
) -> None:
    @receiver(pre_save)
    def refuse(sender: Any, **kwargs: Any) -> None:
        raise PermissionError("not now")

    with capture_queries() as queries, pytest.raises(PermissionError, match="not now"):
        Post.objects.create(title="a")

    assert queries == []


def test_what_a_receiver_of_post_save_raises_comes_too_late_unless_in_atomic(
    db: Database, heard: Heard
) -> None:
    @receiver(post_save)
    def fail(sender: Any, **kwargs: Any) -> None:
        raise PermissionError("too late")

    with pytest.raises(PermissionError):
        Post.objects.create(title="stays")
    with pytest.raises(PermissionError):
        with atomic():
            Post.objects.create(title="goes")

    assert Post.objects.values_list("title", flat=True).fetch() == ["stays"]


def test_everything_that_saves_an_instance_tells(db: Database, heard: Heard) -> None:
    ann = Author.objects.create(name="Ann")
    post_save.connect(heard)

    Post.objects.get_or_create(title="a")
    Post.objects.get_or_create(title="a")
    Post.objects.update_or_create({"views": 1}, title="a")
    ann.posts.create(title="b")
    ann.posts.get_or_create(title="c")

    assert [(t["instance"].title, t["created"]) for _, t in heard.told] == [
        ("a", True),
        ("a", False),
        ("b", True),
        ("c", True),
    ]


def test_what_writes_many_rows_at_once_tells_nobody(db: Database, heard: Heard) -> None:
    for signal in (pre_save, post_save):
        signal.connect(heard)

    Post.objects.bulk_create([Post(title="a"), Post(title="b")])
    Post.objects.update(views=1)

    assert heard.told == []


def test_the_database_is_named(heard: Heard) -> None:
    for signal in (pre_save, post_save, pre_delete, post_delete):
        signal.connect(heard)

    with connect("sqlite:///:memory:", alias="archive"):
        create_tables(Author, Post, using="archive")
        post = Post.objects.using("archive").create(title="a")
        post.save()
        post.delete()

    assert [told["using"] for _, told in heard.told] == ["archive"] * 6


# --- deleting ------------------------------------------------------------------------------------


def test_a_deleted_instance_is_told_of_before_and_after(db: Database, heard: Heard) -> None:
    post = Post.objects.create(title="a")
    key = post.pk
    keys: list[Any] = []
    pre_delete.connect(heard, sender=Post)
    post_delete.connect(heard, sender=Post)

    @receiver([pre_delete, post_delete])
    def look(sender: Any, instance: Post, **kwargs: Any) -> None:
        keys.append(instance.pk)

    post.delete()

    about = {"sender": Post, "instance": post, "using": "default", "origin": post}
    assert heard.told == [("pre_delete", about), ("post_delete", about)]
    assert keys == [key, key]  # it is taken away afterwards
    assert post.pk is None


def test_what_a_receiver_of_pre_delete_raises_keeps_the_row(db: Database, heard: Heard) -> None:
    post = Post.objects.create(title="a")

    @receiver(pre_delete)
    def refuse(sender: Any, **kwargs: Any) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        post.delete()

    assert Post.objects.count() == 1
    assert post.pk is not None


def test_what_a_receiver_of_post_delete_raises_undoes_the_deletion(
    db: Database, heard: Heard
) -> None:
    post = Post.objects.create(title="a")

    @receiver(post_delete)
    def refuse(sender: Any, **kwargs: Any) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        post.delete()

    assert Post.objects.count() == 1
    assert post.pk is not None


def test_each_row_that_a_query_deletes_is_told_of(db: Database, heard: Heard) -> None:
    posts = [Post.objects.create(title=title) for title in "abc"]
    pre_delete.connect(heard, sender=Post)
    post_delete.connect(heard, sender=Post)
    query = Post.objects.exclude(title="b").order_by("title")

    assert query.delete() == (2, {"Post": 2})

    assert heard.names == ["pre_delete"] * 2 + ["post_delete"] * 2
    for _, told in heard.told:
        assert told["origin"] is query
        assert told["instance"].pk in (posts[0].pk, posts[2].pk)
    assert {told["instance"].title for _, told in heard.told} == {"a", "c"}


def test_rows_that_are_deleted_with_another_are_told_of(db: Database, heard: Heard) -> None:
    ann = Author.objects.create(name="Ann")
    posts = [Post.objects.create(title=title, author=ann) for title in "ab"]
    counts: list[int] = []

    @receiver([pre_delete, post_delete], sender=Post)
    def look(sender: Any, **kwargs: Any) -> None:
        counts.append(Post.objects.count() + 10 * Author.objects.count())

    pre_delete.connect(heard)
    post_delete.connect(heard)
    assert ann.delete() == (3, {"Author": 1, "Post": 2})

    assert [(name, told["instance"]) for name, told in heard.told] == [
        ("pre_delete", heard.told[0][1]["origin"]),
        *(("pre_delete", post) for post in posts),
        *(("post_delete", post) for post in posts),
        ("post_delete", heard.told[0][1]["origin"]),
    ]
    assert heard.told[0][1]["instance"] is heard.told[-1][1]["instance"] is ann
    assert {told["origin"] is ann for _, told in heard.told} == {True}
    assert counts == [12, 12, 10, 10]


def test_rows_that_are_told_of_are_loaded_whole(db: Database, heard: Heard) -> None:
    Post.objects.create(title="a", views=7)
    pre_delete.connect(heard, sender=Post)

    assert Post.objects.only("title").delete() == (1, {"Post": 1})

    assert heard.told[0][1]["instance"].__dict__["views"] == 7


def test_only_models_that_somebody_listens_to_are_loaded(db: Database, heard: Heard) -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann)
    pre_delete.connect(heard, sender=Author)

    with capture_queries() as queries:
        ann.delete()

    assert heard.names == ["pre_delete"]
    assert [query.kind for query in queries] == ["execute", "execute"]


# --- being made ----------------------------------------------------------------------------------


def test_a_new_instance_is_told_of_before_and_after(db: Database, heard: Heard) -> None:
    pre_init.connect(heard, sender=Post)
    post_init.connect(heard, sender=Post)

    post = Post(None, title="a")

    assert heard.told == [
        ("pre_init", {"sender": Post, "args": (None,), "kwargs": {"title": "a"}}),
        ("post_init", {"sender": Post, "instance": post}),
    ]
    assert post.title == "a"


def test_a_row_that_is_loaded_is_told_of_too(db: Database, heard: Heard) -> None:
    made = Post.objects.create(title="a")
    pre_init.connect(heard)
    post_init.connect(heard)

    post = Post.objects.get()

    values = {"id": made.pk, "title": "a", "views": 0, "author_id": None}
    assert heard.told == [
        ("pre_init", {"sender": Post, "args": (), "kwargs": values}),
        ("post_init", {"sender": Post, "instance": post}),
    ]
    assert heard.told[1][1]["instance"] is post


def test_a_plan_made_while_nobody_listened_is_made_again(db: Database, heard: Heard) -> None:
    Post.objects.create(title="a")
    Post.objects.get()

    post_init.connect(heard, sender=Post)
    Post.objects.get()
    post_init.disconnect(heard, sender=Post)
    Post.objects.get()

    assert heard.names == ["post_init"]


def test_related_rows_are_told_of_once_they_are_attached(db: Database, heard: Heard) -> None:
    Post.objects.create(title="a", author=Author.objects.create(name="Ann"))
    Post.objects.create(title="b")
    names: list[Any] = []

    @receiver(post_init)
    def look(sender: Any, instance: Any, **kwargs: Any) -> None:
        author = instance if sender is Author else loaded(instance.author)
        names.append((sender.__name__, author and author.name))

    with capture_queries() as queries:
        Post.objects.select_related("author").order_by("title").fetch()

    assert names == [("Author", "Ann"), ("Post", "Ann"), ("Post", None)]
    assert len(queries) == 1


def test_only_the_models_that_are_listened_to_are_told_of(db: Database, heard: Heard) -> None:
    Author.objects.create(name="Ann")
    post_init.connect(heard, sender=Post)

    Author.objects.get()
    Author()
    Post()

    assert [told["sender"] for _, told in heard.told] == [Post]


def test_a_constructor_of_the_models_own_is_kept(db: Database, heard: Heard) -> None:
    lengths: list[bool] = []

    @receiver(post_init, sender=Careful)
    def look(sender: Any, instance: Careful, **kwargs: Any) -> None:
        lengths.append("length" in vars(instance))

    careful = Careful(word="four")

    assert careful.length == 4
    assert lengths == [False]  # Model's constructor tells, before the rest of the model's own


def test_what_makes_no_instance_anew_tells_nobody(db: Database, heard: Heard) -> None:
    post = Post.objects.create(title="a")
    pre_init.connect(heard)
    post_init.connect(heard)

    copy.copy(post)
    pickle.loads(pickle.dumps(post))
    post.refresh_from_db()
    Post.objects.values("title").fetch()

    assert heard.told == []


def test_a_constructor_is_told_of_what_a_receiver_changed(heard: Heard) -> None:
    @receiver(pre_init, sender=Post)
    def shout(sender: Any, kwargs: dict[str, Any], **more: Any) -> None:
        kwargs["title"] = kwargs["title"].upper()

    assert Post(title="a").title == "A"


# --- nobody listens ------------------------------------------------------------------------------


def test_the_constructor_is_the_plain_one_unless_somebody_listens(heard: Heard) -> None:
    plain = Post.__init__

    post_init.connect(heard, sender=Author)
    assert Post.__init__ is not plain
    post_init.disconnect(heard, sender=Author)

    assert Post.__init__ is plain
    assert "__init__" not in vars(Model)


def test_the_constructor_is_the_plain_one_again_once_the_receiver_is_gone() -> None:
    plain = Post.__init__
    gone = Heard()
    pre_init.connect(gone)

    del gone

    assert Post.__init__ is plain


# --- who is told ---------------------------------------------------------------------------------


def test_an_abstract_model_stands_for_all_that_inherit_from_it(db: Database, heard: Heard) -> None:
    post_save.connect(heard, sender=Named)

    Author.objects.create(name="Ann")
    Reader.objects.create(name="Bob")
    Post.objects.create(title="a")

    assert [told["sender"] for _, told in heard.told] == [Author, Reader]


@pytest.mark.parametrize("word", ["Author", "people.Author", f"{__name__}.Author"])
def test_a_sender_may_be_given_by_name(word: str, db: Database, heard: Heard) -> None:
    post_save.connect(heard, sender=word)

    Author.objects.create(name="Ann")
    Reader.objects.create(name="Bob")

    assert [told["sender"] for _, told in heard.told] == [Author]


def test_a_named_model_may_be_declared_later(heard: Heard) -> None:
    post_init.connect(heard, sender="later.Late")

    class Late(Model):
        class Meta:
            app_label = "later"

    Late()

    assert heard.names == ["post_init"]


def test_what_is_no_model_is_no_sender_of_a_models_signal() -> None:
    with pytest.raises(signals.WrongReceiver) as raised:
        post_save.connect(Heard(), sender=Post(title="a"))

    assert str(raised.value) == (
        "The sender <Post: Post object (None)> is not a model. Give the class, or its name."
    )


# --- sending -------------------------------------------------------------------------------------


def test_sending_gives_what_the_receivers_return_in_their_order() -> None:
    paid = Signal()

    def one(sender: Any, amount: int, **kwargs: Any) -> int:
        return amount

    def two(sender: Any, signal: Signal, **kwargs: Any) -> Signal:
        return signal

    paid.connect(one)
    paid.connect(two)

    assert paid.send("shop", amount=5) == [(one, 5), (two, paid)]
    assert paid.send_robust(sender="shop", amount=5) == [(one, 5), (two, paid)]
    assert Signal().send("shop") == []


def test_what_a_receiver_raises_ends_the_sending(heard: Heard) -> None:
    def fail(sender: Any, **kwargs: Any) -> None:
        raise IntegrityError("no")

    m2m_changed.connect(fail)
    m2m_changed.connect(heard)

    with pytest.raises(IntegrityError):
        m2m_changed.send(Post)
    assert heard.told == []


def test_robust_sending_goes_on_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    paid = Signal()
    error = IntegrityError("no")

    def fail(sender: Any, **kwargs: Any) -> None:
        raise error

    def count(sender: Any, **kwargs: Any) -> int:
        return 1

    paid.connect(fail)
    paid.connect(count)

    assert paid.send_robust("shop") == [(fail, error), (count, 1)]
    assert "fail failed as a receiver of" in caplog.text


def test_a_query_that_is_returned_is_not_run(db: Database) -> None:
    paid = Signal()

    def late(sender: Any, **kwargs: Any) -> Any:
        return Post.objects.all()

    paid.connect(late)

    with capture_queries() as queries:
        [(_, answer)] = paid.send("shop")
        assert queries == []
    assert answer.sql()[0].startswith("SELECT")


def test_changes_of_many_to_many_relations_have_a_signal(heard: Heard) -> None:
    m2m_changed.connect(heard, sender=Post)
    about = {"action": "post_add", "reverse": False, "model": Author, "pk_set": {1}}

    m2m_changed.send(Post, instance=None, using="default", **about)

    assert heard.told == [
        ("m2m_changed", {"sender": Post, "instance": None, "using": "default", **about})
    ]


def test_a_receiver_may_save_other_rows_in_the_same_transaction(db: Database, heard: Heard) -> None:
    counts: list[Any] = []

    @receiver(post_save, sender=Post)
    def look(sender: Any, instance: Post, **kwargs: Any) -> None:
        counts.append(instance.pk)

    with atomic():
        post = Post.objects.create(title="a")

    assert counts == [post.pk]
