"""What can be done with the rows whose foreign key points to an instance?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    RelatedManager,
    ValidationError,
    capture_queries,
)


class Author(Model):
    name = CharField(max_length=20)
    code = CharField(max_length=5, unique=True, null=True)
    posts: RelatedManager[Post]
    drafts: RelatedManager[Draft]
    notes: RelatedManager[Note]

    def __str__(self) -> str:
        return self.name


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, null=True, related_name="posts")

    def __str__(self) -> str:
        return self.title


class Draft(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="drafts")

    def __str__(self) -> str:
        return self.title


class LiveNotes(Manager):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(rank__gt=0)

    async def loudest(self) -> Any:
        return await self.get_queryset().order_by("-rank").first()


class Note(Model):
    rank = IntegerField()
    author = ForeignKey(Author, to_field="code", null=True, related_name="notes")
    live = LiveNotes()


def titles(found: Any) -> list[str]:
    return sorted(str(one) for one in found)


async def two(model: Any = Post) -> tuple[Author, Author, list[Any]]:
    ann = await Author.objects.create(name="Ann", code="a")
    bob = await Author.objects.create(name="Bob", code="b")
    made = await model.objects.bulk_create(
        [model(title=f"{one.name}{n}", author=one) for one in (ann, bob) for n in range(2)]
    )
    return ann, bob, made


async def test_adding_is_one_update_for_all(db: Database) -> None:
    ann, bob, posts = await two()

    with capture_queries() as queries:
        await ann.posts.add(*posts[2:])

    assert len(queries) == 1
    assert [post.author_id for post in posts] == [ann.pk] * 4
    with capture_queries() as queries:
        assert [await post.author for post in posts[2:]] == [ann, ann]
    assert queries == []
    assert await ann.posts.count() == 4
    assert not await bob.posts.exists()


async def test_new_objects_are_added_by_saving_them(db: Database) -> None:
    ann, _, _ = await two()
    new = Post(title="new")

    with pytest.raises(FieldError) as error:
        await ann.posts.add(new)
    assert str(error.value) == (
        "Author.posts.add() was given <Post: new>, which is not saved. "
        "Save it first, or write add(…, bulk=False)."
    )

    await ann.posts.add(new, bulk=False)
    assert titles(await ann.posts.all()) == ["Ann0", "Ann1", "new"]


async def test_removing_points_objects_nowhere(db: Database) -> None:
    ann, bob, posts = await two()

    with capture_queries() as queries:
        await ann.posts.remove(posts[0])
    assert len(queries) == 1
    assert posts[0].author_id is None
    assert await posts[0].author is None
    assert titles(await ann.posts.all()) == ["Ann1"]

    with pytest.raises(Post.DoesNotExist) as error:
        await ann.posts.remove(posts[2])
    assert str(error.value) == "<Post: Bob0> does not belong to <Author: Ann>."
    assert titles(await bob.posts.all()) == ["Bob0", "Bob1"]

    await ann.posts.remove(posts[1], bulk=False)
    assert not await ann.posts.exists()
    assert await Post.objects.count() == 4


async def test_clearing_is_one_update(db: Database) -> None:
    ann, bob, _ = await two()

    with capture_queries() as queries:
        await ann.posts.clear()

    assert len(queries) == 1
    assert await ann.posts.count() == 0
    assert await bob.posts.count() == 2
    assert await Post.objects.filter(author=None).count() == 2


async def test_setting_has_just_these(db: Database) -> None:
    ann, bob, posts = await two()

    await ann.posts.set([posts[1], posts[2]])
    assert titles(await ann.posts.all()) == ["Ann1", "Bob0"]
    assert titles(await bob.posts.all()) == ["Bob1"]
    assert await Post.objects.filter(author=None).get() == posts[0]

    await ann.posts.set([posts[0]], clear=True)
    assert titles(await ann.posts.all()) == ["Ann0"]
    await ann.posts.set([])
    assert not await ann.posts.exists()
    await ann.posts.set([Post(title="new")], bulk=False)
    assert titles(await ann.posts.all()) == ["new"]


async def test_a_key_that_cannot_be_null_can_only_point_elsewhere(db: Database) -> None:
    ann, bob, drafts = await two(Draft)

    for take_away in (lambda: ann.drafts.remove(drafts[0]), lambda: ann.drafts.clear()):
        with pytest.raises(FieldError) as error:
            await take_away()
        assert "is not possible, as Draft.author cannot be null" in str(error.value)
    await ann.drafts.set([drafts[2]])

    assert titles(await ann.drafts.all()) == ["Ann0", "Ann1", "Bob0"]
    assert titles(await bob.drafts.all()) == ["Bob1"]


async def test_only_objects_of_the_model_are_taken(db: Database) -> None:
    ann, bob, _ = await two()

    for wrong in (bob, 7, None, [1]):
        for change in (ann.posts.add, ann.posts.remove):
            with pytest.raises(FieldError) as error:
                await change(wrong)
            assert "Give objects of Post." in str(error.value)
    with pytest.raises(FieldError):
        await ann.posts.add(through_defaults={"x": 1})


async def test_objects_are_made_here(db: Database) -> None:
    ann, _, _ = await two()

    made = await ann.posts.create(title="new")
    found, is_new = await ann.posts.get_or_create(title="Ann0")
    changed, was_new = await ann.posts.update_or_create(title="new", defaults={"title": "newer"})
    (bulk,) = await ann.posts.bulk_create([Post(title="bulk")])

    assert (made.author_id, bulk.author_id) == (ann.pk, ann.pk)
    assert (is_new, was_new) == (False, False)
    assert changed == made
    assert found.author_id == ann.pk
    assert titles(await ann.posts.all()) == ["Ann0", "Ann1", "bulk", "newer"]


async def test_the_default_manager_decides_what_there_is(db: Database) -> None:
    ann, _, _ = await two()
    for rank in (0, 1, 5):
        await Note.live.create(rank=rank, author=ann)

    assert await ann.notes.count() == 2
    assert (await ann.notes.loudest()).rank == 5  # type: ignore[attr-defined]
    (again,) = await Author.objects.filter(name="Ann").prefetch_related("notes")
    assert sorted(note.rank for note in again.notes.all()) == [1, 5]
    authors = await Author.objects.order_by("name").fetch()
    assert [len(await one.notes.all()) for one in authors] == [2, 0]
    assert [len(await one.notes.all()) for one in authors] == [2, 0]


async def test_a_target_without_its_key_has_no_rows_to_add_to(db: Database) -> None:
    eve = await Author.objects.create(name="Eve")

    with pytest.raises(FieldError):
        await eve.notes.all()
    with pytest.raises(FieldError):
        await Author(name="new").posts.add()


async def test_what_was_prefetched_is_dropped_by_every_change(db: Database) -> None:
    ann, _bob, posts = await two()

    for change in (
        lambda one: one.posts.add(posts[2]),
        lambda one: one.posts.remove(posts[2]),
        lambda one: one.posts.create(title="new"),
        lambda one: one.posts.set([posts[0]]),
        lambda one: one.posts.clear(),
    ):
        (one,) = await Author.objects.filter(pk=ann.pk).prefetch_related("posts")
        before = titles(one.posts.all())
        await posts[2].refresh_from_db()
        await change(one)
        assert titles(await one.posts.all()) != before


async def test_values_that_do_not_fit_change_nothing(db: Database) -> None:
    ann, _, posts = await two()

    with pytest.raises(ValidationError):
        await ann.posts.create(title="x" * 99)
    with pytest.raises(FieldError):
        await ann.posts.set([posts[2], 7])

    assert titles(await ann.posts.all()) == ["Ann0", "Ann1"]
