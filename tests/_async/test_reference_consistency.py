"""Is a relation to one the same thing, however its object came to be here?"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from covet.aio import (
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


async def by_get() -> Post:
    return await Post.objects.get(title="Hello")


async def by_list() -> Post:
    return (await Post.objects.order_by("title"))[1]


async def by_first() -> Post:
    post = await Post.objects.filter(title="Hello").first()
    assert post is not None
    return post


async def by_select_related() -> Post:
    return await Post.objects.select_related("author").get(title="Hello")


async def by_prefetch() -> Post:
    return await Post.objects.prefetch_related("author", "editor").get(title="Hello")


async def by_prefetch_with_a_queryset() -> Post:
    authors = Prefetch("author", Author.objects.exclude(name="nobody"))
    return await Post.objects.prefetch_related(authors).get(title="Hello")


async def by_prefetch_afterwards() -> Post:
    post = await by_get()
    await prefetch_related_objects([post], "author")
    return post


async def by_manager() -> Post:
    return await (await Author.objects.get(name="Ann")).posts.get(title="Hello")


async def by_prefetched_manager() -> Post:
    ann = await Author.objects.prefetch_related("posts").get(name="Ann")
    return next(post for post in ann.posts.all() if post.title == "Hello")


async def by_create() -> Post:
    ann = await Author.objects.get(name="Ann")
    return await Post.objects.create(title="Hello again", author=ann)


async def by_create_with_a_key() -> Post:
    ann = await Author.objects.get(name="Ann")
    return await Post.objects.create(title="Hello again", author_id=ann.pk)


async def by_get_or_create() -> Post:
    ann = await Author.objects.get(name="Ann")
    return (await Post.objects.get_or_create(title="Hello again", author=ann))[0]


async def by_assignment() -> Post:
    post = await Post.objects.get(title="Bread")
    post.author = await Author.objects.get(name="Ann")
    return post


async def by_assigning_the_key() -> Post:
    post = await Post.objects.select_related("author").get(title="Bread")
    post.author_id = (await Author.objects.get(name="Ann")).pk
    return post


async def by_assigning_another_reference() -> Post:
    post = await Post.objects.get(title="Bread")
    post.author = (await by_get()).author
    return post


async def by_pickle() -> Post:
    twin: Post = pickle.loads(pickle.dumps(await by_get()))
    return twin


async def by_pickle_with_its_object() -> Post:
    twin: Post = pickle.loads(pickle.dumps(await by_select_related()))
    return twin


async def by_copy() -> Post:
    return copy.deepcopy(await by_select_related())


async def by_refresh() -> Post:
    post = await by_select_related()
    await post.refresh_from_db()
    return post


async def by_iterator() -> Post:
    found = [post async for post in Post.objects.filter(title="Hello").iterator()]
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
async def blog(db: Database) -> Database:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Post.objects.create(title="Hello", author=ann)
    await Post.objects.create(title="Bread", author=bob)
    return db


async def _check(post: Post) -> None:
    """What holds for every post by Ann."""
    with capture_queries() as queries:
        first = await post.author
        second = await post.author
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
        assert await post.editor is None
        assert not post.editor
        assert post.editor_id is None
    assert queries == []


async def test_the_relation_is_the_same_however_it_arrives(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    await _check(await arrive())


async def test_the_relation_is_the_same_inside_a_transaction(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    async with atomic():
        post = await arrive()
        async with atomic():
            await _check(post)


async def test_the_relation_is_the_same_after_the_transaction_it_came_from(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    async with atomic():
        post = await arrive()
    await _check(post)


async def test_another_key_drops_the_object(blog: Database, arrive: Callable[[], Any]) -> None:
    post = await arrive()
    await post.author
    bob = await Author.objects.get(name="Bob")

    post.author_id = bob.pk

    assert post.author.pk == bob.pk
    assert (await post.author).name == "Bob"
    post.author_id = (await Author.objects.get(name="Ann")).pk
    assert (await post.author).name == "Ann"


async def test_what_is_known_survives_the_targets_end(
    blog: Database, arrive: Callable[[], Any]
) -> None:
    post = await arrive()
    known = await post.author
    key = known.pk
    await Post.objects.all().delete()
    await Author.objects.filter(pk=key).delete()

    assert await post.author is known
    assert post.author_id == key
    post.author_id = key + 1000
    with pytest.raises(Author.DoesNotExist):
        await post.author


async def test_a_target_that_is_gone_is_missed_when_it_is_asked_for(blog: Database) -> None:
    posts = await Post.objects.order_by("title").fetch()
    await Post.objects.all().delete()
    await Author.objects.all().delete()

    for post in posts:
        with pytest.raises(Author.DoesNotExist) as error:
            await post.author
        assert str(error.value) == (
            f"No Author matches (in Author.objects.get(id={post.author_id}))."
        )


async def test_an_object_that_was_deleted_through_itself_cannot_be_pointed_to(
    blog: Database,
) -> None:
    eve = await Author.objects.create(name="Eve")
    post = await Post.objects.create(title="Tea", author=eve)
    await Post.objects.filter(pk=post.pk).update(author=await Author.objects.get(name="Bob"))
    await eve.delete()

    post.author = eve
    with pytest.raises(ValidationError) as error:
        await post.save()
    assert str(error.value) == "Post.author is an Author that is not saved yet; save it first."
    await post.refresh_from_db()
    assert (await post.author).name == "Bob"


async def test_an_unsaved_object_is_refused_until_it_is_saved(blog: Database) -> None:
    eve = Author(name="Eve")
    post = Post(title="Tea", author=eve)

    assert await post.author is eve
    with pytest.raises(ValidationError) as error:
        await post.save()
    assert "is an Author that is not saved yet; save it first" in str(error.value)
    await eve.save()
    await post.save()
    assert post.author_id == eve.pk
    assert await post.author is eve


async def test_the_way_back_of_one_to_one_is_consistent_too(blog: Database) -> None:
    ann = await Author.objects.get(name="Ann")
    made = await Passport.objects.create(owner=ann, number="1")

    for author in (
        await Author.objects.get(name="Ann"),
        await Author.objects.select_related("passport").get(name="Ann"),
        await Author.objects.prefetch_related("passport").get(name="Ann"),
        await made.owner,
    ):
        passport = await author.passport
        assert passport == made
        assert await author.passport is passport
        with capture_queries() as queries:
            assert await passport.owner is author
        assert queries == []
    bob = await Author.objects.get(name="Bob")
    with pytest.raises(Passport.DoesNotExist):
        await bob.passport
    await Passport.objects.create(owner=bob, number="2")
    assert (await (await Author.objects.get(name="Bob")).passport).number == "2"
