# generated from tests/_async/test_foreign_keys.py by scripts/generate_sync.py;
# change that file, not this one
"""How do two rows find each other along a foreign key, there and back?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from covet.sync import (
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


def test_the_object_is_loaded_with_one_query_and_kept(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann)
    post = Post.objects.get()

    with capture_queries() as queries:
        first = post.author
        again = post.author

    assert first.name == "Ann"
    assert first is again
    assert len(queries) == 1


def test_an_object_that_was_assigned_needs_no_query(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="a", author=ann)

    with capture_queries() as queries:
        found = post.author

    assert found is ann
    assert queries == []


def test_an_empty_key_gives_none_without_a_query(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann)
    post = Post.objects.get()

    with capture_queries() as queries:
        assert post.editor is None
        assert not post.editor
        assert post.editor_id is None
        assert post.editor == None  # noqa: E711
    assert queries == []


def test_the_key_is_there_without_a_query(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann)
    post = Post.objects.get()

    with capture_queries() as queries:
        assert post.author_id == ann.pk
    assert queries == []


def test_a_loaded_relation_stands_for_its_object(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="a", author=ann)

    assert post.author.name == "Ann"
    assert post.author == ann
    assert ann == post.author
    assert isinstance(post.author, Author)
    assert (str(post.author), repr(post.author)) == ("Ann", "<Author: Ann>")
    assert hash(post.author) == hash(ann)
    assert post.author.pk == ann.pk
    assert post.author
    assert loaded(post.author) is ann
    assert post.author != Author.objects.create(name="Bob")


def test_a_change_to_the_loaded_object_is_a_change_to_it(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="a", author=ann)

    post.author.name = "Anna"

    assert ann.name == "Anna"


def test_a_row_that_is_gone_is_an_error_when_it_is_loaded(db: Database) -> None:
    post = Post(title="a", author_id=999)

    with pytest.raises(Author.DoesNotExist) as error:
        post.author

    assert str(error.value) == "No Author matches (in Author.objects.get(id=999))."


def test_a_key_given_as_text_is_a_key_too(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post(title="a", author_id=str(ann.pk))

    with capture_queries() as queries:
        first = post.author
        again = post.author

    assert first is again
    assert post.author_id == ann.pk
    assert len(queries) == 1


# --- assignment ----------------------------------------------------------------------------------


def test_an_object_can_be_assigned_and_saved(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    post = Post.objects.create(title="a", author=ann, editor=ann)

    post.author = bob
    post.editor = None
    assert (post.author_id, post.editor_id) == (bob.pk, None)
    post.save()
    again = Post.objects.get()

    assert (again.author) == bob
    assert again.editor_id is None


def test_another_relation_can_be_assigned(db: Database) -> None:
    ann = Author.objects.create(name="Ann", boss=Author.objects.create(name="Bob"))
    post = Post.objects.create(title="a", author=ann)

    post.editor = post.author
    assert post.editor is ann
    post.editor = ann.boss
    assert post.editor.name == "Bob"
    post.editor = loaded(ann.boss).boss
    assert post.editor_id is None


def test_a_relation_that_is_not_loaded_can_be_assigned(db: Database) -> None:
    Post.objects.create(title="a", author=Author.objects.create(name="Ann"))
    post = Post.objects.get()

    post.editor = post.author
    post.save()

    assert Post.objects.filter(editor__name="Ann").exists()


def test_a_key_that_is_set_forgets_the_object_of_another_key(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    post = Post.objects.create(title="a", author=ann, editor=ann)

    post.author_id = bob.pk
    post.editor_id = None

    assert post.author.name == "Bob"
    assert post.editor is None


def test_an_object_may_be_saved_after_it_was_assigned(db: Database) -> None:
    ann = Author(name="Ann")
    post = Post(title="a", author=ann)
    assert post.author_id is None
    assert post.author is ann

    ann.save()
    post.save()

    assert post.author_id == ann.pk
    assert Post.objects.get().author_id == ann.pk


def test_an_object_saved_after_it_was_assigned_is_still_there_when_read(db: Database) -> None:
    ann = Author(name="Ann")
    post = Post(title="a", author=ann)
    ann.save()

    assert post.author is ann
    assert post.author_id == ann.pk


def test_a_key_goes_before_an_object_that_was_never_saved(db: Database) -> None:
    bob = Author.objects.create(name="Bob")
    post = Post(title="a", author=Author(name="Ann"))

    post.author_id = bob.pk

    assert post.author == bob
    post.save()
    assert Post.objects.get().author_id == bob.pk


def test_none_goes_before_an_object_that_was_never_saved(db: Database) -> None:
    post = Post(title="a", author=Author.objects.create(name="Ann"))
    post.editor = Author(name="Bob")

    post.editor = None
    post.save()

    assert Post.objects.get().editor_id is None


def test_an_object_without_a_key_cannot_be_pointed_to(db: Database) -> None:
    post = Post(title="a", author=Author(name="Ann"))

    with capture_queries() as queries, pytest.raises(ValidationError) as error:
        post.save()

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


def test_a_relation_to_another_model_cannot_be_assigned(db: Database) -> None:
    country = Country.objects.create(code="nl", number=1)
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann, country=country)
    post = Post.objects.get()

    with pytest.raises(ValidationError, match=r"^Post\.author must be an Author, not <"):
        post.author = post.country


@pytest.mark.parametrize("key", ["x", 2**63, 1.5])
def test_a_key_of_a_wrong_type_is_refused_before_any_query(db: Database, key: Any) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError, match=r"^Post\.author"):
        Post(title="a", author_id=key).save()

    assert queries == []


# --- keys of other kinds -------------------------------------------------------------------------


def test_a_natural_key_and_a_key_to_another_unique_field(db: Database) -> None:
    country = Country.objects.create(code="nl", number=31)
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann, country=country, number=country)
    post = Post.objects.get()

    assert (post.country_id, post.number_id) == ("nl", 31)
    assert post.number
    assert post.number == country
    assert post.country == post.number == country
    assert post.number.pk == "nl"
    assert Post.objects.filter(country=country, number=country).exists()
    assert Post.objects.filter(country="nl", number=31).exists()
    assert country.posts_by_number.all().fetch() == [post]


def test_a_key_to_the_model_itself(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob", boss=ann)

    assert Author.objects.get(pk=bob.pk).boss == ann
    assert ann.staff.all().fetch() == [bob]
    assert Author.objects.filter(boss__name="Ann").fetch() == [bob]


def test_a_relation_can_be_the_primary_key(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    profile = Profile.objects.create(author=ann, motto="a")

    profile.motto = "b"
    profile.save()
    again = Profile.objects.get(pk=ann.pk)

    assert again.pk == again.author_id == ann.pk
    assert again == profile
    assert (again.motto, again.author) == ("b", ann)
    assert Profile.objects.get(pk=ann) == ann.profile == profile
    assert Profile.objects.in_bulk([ann.pk]) == {ann.pk: profile}
    assert Author.objects.filter(profile=profile, profile__motto="b").fetch() == [ann]
    again.refresh_from_db()
    assert again.delete() == (1, {"Profile": 1})


def test_a_key_can_lead_to_a_key_that_is_a_relation(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    profile = Profile.objects.create(author=ann)
    picture = profile.pictures.create(backup=profile)
    Picture.objects.bulk_create([Picture(profile=profile)])

    again = Picture.objects.get(pk=picture.pk)

    assert again.profile_id == again.backup_id == ann.pk
    assert again.profile.author_id == ann.pk
    assert again.profile == again.backup == profile
    assert Picture.objects.filter(profile__author__name="Ann", profile=profile).count() == 2
    assert profile.pictures.count() == 2
    ann.delete()
    assert not Picture.objects.exists()


def test_a_profile_can_be_made_before_its_author_is_saved(db: Database) -> None:
    ann = Author(name="Ann")
    profile = Profile(author=ann)
    ann.save()

    profile.save()

    assert profile.pk == ann.pk
    assert Profile.objects.get() == profile


def test_an_abstract_models_relations_are_those_of_each_heir(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    root = Folder.objects.create(owner=ann)
    leaf = Folder.objects.create(parent=root)
    topic = Topic.objects.create(owner=ann)

    assert root.children.all().fetch() == [leaf]
    assert topic.children.all().fetch() == []
    assert ann.trees_folder_nodes.all().fetch() == [root]
    assert ann.trees_topic_nodes.all().fetch() == [topic]
    assert Author.objects.filter(folder=root, topic__parent=None).fetch() == [ann]


# --- back ----------------------------------------------------------------------------------------


def test_the_way_back_is_a_manager_of_the_rows_that_point_here(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    for title, author in [("a", ann), ("b", ann), ("c", bob)]:
        Post.objects.create(title=title, author=author)

    titles = ann.posts.order_by("title").values_list("title", flat=True)

    assert titles.fetch() == ["a", "b"]
    assert [post.title for post in ann.posts.filter(title="b").fetch()] == ["b"]
    assert ann.posts.count() == 2
    assert bob.posts.exists()
    assert not ann.posts.filter(title="c").exists()
    assert ann.posts.exclude(title="a").update(title="z") == 1
    assert Post.objects.filter(title="z").count() == 1


def test_what_the_way_back_creates_points_here(db: Database) -> None:
    ann = Author.objects.create(name="Ann")

    post = ann.posts.create(title="a")
    same, is_new = ann.posts.get_or_create(title="a")
    other, is_other_new = ann.posts.get_or_create(title="b")
    third, _ = ann.posts.update_or_create({"title": "d"}, title="c")
    many = ann.posts.bulk_create([Post(title="e"), Post(title="f")])

    assert (same, is_new, is_other_new) == (post, False, True)
    assert {p.author_id for p in (post, same, other, third, *many)} == {ann.pk}
    assert post.author is ann
    assert ann.posts.count() == 5


def test_get_or_create_on_the_way_back_sees_only_rows_that_point_here(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    bob.posts.create(title="a")

    post, is_new = ann.posts.get_or_create(title="a")

    assert (post.author_id, is_new) == (ann.pk, True)


def test_the_way_back_of_an_unsaved_object_is_refused(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        Author(name="Ann").posts.create(title="a")

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


def test_one_to_one_gives_an_object_on_both_sides(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Passport.objects.create(number="1", owner=ann)
    ann = Author.objects.get()

    with capture_queries() as queries:
        passport = ann.passport
        again = ann.passport
        owner = passport.owner

    assert passport.number == "1"
    assert again is passport
    assert owner is ann
    assert len(queries) == 1


def test_one_to_one_without_a_row_on_the_other_side(db: Database) -> None:
    ann = Author.objects.create(name="Ann")

    with pytest.raises(Passport.DoesNotExist) as error:
        ann.passport

    assert str(error.value) == "<Author: Ann> has no passport."


def test_no_row_points_to_an_object_that_is_not_saved(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Passport.objects.create(number="1", owner=ann, witness=None)

    with capture_queries() as queries, pytest.raises(Passport.DoesNotExist):
        Author(name="Bob").seen
    assert queries == []


def test_one_to_one_is_unique(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Passport.objects.create(number="1", owner=ann)

    with pytest.raises(IntegrityError):
        Passport.objects.create(number="2", owner=ann)


def test_one_to_one_can_be_assigned_from_both_sides(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    passport = Passport(number="1")

    ann.passport = passport
    passport.save()

    assert passport.owner_id == ann.pk
    assert ann.passport is passport
    with pytest.raises(FieldError) as error:
        ann.passport = 5
    assert str(error.value) == (
        "Author.passport cannot be set to 5. Set it to a Passport, and save that."
    )


# --- the database's part -------------------------------------------------------------------------


def test_rows_follow_a_row_that_is_deleted(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Post.objects.create(title="a", author=ann)
    Post.objects.create(title="b", author=bob, editor=ann)

    ann.delete()

    assert [post.title for post in Post.objects.fetch()] == ["b"]
    assert Post.objects.get().editor_id is None


def test_a_row_that_others_refer_to_stays_if_the_key_says_so(db: Database) -> None:
    country = Country.objects.create(code="nl", number=31)
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Post.objects.create(title="a", author=ann, country=country)
    Passport.objects.create(number="1", owner=ann, witness=bob)

    with pytest.raises(IntegrityError):
        country.delete()
    with pytest.raises(IntegrityError):
        bob.delete()

    assert Country.objects.exists()
    assert (country.pk, bob.pk is None) == ("nl", False)


def test_a_key_to_no_row_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(IntegrityError):
        Post.objects.create(title="a", author_id=999)

    assert not Post.objects.exists()


# --- pickles and copies --------------------------------------------------------------------------


def test_a_pickle_of_an_instance_can_load_its_relation(db: Database) -> None:
    Post.objects.create(title="a", author=Author.objects.create(name="Ann"))
    post = pickle.loads(pickle.dumps(Post.objects.get()))

    assert post.author.name == "Ann"


def test_a_loaded_relation_can_be_pickled_and_copied(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="a", author=ann)

    for twin in (
        pickle.loads(pickle.dumps(post.author)),
        copy.copy(post.author),
        copy.deepcopy(post.author),
    ):
        assert (twin.name, twin) == ("Ann", ann)


def test_reading_again_forgets_what_was_loaded(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    post = Post.objects.create(title="a", author=ann)
    Post.objects.update(author=bob)

    post.refresh_from_db()

    assert post.author == bob
