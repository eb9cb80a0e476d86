# generated from tests/_async/test_many_to_many.py by scripts/generate_sync.py;
# change that file, not this one
"""What can be done with a relation between many and many, from either side?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    DateField,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    ManyToManyField,
    Model,
    ModelError,
    Q,
    ValidationError,
    capture_queries,
)


class Tag(Model):
    word = CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.word


class Post(Model):
    title = CharField(max_length=20)
    tags = ManyToManyField(Tag, related_name="posts")
    seen_by = ManyToManyField("Person", related_name="+", db_table="who_saw_what")

    def __str__(self) -> str:
        return self.title


class Person(Model):
    name = CharField(max_length=20)
    friends = ManyToManyField("self")
    follows = ManyToManyField("self", symmetrical=False, related_name="followers")

    def __str__(self) -> str:
        return self.name


class Band(Model):
    name = CharField(max_length=20)
    members = ManyToManyField(Person, through="Membership", related_name="bands")
    managers = ManyToManyField(
        Person,
        through=lambda: Contract,
        through_fields=("band", "manager"),
        related_name="managed_bands",
        related_query_name="managed_band",
    )


class Membership(Model):
    person = ForeignKey(Person, related_name="memberships")
    band = ForeignKey(Band)
    since = DateField(default=date(2000, 1, 1))
    rank = IntegerField(default=0)


class Contract(Model):
    manager = ForeignKey(Person, related_name="+")
    witness = ForeignKey(Person, related_name="+", null=True)
    band = ForeignKey(Band, related_name="+")

    class Meta:
        unique_together = [("manager", "band")]


class Labelled(Model):
    """An abstract model with a relation to many."""

    labels = ManyToManyField(Tag, related_name="%(class)ss", related_query_name="%(class)s")

    class Meta:
        abstract = True


class Crate(Labelled):
    size = IntegerField(default=1)


class Jar(Labelled):
    size = IntegerField(default=1)


def tags(*words: str) -> list[Tag]:
    return Tag.objects.bulk_create([Tag(word=word) for word in words])


def words(found: Any) -> list[str]:
    return sorted(str(one) for one in found)


# --- both sides -------------------------------------------------------------------------------


def test_objects_are_added_and_found_from_both_sides(db: Database) -> None:
    news, sport = tags("news", "sport")
    hello = Post.objects.create(title="Hello")
    bread = Post.objects.create(title="Bread")

    hello.tags.add(news, sport)
    news.posts.add(bread)

    assert words(hello.tags.all()) == ["news", "sport"]
    assert words(bread.tags.all()) == ["news"]
    assert words(news.posts.all()) == ["Bread", "Hello"]
    assert words(sport.posts.order_by("title")) == ["Hello"]


def test_adding_takes_one_look_and_one_insert_however_many(db: Database) -> None:
    many = tags(*(f"t{n}" for n in range(300)))
    post = Post.objects.create(title="Hello")

    with capture_queries() as queries:
        post.tags.add(*many)

    assert len(queries) == 2
    assert post.tags.count() == 300


def test_adding_what_is_there_sends_no_insert(db: Database) -> None:
    news, sport = tags("news", "sport")
    post = Post.objects.create(title="Hello")
    post.tags.add(news, sport)

    with capture_queries() as queries:
        post.tags.add(sport, news, sport)

    assert len(queries) == 1
    assert post.tags.count() == 2


def test_adding_nothing_sends_nothing(db: Database) -> None:
    post = Post.objects.create(title="Hello")

    with capture_queries() as queries:
        post.tags.add()
        post.tags.remove()

    assert queries == []


def test_keys_do_as_well_as_objects(db: Database) -> None:
    news, sport = tags("news", "sport")
    post = Post.objects.create(title="Hello")

    post.tags.add(news.pk, str(sport.pk))
    assert words(post.tags.all()) == ["news", "sport"]

    post.tags.remove(news.pk)
    assert words(post.tags.all()) == ["sport"]

    post.tags.set([news.pk])
    assert words(post.tags.all()) == ["news"]


def test_removing_is_one_statement_and_takes_only_what_is_named(db: Database) -> None:
    news, sport, food = tags("news", "sport", "food")
    post = Post.objects.create(title="Hello")
    other = Post.objects.create(title="Other")
    post.tags.add(news, sport)
    other.tags.add(news, sport)

    with capture_queries() as queries:
        post.tags.remove(news, food)

    assert len(queries) == 1
    assert words(post.tags.all()) == ["sport"]
    assert words(other.tags.all()) == ["news", "sport"]


def test_clearing_is_one_statement_and_leaves_the_objects(db: Database) -> None:
    news, sport = tags("news", "sport")
    post = Post.objects.create(title="Hello")
    post.tags.add(news, sport)

    with capture_queries() as queries:
        post.tags.clear()

    assert len(queries) == 1
    assert post.tags.count() == 0
    assert Tag.objects.count() == 2


def test_setting_changes_only_what_differs(db: Database) -> None:
    news, sport, food = tags("news", "sport", "food")
    post = Post.objects.create(title="Hello")
    post.tags.add(news, sport)
    kept = Post.tags.through.objects.get(post=post, tag=sport)

    with capture_queries() as queries:
        post.tags.set([sport, food])

    assert len(queries) == 4  # what is there, DELETE, look, INSERT
    assert words(post.tags.all()) == ["food", "sport"]
    assert Post.tags.through.objects.get(post=post, tag=sport) == kept


def test_setting_with_clear_makes_all_links_anew(db: Database) -> None:
    news, sport = tags("news", "sport")
    post = Post.objects.create(title="Hello")
    post.tags.add(news)
    before = Post.tags.through.objects.get(post=post)

    post.tags.set([news, sport], clear=True)

    assert words(post.tags.all()) == ["news", "sport"]
    assert not Post.tags.through.objects.filter(pk=before.pk).exists()


def test_setting_what_is_there_writes_nothing(db: Database) -> None:
    news, sport = tags("news", "sport")
    post = Post.objects.create(title="Hello")
    post.tags.set([news, sport])

    with capture_queries() as queries:
        post.tags.set([sport, news])

    assert all(query.sql.startswith("SELECT") for query in queries)


def test_a_manager_creates_and_links(db: Database) -> None:
    post = Post.objects.create(title="Hello")

    news = post.tags.create(word="news")
    same, is_new = post.tags.get_or_create(word="news")
    sport, sport_is_new = post.tags.get_or_create(word="sport")
    updated, updated_is_new = post.tags.update_or_create(word="sport", defaults={"word": "sports"})
    _food, food_is_new = post.tags.update_or_create(word="food")

    assert (same, is_new) == (news, False)
    assert (sport_is_new, updated_is_new, food_is_new) == (True, False, True)
    assert updated == sport
    assert words(post.tags.all()) == ["food", "news", "sports"]


def test_what_a_manager_creates_in_bulk_is_linked(db: Database) -> None:
    post = Post.objects.create(title="Hello")

    post.tags.bulk_create([Tag(word="a"), Tag(word="b")])

    assert words(post.tags.all()) == ["a", "b"]


def test_get_or_create_looks_only_among_the_linked(db: Database) -> None:
    (news,) = tags("news")
    post = Post.objects.create(title="Hello")

    with pytest.raises(IntegrityError):  # there is such a tag, but it is not linked
        post.tags.get_or_create(word="news")

    assert post.tags.count() == 0
    assert Tag.objects.get() == news


def test_questions_to_a_manager(db: Database) -> None:
    news, sport, food = tags("news", "sport", "food")
    post = Post.objects.create(title="Hello")
    post.tags.add(news, sport)

    assert post.tags.count() == 2
    assert post.tags.exists()
    assert post.tags.contains(news)
    assert not post.tags.contains(food)
    assert post.tags.filter(word__startswith="s").get() == sport
    assert post.tags.exclude(word="news").get() == sport
    assert words(post.tags.order_by("-word")[:1]) == ["sport"]
    assert post.tags.values_list("word", flat=True).order_by("word") == ["news", "sport"]


def test_a_link_that_is_not_there_is_missed_by_what_was_asked(db: Database) -> None:
    post = Post.objects.create(title="Hello")

    with pytest.raises(Tag.DoesNotExist) as error:
        post.tags.get(word="news")

    assert str(error.value) == "No Tag matches (in Tag.objects.get(word='news'))."


def test_an_instance_that_is_not_saved_has_no_links(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        Post(title="Hello").tags.all()

    assert str(error.value) == "This Post is not saved yet, so it has no tags. Save it first."


def test_what_cannot_be_added_is_refused(db: Database) -> None:
    post = Post.objects.create(title="Hello")
    person = Person.objects.create(name="Ann")

    for wrong in (person, Tag(word="new"), "no key"):
        with pytest.raises(ValidationError) as invalid:
            post.tags.add(wrong)
        assert str(invalid.value).startswith("Post.tags ")
    for wrong in (None, [1, 2]):
        with pytest.raises(FieldError) as error:
            post.tags.add(wrong)
        assert "one by one: add(*objects)" in str(error.value)
    with pytest.raises(IntegrityError):
        post.tags.add(12345)

    assert post.tags.count() == 0


def test_the_attribute_cannot_be_assigned() -> None:
    with pytest.raises(FieldError) as error:
        Post(title="Hello").tags = []  # type: ignore[assignment]

    assert str(error.value) == (
        "Post.tags cannot be set, as it stands for rows of Tag. Write tags.set(…)."
    )


# --- lookups ----------------------------------------------------------------------------------


def test_lookups_go_through_the_table_between(db: Database) -> None:
    news, sport = tags("news", "sport")
    hello = Post.objects.create(title="Hello")
    Post.objects.create(title="Bare")
    hello.tags.add(news, sport)

    assert Post.objects.filter(tags=news).get() == hello
    assert Post.objects.filter(tags__word="sport").get() == hello
    assert Post.objects.filter(tags__in=[news, sport]).distinct().get() == hello
    assert words(Post.objects.filter(tags=None)) == ["Bare"]
    assert words(Post.objects.filter(tags__isnull=False).distinct()) == ["Hello"]
    assert words(Post.objects.exclude(tags__word="news")) == ["Bare"]
    assert words(Tag.objects.filter(posts__title="Hello")) == ["news", "sport"]
    assert words(Tag.objects.exclude(posts=hello)) == []
    assert words(Post.objects.filter(Q(tags__word="news") | Q(title="Bare"))) == [
        "Bare",
        "Hello",
    ]
    assert Post.objects.order_by("title", "tags__word").values_list("title", "tags__word") == [
        ("Bare", None),
        ("Hello", "news"),
        ("Hello", "sport"),
    ]


def test_conditions_in_one_filter_are_about_the_same_row(db: Database) -> None:
    news, sport = tags("news", "sport")
    both = Post.objects.create(title="Both")
    both.tags.add(news, sport)

    assert not Post.objects.filter(tags__word="news", tags=sport).exists()
    assert Post.objects.filter(tags__word="news").filter(tags=sport).get() == both


def test_a_comparison_by_key_does_not_join_the_other_table() -> None:
    text, _ = Post.objects.filter(tags=1).sql("sqlite")

    assert text.endswith(
        'FROM "post" INNER JOIN "post_tags" ON "post"."id" = "post_tags"."post_id" '
        'WHERE "post_tags"."tag_id" = ?'
    )


def test_a_manager_asks_with_one_join(db: Database) -> None:
    post = Post.objects.create(title="Hello")
    with capture_queries() as queries:
        post.tags.all().fetch()

    quoted = queries[0].sql.replace("`", '"')
    assert quoted.startswith(
        'SELECT "tag"."id", "tag"."word" FROM "tag" '
        'INNER JOIN "post_tags" ON "tag"."id" = "post_tags"."tag_id" '
        'WHERE "post_tags"."post_id" = '
    )


# --- to itself --------------------------------------------------------------------------------


def test_friendship_is_mutual(db: Database) -> None:
    ann, bob, eve = [Person.objects.create(name=name) for name in ("Ann", "Bob", "Eve")]

    with capture_queries() as queries:
        ann.friends.add(bob, eve, ann)
    assert len(queries) == 2
    assert words(ann.friends.all()) == ["Ann", "Bob", "Eve"]
    assert words(bob.friends.all()) == ["Ann"]

    bob.friends.remove(ann)
    assert words(ann.friends.all()) == ["Ann", "Eve"]
    assert words(bob.friends.all()) == []

    ann.friends.clear()
    assert Person.friends.through.objects.count() == 0

    ann.friends.set([bob])
    eve.friends.set([ann])
    assert words(ann.friends.all()) == ["Bob", "Eve"]
    assert not hasattr(ann, "person_set")


def test_following_is_not_mutual(db: Database) -> None:
    ann, bob = [Person.objects.create(name=name) for name in ("Ann", "Bob")]

    ann.follows.add(bob)

    assert words(ann.follows.all()) == ["Bob"]
    assert words(bob.follows.all()) == []
    assert words(bob.followers.all()) == ["Ann"]
    assert Person.objects.filter(follows=bob).get() == ann
    assert Person.objects.filter(followers__name="Ann").get() == bob


# --- a table between of one's own ---------------------------------------------------------------


def test_a_table_between_has_further_columns(db: Database) -> None:
    ann, bob = [Person.objects.create(name=name) for name in ("Ann", "Bob")]
    band = Band.objects.create(name="Owls")

    band.members.add(ann, through_defaults={"since": date(2020, 5, 1), "rank": lambda: 7})
    band.members.add(ann, bob)

    rows = Membership.objects.order_by("person__name").values_list("person__name", "since", "rank")
    assert rows == [("Ann", date(2020, 5, 1), 7), ("Bob", date(2000, 1, 1), 0)]
    assert words(ann.bands.values_list("name", flat=True)) == ["Owls"]


def test_a_filter_behind_a_manager_is_about_the_same_link(db: Database) -> None:
    ann = Person.objects.create(name="Ann")
    owls, crows = [Band.objects.create(name=name) for name in ("Owls", "Crows")]
    owls.members.add(ann, through_defaults={"rank": 1})
    crows.members.add(ann, through_defaults={"rank": 9})

    assert owls.members.filter(memberships__rank=1).get() == ann
    assert not owls.members.filter(memberships__rank=9).exists()


def test_created_and_set_rows_take_further_columns(db: Database) -> None:
    band = Band.objects.create(name="Owls")
    ann = band.members.create(name="Ann", through_defaults={"rank": 1})
    bob = Person.objects.create(name="Bob")

    band.members.set([ann, bob], through_defaults={"rank": 2})

    assert Membership.objects.order_by("rank").values_list("person__name", "rank") == [
        ("Ann", 1),
        ("Bob", 2),
    ]


def test_through_fields_choose_among_several_keys(db: Database) -> None:
    ann, bob = [Person.objects.create(name=name) for name in ("Ann", "Bob")]
    band = Band.objects.create(name="Owls")

    band.managers.add(ann, through_defaults={"witness": bob})

    assert words(band.managers.all()) == ["Ann"]
    assert Person.objects.filter(managed_band=band).get() == ann
    assert words(bob.managed_bands.all()) == []


def test_a_pair_may_be_there_twice_only_if_the_table_allows_it(db: Database) -> None:
    ann = Person.objects.create(name="Ann")
    band = Band.objects.create(name="Owls")
    Membership.objects.create(person=ann, band=band, rank=1)
    Membership.objects.create(person=ann, band=band, rank=2)

    band.members.add(ann)
    assert words(band.members.all()) == ["Ann", "Ann"]

    band.members.remove(ann)
    assert Membership.objects.count() == 0

    Contract.objects.create(manager=ann, band=band)
    with pytest.raises(IntegrityError):
        Contract.objects.create(manager=ann, band=band)


# --- declaring --------------------------------------------------------------------------------


def test_a_relation_of_an_abstract_model_is_inherited(db: Database) -> None:
    news, sport = tags("news", "sport")
    crate, jar = Crate.objects.create(), Jar.objects.create()

    crate.labels.add(news)
    jar.labels.add(news, sport)

    assert news.crates.get() == crate
    assert Tag.objects.filter(jar=jar, crate=crate).get() == news
    assert Crate.labels.through is not Jar.labels.through
    assert Crate.labels.through._table.name == "crate_labels"


def test_a_table_between_has_the_names_of_both(db: Database) -> None:
    table = Post.tags.through._table

    assert table.name == "post_tags"
    assert [field.column for field in table.fields] == ["id", "post_id", "tag_id"]
    assert [field.column for field in Person.follows.through._table.fields] == [
        "id",
        "from_person_id",
        "to_person_id",
    ]
    assert Post.seen_by.through._table.name == "who_saw_what"
    assert Band.members.through is Membership


def test_a_hidden_way_back_leaves_no_attribute() -> None:
    assert not hasattr(Person, "post_set")
    with pytest.raises(FieldError):
        Person.objects.filter(post__title="Hello")


def test_what_cannot_be_declared_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Wrong(Model):
            tags = ManyToManyField(Tag, symmetrical=True, related_name="wrong")

    assert "symmetrical" in str(error.value)
    with pytest.raises(ModelError) as error:

        class Wronger(Model):
            tags = ManyToManyField(Tag, through=Membership, related_name="wrong")

    assert str(error.value) == (
        "Wronger.tags goes through Membership, which has no foreign key to Wronger. "
        "Give Membership a ForeignKey to Wronger."
    )
    with pytest.raises(ModelError) as error:

        class Wrongest(Model):
            tags = ManyToManyField(Tag, through=Membership, db_table="x", related_name="wrong")

    assert "both through and db_table" in str(error.value)
    with pytest.raises(ModelError) as error:

        class Worst(Model):
            tags = (ManyToManyField(Tag, related_name="wrong"),)

    assert "Take away the comma" in str(error.value)
