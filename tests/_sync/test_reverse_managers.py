# generated from tests/_async/test_reverse_managers.py by scripts/generate_sync.py;
# change that file, not this one
"""What can be done with the rows whose foreign key points to an instance?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
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

    def loudest(self) -> Any:
        return self.get_queryset().order_by("-rank").first()


class Note(Model):
    rank = IntegerField()
    author = ForeignKey(Author, to_field="code", null=True, related_name="notes")
    live = LiveNotes()


def titles(found: Any) -> list[str]:
    return sorted(str(one) for one in found)


def two(model: Any = Post) -> tuple[Author, Author, list[Any]]:
    ann = Author.objects.create(name="Ann", code="a")
    bob = Author.objects.create(name="Bob", code="b")
    made = model.objects.bulk_create(
        [model(title=f"{one.name}{n}", author=one) for one in (ann, bob) for n in range(2)]
    )
    return ann, bob, made


def test_adding_is_one_update_for_all(db: Database) -> None:
    ann, bob, posts = two()

    with capture_queries() as queries:
        ann.posts.add(*posts[2:])

    assert len(queries) == 1
    assert [post.author_id for post in posts] == [ann.pk] * 4
    with capture_queries() as queries:
        assert [post.author for post in posts[2:]] == [ann, ann]
    assert queries == []
    assert ann.posts.count() == 4
    assert not bob.posts.exists()


def test_new_objects_are_added_by_saving_them(db: Database) -> None:
    ann, _, _ = two()
    new = Post(title="new")

    with pytest.raises(FieldError) as error:
        ann.posts.add(new)
    assert str(error.value) == (
        "Author.posts.add() was given <Post: new>, which is not saved. "
        "Save it first, or write add(…, bulk=False)."
    )

    ann.posts.add(new, bulk=False)
    assert titles(ann.posts.all()) == ["Ann0", "Ann1", "new"]


def test_removing_points_objects_nowhere(db: Database) -> None:
    ann, bob, posts = two()

    with capture_queries() as queries:
        ann.posts.remove(posts[0])
    assert len(queries) == 1
    assert posts[0].author_id is None
    assert posts[0].author is None
    assert titles(ann.posts.all()) == ["Ann1"]

    with pytest.raises(Post.DoesNotExist) as error:
        ann.posts.remove(posts[2])
    assert str(error.value) == "<Post: Bob0> does not belong to <Author: Ann>."
    assert titles(bob.posts.all()) == ["Bob0", "Bob1"]

    ann.posts.remove(posts[1], bulk=False)
    assert not ann.posts.exists()
    assert Post.objects.count() == 4


def test_clearing_is_one_update(db: Database) -> None:
    ann, bob, _ = two()

    with capture_queries() as queries:
        ann.posts.clear()

    assert len(queries) == 1
    assert ann.posts.count() == 0
    assert bob.posts.count() == 2
    assert Post.objects.filter(author=None).count() == 2


def test_setting_has_just_these(db: Database) -> None:
    ann, bob, posts = two()

    ann.posts.set([posts[1], posts[2]])
    assert titles(ann.posts.all()) == ["Ann1", "Bob0"]
    assert titles(bob.posts.all()) == ["Bob1"]
    assert Post.objects.filter(author=None).get() == posts[0]

    ann.posts.set([posts[0]], clear=True)
    assert titles(ann.posts.all()) == ["Ann0"]
    ann.posts.set([])
    assert not ann.posts.exists()
    ann.posts.set([Post(title="new")], bulk=False)
    assert titles(ann.posts.all()) == ["new"]


def test_a_key_that_cannot_be_null_can_only_point_elsewhere(db: Database) -> None:
    ann, bob, drafts = two(Draft)

    for take_away in (lambda: ann.drafts.remove(drafts[0]), lambda: ann.drafts.clear()):
        with pytest.raises(FieldError) as error:
            take_away()
        assert "is not possible, as Draft.author cannot be null" in str(error.value)
    ann.drafts.set([drafts[2]])

    assert titles(ann.drafts.all()) == ["Ann0", "Ann1", "Bob0"]
    assert titles(bob.drafts.all()) == ["Bob1"]


def test_only_objects_of_the_model_are_taken(db: Database) -> None:
    ann, bob, _ = two()

    for wrong in (bob, 7, None, [1]):
        for change in (ann.posts.add, ann.posts.remove):
            with pytest.raises(FieldError) as error:
                change(wrong)
            assert "Give objects of Post." in str(error.value)
    with pytest.raises(FieldError):
        ann.posts.add(through_defaults={"x": 1})


def test_objects_are_made_here(db: Database) -> None:
    ann, _, _ = two()

    made = ann.posts.create(title="new")
    found, is_new = ann.posts.get_or_create(title="Ann0")
    changed, was_new = ann.posts.update_or_create(title="new", defaults={"title": "newer"})
    (bulk,) = ann.posts.bulk_create([Post(title="bulk")])

    assert (made.author_id, bulk.author_id) == (ann.pk, ann.pk)
    assert (is_new, was_new) == (False, False)
    assert changed == made
    assert found.author_id == ann.pk
    assert titles(ann.posts.all()) == ["Ann0", "Ann1", "bulk", "newer"]


def test_the_default_manager_decides_what_there_is(db: Database) -> None:
    ann, _, _ = two()
    for rank in (0, 1, 5):
        Note.live.create(rank=rank, author=ann)

    assert ann.notes.count() == 2
    assert ann.notes.loudest().rank == 5  # type: ignore[attr-defined]
    (again,) = Author.objects.filter(name="Ann").prefetch_related("notes")
    assert sorted(note.rank for note in again.notes.all()) == [1, 5]
    authors = Author.objects.order_by("name").fetch()
    assert [len(one.notes.all()) for one in authors] == [2, 0]
    assert [len(one.notes.all()) for one in authors] == [2, 0]


def test_a_target_without_its_key_has_no_rows_to_add_to(db: Database) -> None:
    eve = Author.objects.create(name="Eve")

    with pytest.raises(FieldError):
        eve.notes.all()
    with pytest.raises(FieldError):
        Author(name="new").posts.add()


def test_what_was_prefetched_is_dropped_by_every_change(db: Database) -> None:
    ann, _bob, posts = two()

    for change in (
        lambda one: one.posts.add(posts[2]),
        lambda one: one.posts.remove(posts[2]),
        lambda one: one.posts.create(title="new"),
        lambda one: one.posts.set([posts[0]]),
        lambda one: one.posts.clear(),
    ):
        (one,) = Author.objects.filter(pk=ann.pk).prefetch_related("posts")
        before = titles(one.posts.all())
        posts[2].refresh_from_db()
        change(one)
        assert titles(one.posts.all()) != before


def test_values_that_do_not_fit_change_nothing(db: Database) -> None:
    ann, _, posts = two()

    with pytest.raises(ValidationError):
        ann.posts.create(title="x" * 99)
    with pytest.raises(FieldError):
        ann.posts.set([posts[2], 7])

    assert titles(ann.posts.all()) == ["Ann0", "Ann1"]
