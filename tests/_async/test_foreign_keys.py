"""How do two rows find each other along a foreign key, there and back?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    OneToOneField,
    ValidationError,
    capture_queries,
    loaded,
)


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", null=True, related_name="staff")

    def __str__(self) -> str:
        return self.name


class Country(Model):
    code = CharField(max_length=2, primary_key=True)
    number = IntegerField(unique=True)


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(lambda: Author, null=True, on_delete="SET_NULL", related_name="+")
    country = ForeignKey("Country", null=True, on_delete="RESTRICT")
    number = ForeignKey(Country, null=True, to_field="number", related_name="%(class)ss_by_number")


class Passport(Model):
    number = CharField(max_length=20)
    owner = OneToOneField(Author, related_name="passport")
    witness = OneToOneField(Author, null=True, on_delete="PROTECT", related_name="seen")


class Node(Model):
    """An abstract tree."""

    parent = ForeignKey("self", null=True, related_name="children")
    owner = ForeignKey(
        Author,
        null=True,
        related_name="%(app_label)s_%(class)s_nodes",
        related_query_name="%(class)s",
    )

    class Meta:
        abstract = True
        app_label = "trees"


class Folder(Node): ...


class Topic(Node): ...


class Profile(Model):
    author = OneToOneField(Author, primary_key=True, related_name="profile")
    motto = CharField(max_length=20, default="")


class Picture(Model):
    profile = ForeignKey(Profile, related_name="pictures")
    backup = OneToOneField(Profile, null=True, related_name="+")


# --- there ---------------------------------------------------------------------------------------


async def test_the_object_is_loaded_with_one_query_and_kept(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Post.objects.create(title="a", author=ann)
    post = await Post.objects.get()

    with capture_queries() as queries:
        first = await post.author
        again = await post.author

    assert first.name == "Ann"
    assert first is again
    assert len(queries) == 1


async def test_an_object_that_was_assigned_needs_no_query(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a", author=ann)

    with capture_queries() as queries:
        found = await post.author

    assert found is ann
    assert queries == []


async def test_an_empty_key_gives_none_without_a_query(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Post.objects.create(title="a", author=ann)
    post = await Post.objects.get()

    with capture_queries() as queries:
        assert await post.editor is None
        assert not post.editor
        assert post.editor_id is None
        assert post.editor == None  # noqa: E711
    assert queries == []


async def test_the_key_is_there_without_a_query(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Post.objects.create(title="a", author=ann)
    post = await Post.objects.get()

    with capture_queries() as queries:
        assert post.author_id == ann.pk
    assert queries == []


async def test_a_loaded_relation_stands_for_its_object(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a", author=ann)

    assert post.author.name == "Ann"
    assert post.author == ann
    assert ann == post.author
    assert isinstance(post.author, Author)
    assert (str(post.author), repr(post.author)) == ("Ann", "<Author: Ann>")
    assert hash(post.author) == hash(ann)
    assert post.author.pk == ann.pk
    assert post.author
    assert loaded(post.author) is ann
    assert post.author != await Author.objects.create(name="Bob")


async def test_a_change_to_the_loaded_object_is_a_change_to_it(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a", author=ann)

    post.author.name = "Anna"

    assert ann.name == "Anna"


async def test_a_row_that_is_gone_is_an_error_when_it_is_loaded(db: Database) -> None:
    post = Post(title="a", author_id=999)

    with pytest.raises(Author.DoesNotExist) as error:
        await post.author

    assert str(error.value) == "No Author matches (in Author.objects.get(id=999))."


async def test_a_key_given_as_text_is_a_key_too(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = Post(title="a", author_id=str(ann.pk))

    with capture_queries() as queries:
        first = await post.author
        again = await post.author

    assert first is again
    assert post.author_id == ann.pk
    assert len(queries) == 1


# --- assignment ----------------------------------------------------------------------------------


async def test_an_object_can_be_assigned_and_saved(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    post = await Post.objects.create(title="a", author=ann, editor=ann)

    post.author = bob
    post.editor = None
    assert (post.author_id, post.editor_id) == (bob.pk, None)
    await post.save()
    again = await Post.objects.get()

    assert (await again.author) == bob
    assert again.editor_id is None


async def test_another_relation_can_be_assigned(db: Database) -> None:
    ann = await Author.objects.create(name="Ann", boss=await Author.objects.create(name="Bob"))
    post = await Post.objects.create(title="a", author=ann)

    post.editor = post.author
    assert await post.editor is ann
    post.editor = ann.boss
    assert (await post.editor).name == "Bob"
    post.editor = loaded(ann.boss).boss
    assert post.editor_id is None


async def test_a_relation_that_is_not_loaded_can_be_assigned(db: Database) -> None:
    await Post.objects.create(title="a", author=await Author.objects.create(name="Ann"))
    post = await Post.objects.get()

    post.editor = post.author
    await post.save()

    assert await Post.objects.filter(editor__name="Ann").exists()


async def test_a_key_that_is_set_forgets_the_object_of_another_key(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    post = await Post.objects.create(title="a", author=ann, editor=ann)

    post.author_id = bob.pk
    post.editor_id = None

    assert (await post.author).name == "Bob"
    assert await post.editor is None


async def test_an_object_may_be_saved_after_it_was_assigned(db: Database) -> None:
    ann = Author(name="Ann")
    post = Post(title="a", author=ann)
    assert post.author_id is None
    assert await post.author is ann

    await ann.save()
    await post.save()

    assert post.author_id == ann.pk
    assert (await Post.objects.get()).author_id == ann.pk


async def test_an_object_saved_after_it_was_assigned_is_still_there_when_read(db: Database) -> None:
    ann = Author(name="Ann")
    post = Post(title="a", author=ann)
    await ann.save()

    assert await post.author is ann
    assert post.author_id == ann.pk


async def test_a_key_goes_before_an_object_that_was_never_saved(db: Database) -> None:
    bob = await Author.objects.create(name="Bob")
    post = Post(title="a", author=Author(name="Ann"))

    post.author_id = bob.pk

    assert await post.author == bob
    await post.save()
    assert (await Post.objects.get()).author_id == bob.pk


async def test_none_goes_before_an_object_that_was_never_saved(db: Database) -> None:
    post = Post(title="a", author=await Author.objects.create(name="Ann"))
    post.editor = Author(name="Bob")

    post.editor = None
    await post.save()

    assert (await Post.objects.get()).editor_id is None


async def test_an_object_without_a_key_cannot_be_pointed_to(db: Database) -> None:
    post = Post(title="a", author=Author(name="Ann"))

    with capture_queries() as queries, pytest.raises(ValidationError) as error:
        await post.save()

    assert str(error.value) == "Post.author is an Author that is not saved yet; save it first."
    assert queries == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(5, "5"), ("Ann", "'Ann'"), (Country(code="nl"), "<Country: Country object (nl)>")],
)
def test_only_an_object_of_the_related_model_can_be_assigned(value: Any, shown: str) -> None:
    with pytest.raises(ValidationError) as error:
        Post(title="a").author = value

    assert str(error.value) == f"Post.author must be an Author, not {shown}."


async def test_a_relation_to_another_model_cannot_be_assigned(db: Database) -> None:
    country = await Country.objects.create(code="nl", number=1)
    ann = await Author.objects.create(name="Ann")
    await Post.objects.create(title="a", author=ann, country=country)
    post = await Post.objects.get()

    with pytest.raises(ValidationError, match=r"^Post\.author must be an Author, not <"):
        post.author = post.country


@pytest.mark.parametrize("key", ["x", 2**63, 1.5])
async def test_a_key_of_a_wrong_type_is_refused_before_any_query(db: Database, key: Any) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError, match=r"^Post\.author"):
        await Post(title="a", author_id=key).save()

    assert queries == []


# --- keys of other kinds -------------------------------------------------------------------------


async def test_a_natural_key_and_a_key_to_another_unique_field(db: Database) -> None:
    country = await Country.objects.create(code="nl", number=31)
    ann = await Author.objects.create(name="Ann")
    await Post.objects.create(title="a", author=ann, country=country, number=country)
    post = await Post.objects.get()

    assert (post.country_id, post.number_id) == ("nl", 31)
    assert post.number
    assert post.number == country
    assert await post.country == await post.number == country
    assert post.number.pk == "nl"
    assert await Post.objects.filter(country=country, number=country).exists()
    assert await Post.objects.filter(country="nl", number=31).exists()
    assert await country.posts_by_number.all().fetch() == [post]


async def test_a_key_to_the_model_itself(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob", boss=ann)

    assert await (await Author.objects.get(pk=bob.pk)).boss == ann
    assert await ann.staff.all().fetch() == [bob]
    assert await Author.objects.filter(boss__name="Ann").fetch() == [bob]


async def test_a_relation_can_be_the_primary_key(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    profile = await Profile.objects.create(author=ann, motto="a")

    profile.motto = "b"
    await profile.save()
    again = await Profile.objects.get(pk=ann.pk)

    assert again.pk == again.author_id == ann.pk
    assert again == profile
    assert (again.motto, await again.author) == ("b", ann)
    assert await Profile.objects.get(pk=ann) == await ann.profile == profile
    assert await Profile.objects.in_bulk([ann.pk]) == {ann.pk: profile}
    assert await Author.objects.filter(profile=profile, profile__motto="b").fetch() == [ann]
    await again.refresh_from_db()
    assert await again.delete() == (1, {"Profile": 1})


async def test_a_key_can_lead_to_a_key_that_is_a_relation(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    profile = await Profile.objects.create(author=ann)
    picture = await profile.pictures.create(backup=profile)
    await Picture.objects.bulk_create([Picture(profile=profile)])

    again = await Picture.objects.get(pk=picture.pk)

    assert again.profile_id == again.backup_id == ann.pk
    assert (await again.profile).author_id == ann.pk
    assert await again.profile == await again.backup == profile
    assert await Picture.objects.filter(profile__author__name="Ann", profile=profile).count() == 2
    assert await profile.pictures.count() == 2
    await ann.delete()
    assert not await Picture.objects.exists()


async def test_a_profile_can_be_made_before_its_author_is_saved(db: Database) -> None:
    ann = Author(name="Ann")
    profile = Profile(author=ann)
    await ann.save()

    await profile.save()

    assert profile.pk == ann.pk
    assert await Profile.objects.get() == profile


async def test_an_abstract_models_relations_are_those_of_each_heir(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    root = await Folder.objects.create(owner=ann)
    leaf = await Folder.objects.create(parent=root)
    topic = await Topic.objects.create(owner=ann)

    assert await root.children.all().fetch() == [leaf]
    assert await topic.children.all().fetch() == []
    assert await ann.trees_folder_nodes.all().fetch() == [root]
    assert await ann.trees_topic_nodes.all().fetch() == [topic]
    assert await Author.objects.filter(folder=root, topic__parent=None).fetch() == [ann]


# --- back ----------------------------------------------------------------------------------------


async def test_the_way_back_is_a_manager_of_the_rows_that_point_here(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    for title, author in [("a", ann), ("b", ann), ("c", bob)]:
        await Post.objects.create(title=title, author=author)

    titles = ann.posts.order_by("title").values_list("title", flat=True)

    assert await titles.fetch() == ["a", "b"]
    assert [post.title for post in await ann.posts.filter(title="b").fetch()] == ["b"]
    assert await ann.posts.count() == 2
    assert await bob.posts.exists()
    assert not await ann.posts.filter(title="c").exists()
    assert await ann.posts.exclude(title="a").update(title="z") == 1
    assert await Post.objects.filter(title="z").count() == 1


async def test_what_the_way_back_creates_points_here(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")

    post = await ann.posts.create(title="a")
    same, is_new = await ann.posts.get_or_create(title="a")
    other, is_other_new = await ann.posts.get_or_create(title="b")
    third, _ = await ann.posts.update_or_create({"title": "d"}, title="c")
    many = await ann.posts.bulk_create([Post(title="e"), Post(title="f")])

    assert (same, is_new, is_other_new) == (post, False, True)
    assert {p.author_id for p in (post, same, other, third, *many)} == {ann.pk}
    assert await post.author is ann
    assert await ann.posts.count() == 5


async def test_get_or_create_on_the_way_back_sees_only_rows_that_point_here(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await bob.posts.create(title="a")

    post, is_new = await ann.posts.get_or_create(title="a")

    assert (post.author_id, is_new) == (ann.pk, True)


async def test_the_way_back_of_an_unsaved_object_is_refused(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        await Author(name="Ann").posts.create(title="a")

    assert str(error.value) == "This Author is not saved yet, so it has no posts. Save it first."


def test_the_way_back_cannot_be_assigned() -> None:
    ann = Author(id=1, name="Ann")

    with pytest.raises(FieldError) as error:
        ann.posts = []

    assert str(error.value) == (
        "Author.posts cannot be set, as it stands for rows of Post. Write posts.set(…)."
    )


def test_the_way_back_has_its_name_from_the_rules() -> None:
    country = Country(code="nl", number=1)

    assert repr(country.post_set) == "<RelatedManager Post.post_set>"
    assert repr(country.posts_by_number) == "<RelatedManager Post.posts_by_number>"
    assert not hasattr(Author, "post_set")
    assert sorted(name for name in Country._table.reverse) == ["post", "posts_by_number"]


def test_a_hidden_way_back_cannot_be_asked_for() -> None:
    shown = sorted(name for name in Author._table.reverse if not name.startswith("+"))

    assert shown == ["folder", "passport", "posts", "profile", "seen", "staff", "topic"]
    with pytest.raises(FieldError, match=r"^Author has no field 'post'"):
        Author.objects.filter(post__title="a")


# --- one to one ----------------------------------------------------------------------------------


async def test_one_to_one_gives_an_object_on_both_sides(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Passport.objects.create(number="1", owner=ann)
    ann = await Author.objects.get()

    with capture_queries() as queries:
        passport = await ann.passport
        again = await ann.passport
        owner = await passport.owner

    assert passport.number == "1"
    assert again is passport
    assert owner is ann
    assert len(queries) == 1


async def test_one_to_one_without_a_row_on_the_other_side(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")

    with pytest.raises(Passport.DoesNotExist) as error:
        await ann.passport

    assert str(error.value) == "<Author: Ann> has no passport."


async def test_no_row_points_to_an_object_that_is_not_saved(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Passport.objects.create(number="1", owner=ann, witness=None)

    with capture_queries() as queries, pytest.raises(Passport.DoesNotExist):
        await Author(name="Bob").seen
    assert queries == []


async def test_one_to_one_is_unique(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Passport.objects.create(number="1", owner=ann)

    with pytest.raises(IntegrityError):
        await Passport.objects.create(number="2", owner=ann)


async def test_one_to_one_can_be_assigned_from_both_sides(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    passport = Passport(number="1")

    ann.passport = passport
    await passport.save()

    assert passport.owner_id == ann.pk
    assert await ann.passport is passport
    with pytest.raises(FieldError) as error:
        ann.passport = 5
    assert str(error.value) == (
        "Author.passport cannot be set to 5. Set it to a Passport, and save that."
    )


# --- the database's part -------------------------------------------------------------------------


async def test_rows_follow_a_row_that_is_deleted(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Post.objects.create(title="a", author=ann)
    await Post.objects.create(title="b", author=bob, editor=ann)

    await ann.delete()

    assert [post.title for post in await Post.objects.fetch()] == ["b"]
    assert (await Post.objects.get()).editor_id is None


async def test_a_row_that_others_refer_to_stays_if_the_key_says_so(db: Database) -> None:
    country = await Country.objects.create(code="nl", number=31)
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Post.objects.create(title="a", author=ann, country=country)
    await Passport.objects.create(number="1", owner=ann, witness=bob)

    with pytest.raises(IntegrityError):
        await country.delete()
    with pytest.raises(IntegrityError):
        await bob.delete()

    assert await Country.objects.exists()
    assert (country.pk, bob.pk is None) == ("nl", False)


async def test_a_key_to_no_row_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(IntegrityError):
        await Post.objects.create(title="a", author_id=999)

    assert not await Post.objects.exists()


# --- pickles and copies --------------------------------------------------------------------------


async def test_a_pickle_of_an_instance_can_load_its_relation(db: Database) -> None:
    await Post.objects.create(title="a", author=await Author.objects.create(name="Ann"))
    post = pickle.loads(pickle.dumps(await Post.objects.get()))

    assert (await post.author).name == "Ann"


async def test_a_loaded_relation_can_be_pickled_and_copied(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a", author=ann)

    for twin in (
        pickle.loads(pickle.dumps(post.author)),
        copy.copy(post.author),
        copy.deepcopy(post.author),
    ):
        assert (twin.name, twin) == ("Ann", ann)


async def test_reading_again_forgets_what_was_loaded(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    post = await Post.objects.create(title="a", author=ann)
    await Post.objects.update(author=bob)

    await post.refresh_from_db()

    assert await post.author == bob
