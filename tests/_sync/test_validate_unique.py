# generated from tests/_async/test_validate_unique.py by scripts/generate_sync.py;
# change that file, not this one
"""Can an instance be told beforehand that another row has what it must have for itself?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from covet.sync import (
    DB_DEFAULT,
    CharField,
    Database,
    DateField,
    DateTimeField,
    F,
    ForeignKey,
    IntegerField,
    Model,
    ModelError,
    OneToOneField,
    UniqueConstraint,
    ValidationError,
    capture_queries,
)


class Person(Model):
    name = CharField(max_length=20)
    email = CharField(max_length=20, unique=True, null=True)


class Page(Model):
    code = CharField(max_length=9, primary_key=True)
    owner = OneToOneField(Person, null=True, related_name="page")


class Post(Model):
    author = ForeignKey(Person, null=True, related_name="posts")
    slug = CharField(max_length=20)
    part = IntegerField(null=True)
    place = IntegerField(null=True)
    rank = IntegerField(unique=True, db_default=7)

    class Meta:
        unique_together = [("author", "slug")]
        constraints = [UniqueConstraint("slug", "part", "place", name="parts_of_a_post")]


class News(Model):
    title = CharField(max_length=20, unique_for_date="day")
    motto = CharField(max_length=20, unique_for_month="day", null=True)
    song = CharField(max_length=20, unique_for_year="at", null=True)
    hour = CharField(max_length=20, unique_for_date="at", null=True)
    day = DateField(null=True)
    at = DateTimeField(null=True)


def messages(record: Any, **options: Any) -> dict[str, list[str]]:
    """What ``validate_unique()`` has to say."""
    try:
        record.validate_unique(**options)
    except ValidationError as error:
        return error.errors
    return {}


# --- unique -------------------------------------------------------------------------------------


def test_a_unique_value_that_another_row_has(db: Database) -> None:
    Person.objects.create(name="Ann", email="a@x.org")

    with pytest.raises(ValidationError) as error:
        Person(name="Bob", email="a@x.org").validate_unique()

    assert str(error.value) == "Person.email is 'a@x.org', which another Person has already."
    assert error.value.errors == {"email": ["is 'a@x.org', which another Person has already"]}
    assert error.value.code == "unique"
    assert messages(Person(name="Ann", email="b@x.org")) == {}
    assert messages(Person(name="Ann", email=None)) == {}


def test_the_row_itself_is_no_other(db: Database) -> None:
    ann = Person.objects.create(name="Ann", email="a@x.org")
    bob = Person.objects.create(name="Bob", email="b@x.org")

    assert messages(ann) == {}
    bob.email = "a@x.org"
    assert list(messages(bob)) == ["email"]
    ann.pk = None
    ann._state.adding = True
    assert list(messages(ann)) == ["email"]


def test_a_new_primary_key_that_another_row_has(db: Database) -> None:
    page = Page.objects.create(code="home")

    assert messages(page) == {}
    assert messages(Page(code="home")) == {"code": ["is 'home', which another Page has already"]}


def test_a_one_to_one_key_that_another_row_has(db: Database) -> None:
    ann = Person.objects.create(name="Ann")
    Page.objects.create(code="home", owner=ann)

    assert messages(Page(code="b", owner=ann)) == {
        "owner": [f"is {ann.pk}, which another Page has already"]
    }
    with pytest.raises(ValidationError) as error:
        Page(code="b", owner=Person(name="new")).validate_unique()
    assert str(error.value) == "Page.owner is a Person that is not saved yet; save it first."


def test_fields_that_are_unique_together(db: Database) -> None:
    ann = Person.objects.create(name="Ann")
    Post.objects.create(author=ann, slug="a", part=1, place=2, rank=1)

    assert messages(Post(author=ann, slug="a", rank=2)) == {
        "__all__": ["Another Post has the same author and slug already"]
    }
    with pytest.raises(ValidationError) as error:
        Post(slug="a", part="1", place=2, rank=1).validate_unique()
    assert error.value.errors == {
        "__all__": ["Another Post has the same slug, part and place already"],
        "rank": ["is 1, which another Post has already"],
    }
    assert str(error.value) == (
        "Post: Another Post has the same slug, part and place already; "
        "Post.rank is 1, which another Post has already."
    )
    assert messages(Post(slug="a", part=1, place=None, rank=2)) == {}


def test_what_is_excluded_is_not_asked_for(db: Database) -> None:
    ann = Person.objects.create(name="Ann")
    Post.objects.create(author=ann, slug="a", rank=1)
    post = Post(author=ann, slug="a", rank=1)

    with capture_queries() as queries:
        assert messages(post, exclude=["slug"]) == {
            "rank": ["is 1, which another Post has already"]
        }
        assert messages(post, exclude=iter(["author", "rank"])) == {}
    assert len(queries) == 1


def test_values_that_only_the_database_knows_are_not_asked_for(db: Database) -> None:
    Post.objects.create(slug="a")

    with capture_queries() as queries:
        assert messages(Post(slug="b", rank=DB_DEFAULT)) == {}
        assert messages(Post(slug="b", rank=F("part") + 1)) == {}
    assert not queries


def test_each_rule_is_one_query(db: Database) -> None:
    ann = Person.objects.create(name="Ann")

    with capture_queries() as queries:
        messages(Post(author=ann, slug="a", part=1, place=1, rank=1))

    assert len(queries) == 3
    assert all(query.sql.startswith("SELECT 1 ") for query in queries)


def test_full_clean_and_save_do_not_ask(db: Database) -> None:
    Person.objects.create(name="Ann", email="a@x.org")
    bob = Person(name="Bob", email="a@x.org")

    with capture_queries() as queries:
        bob.full_clean()
        bob.email = "b@x.org"
        bob.save()
    assert [query.sql.split()[0] for query in queries] == ["INSERT"]


# --- for a date ---------------------------------------------------------------------------------


def test_unique_on_a_day(db: Database) -> None:
    first = News.objects.create(title="Hello", day=date(2024, 5, 17))

    assert messages(News(title="Hello", day="2024-05-17")) == {
        "title": ["is 'Hello', which another News of the same day (day) has already"]
    }
    assert messages(News(title="Hello", day=date(2023, 5, 17))) == {}
    assert messages(News(title="Hello", day=date(2024, 5, 18))) == {}
    assert messages(News(title="Bye", day=date(2024, 5, 17))) == {}
    assert messages(News(title="Hello")) == {}
    assert messages(first) == {}


def test_unique_in_a_month_of_any_year(db: Database) -> None:
    News.objects.create(title="a", motto="Hello", day=date(2024, 5, 17))

    assert messages(News(title="b", motto="Hello", day=date(2020, 5, 1))) == {
        "motto": ["is 'Hello', which another News of the same month (day) has already"]
    }
    assert messages(News(title="b", motto="Hello", day=date(2024, 6, 17))) == {}


def test_unique_in_a_year(db: Database) -> None:
    News.objects.create(title="a", song="Hello", at=datetime(2024, 5, 17, tzinfo=UTC))

    assert messages(News(title="b", song="Hello", at=datetime(2024, 1, 1, tzinfo=UTC))) == {
        "song": ["is 'Hello', which another News of the same year (at) has already"]
    }
    assert messages(News(title="b", song="Hello", at=datetime(2025, 1, 1, tzinfo=UTC))) == {}


def test_the_day_of_a_moment_is_that_in_utc(db: Database) -> None:
    News.objects.create(title="a", hour="x", at=datetime(2024, 5, 17, 23, tzinfo=UTC))
    east = timezone(timedelta(hours=5))

    same_day = datetime(2024, 5, 18, 4, tzinfo=east)
    assert list(messages(News(title="b", hour="x", at=same_day))) == ["hour"]
    next_day = datetime(2024, 5, 18, 5, tzinfo=east)
    assert messages(News(title="b", hour="x", at=next_day)) == {}
    assert messages(News(title="b", hour="x", at=same_day), exclude=["at"]) == {}


def test_nothing_is_never_the_same_on_a_day(db: Database) -> None:
    News.objects.create(title="a", motto=None, day=date(2024, 5, 17))

    assert messages(News(title="b", day=date(2024, 5, 1))) == {}


def test_the_database_does_not_hold_rows_to_it(db: Database) -> None:
    for _ in range(2):
        News.objects.create(title="Hello", day=date(2024, 5, 17))


def test_a_value_of_the_wrong_type_is_refused(db: Database) -> None:
    with pytest.raises(ValidationError) as error:
        News(title="Hello", day="next year").validate_unique()
    assert str(error.value) == "News.day must be a date or an ISO date string, not 'next year'."


# --- declaring ----------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["unique_for_date", "unique_for_month", "unique_for_year"])
def test_what_is_no_date_is_refused(option: str) -> None:
    with pytest.raises(ModelError) as error:

        class Wrong(Model):
            slug = CharField(max_length=20, **{option: "dey"})  # type: ignore[arg-type]
            day = DateField()
            at = DateTimeField()

    assert str(error.value) == (
        f"Wrong.slug has {option}='dey', which is no DateField or DateTimeField. Wrong has day, at."
    )
    with pytest.raises(ModelError) as error:

        class Wronger(Model):
            slug = CharField(max_length=20, **{option: "count"})  # type: ignore[arg-type]
            count = IntegerField()

    assert str(error.value) == (
        f"Wronger.slug has {option}='count', which is no DateField or DateTimeField. "
        "Add one, or take it away."
    )
