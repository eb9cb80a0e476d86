# generated from tests/_async/test_reference_consistency.py by scripts/generate_sync.py;
# change that file, not this one
"""Is a relation to one the same thing, however its object came to be here?"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    Model,
    OneToOneField,
    Prefetch,
    RelatedManager,
    ValidationError,
    atomic,
    capture_queries,
    loaded,
    prefetch_related_objects,
)


class Author(Model):
    name = CharField(max_length=20)
    posts: RelatedManager[Post]

    def __str__(self) -> str:
        return self.name


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")


class Passport(Model):
    owner = OneToOneField(Author, related_name="passport")
    number = CharField(max_length=9)


def by_get() -> Post:
    return Post.objects.get(title="Hello")


def by_list() -> Post:
    return Post.objects.order_by("title")[1]


def by_first() -> Post:
    post = Post.objects.filter(title="Hello").first()
    assert post is not None
    return post


def by_select_related() -> Post:
    return Post.objects.select_related("author").get(title="Hello")


def by_prefetch() -> Post:
    return Post.objects.prefetch_related("author", "editor").get(title="Hello")


def by_prefetch_with_a_queryset() -> Post:
    authors = Prefetch("author", Author.objects.exclude(name="nobody"))
    return Post.objects.prefetch_related(authors).get(title="Hello")


def by_prefetch_afterwards() -> Post:
    post = by_get()
    prefetch_related_objects([post], "author")
    return post


def by_manager() -> Post:
    return Author.objects.get(name="Ann").posts.get(title="Hello")


def by_prefetched_manager() -> Post:
    ann = Author.objects.prefetch_related("posts").get(name="Ann")
    return next(post for post in ann.posts.all() if post.title == "Hello")


def by_create() -> Post:
    ann = Author.objects.get(name="Ann")
    return Post.objects.create(title="Hello again", author=ann)


def by_create_with_a_key() -> Post:
    ann = Author.objects.get(name="Ann")
    return Post.objects.create(title="Hello again", author_id=ann.pk)


def by_get_or_create() -> Post:
    ann = Author.objects.get(name="Ann")
    return Post.objects.get_or_create(title="Hello again", author=ann)[0]


def by_assignment() -> Post:
    post = Post.objects.get(title="Bread")
    post.author = Author.objects.get(name="Ann")
    return post


def by_assigning_the_key() -> Post:
    post = Post.objects.select_related("author").get(title="Bread")
    post.author_id = Author.objects.get(name="Ann").pk
    return post


def by_assigning_another_reference() -> Post:
    post = Post.objects.get(title="Bread")
    post.author = by_get().author
    return post


def by_pickle() -> Post:
    twin: Post = pickle.loads(pickle.dumps(by_get()))
    return twin


def by_pickle_with_its_object() -> Post:
    twin: Post = pickle.loads(pickle.dumps(by_select_related()))
    return twin


def by_copy() -> Post:
    return copy.deepcopy(by_select_related())


def by_refresh() -> Post:
    post = by_select_related()
    post.refresh_from_db()
    return post


def by_iterator() -> Post:
    found = [post for post in Post.objects.filter(title="Hello").iterator()]
    return found[0]


WAYS = [
    by_get,
    by_list,
    by_first,
    by_select_related,
    by_prefetch,
    by_prefetch_with_a_queryset,
    by_prefetch_afterwards,
    by_manager,
    by_prefetched_manager,
    by_create,
    by_create_with_a_key,
    by_get_or_create,
    by_assignment,
    by_assigning_the_key,
    by_assigning_another_reference,
    by_pickle,
    by_pickle_with_its_object,
    by_copy,
    by_refresh,
    by_iterator,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def arrive(request: pytest.FixtureRequest) -> Callable[[], Any]:
    found: Callable[[], Any] = request.param
    return found


@pytest.fixture
def blog(db: Database) -> Database:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Post.objects.create(title="Hello", author=ann)
    Post.objects.create(title="Bread", author=bob)
    return db


def _check(post: Post) -> None:
    """What holds for every post by Ann."""
    with capture_queries() as queries:
        first = post.author
        second = post.author
    assert len(queries) <= 1
    assert first is second
    assert type(first) is Author
    assert first.name == "Ann"
    assert post.author_id == first.pk
    assert post.author == first
    assert post.author.pk == first.pk
    assert bool(post.author)
    assert loaded(post.author) is first
    assert isinstance(post.author, Author)
    assert str(post.author) == "Ann"
    with capture_queries() as queries:
        assert post.author.name == "Ann"  # type: ignore[attr-defined]
        assert post.editor is None
        assert not post.editor
        assert post.editor_id is None
    assert queries == []


def test_the_relation_is_the_same_however_it_arrives(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    _check(arrive())


def test_the_relation_is_the_same_inside_a_transaction(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    with atomic():
        post = arrive()
        with atomic():
            _check(post)


def test_the_relation_is_the_same_after_the_transaction_it_came_from(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    with atomic():
        post = arrive()
    _check(post)


def test_another_key_drops_the_object(blog: Database, arrive: Callable[[], Any]) -> None:
    post = arrive()
    post.author
    bob = Author.objects.get(name="Bob")

    post.author_id = bob.pk

    assert post.author.pk == bob.pk
    assert post.author.name == "Bob"
    post.author_id = Author.objects.get(name="Ann").pk
    assert post.author.name == "Ann"


def test_what_is_known_survives_the_targets_end(blog: Database, arrive: Callable[[], Any]) -> None:
    post = arrive()
    known = post.author
    key = known.pk
    Post.objects.all().delete()
    Author.objects.filter(pk=key).delete()

    assert post.author is known
    assert post.author_id == key
    post.author_id = key + 1000
    with pytest.raises(Author.DoesNotExist):
        post.author


def test_a_target_that_is_gone_is_missed_when_it_is_asked_for(blog: Database) -> None:
    posts = Post.objects.order_by("title").fetch()
    Post.objects.all().delete()
    Author.objects.all().delete()

    for post in posts:
        with pytest.raises(Author.DoesNotExist) as error:
            post.author
        assert str(error.value) == (
            f"No Author matches (in Author.objects.get(id={post.author_id}))."
        )


def test_an_object_that_was_deleted_through_itself_cannot_be_pointed_to(
    blog: Database,
) -> None:
    eve = Author.objects.create(name="Eve")
    post = Post.objects.create(title="Tea", author=eve)
    Post.objects.filter(pk=post.pk).update(author=Author.objects.get(name="Bob"))
    eve.delete()

    post.author = eve
    with pytest.raises(ValidationError) as error:
        post.save()
    assert str(error.value) == "Post.author is an Author that is not saved yet; save it first."
    post.refresh_from_db()
    assert post.author.name == "Bob"


def test_an_unsaved_object_is_refused_until_it_is_saved(blog: Database) -> None:
    eve = Author(name="Eve")
    post = Post(title="Tea", author=eve)

    assert post.author is eve
    with pytest.raises(ValidationError) as error:
        post.save()
    assert "is an Author that is not saved yet; save it first" in str(error.value)
    eve.save()
    post.save()
    assert post.author_id == eve.pk
    assert post.author is eve


def test_the_way_back_of_one_to_one_is_consistent_too(blog: Database) -> None:
    ann = Author.objects.get(name="Ann")
    made = Passport.objects.create(owner=ann, number="1")

    for author in (
        Author.objects.get(name="Ann"),
        Author.objects.select_related("passport").get(name="Ann"),
        Author.objects.prefetch_related("passport").get(name="Ann"),
        made.owner,
    ):
        passport = author.passport
        assert passport == made
        assert author.passport is passport
        with capture_queries() as queries:
            assert passport.owner is author
        assert queries == []
    bob = Author.objects.get(name="Bob")
    with pytest.raises(Passport.DoesNotExist):
        bob.passport
    Passport.objects.create(owner=bob, number="2")
    assert Author.objects.get(name="Bob").passport.number == "2"
