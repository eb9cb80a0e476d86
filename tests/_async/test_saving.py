"""What does saving, deleting and reading again send, and what does it refuse before that?"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from covet.aio import (
    CharField,
    CheckConstraint,
    ConfigurationError,
    Database,
    DatabaseError,
    DateField,
    DateTimeField,
    EmailField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    Q,
    UnknownField,
    UUIDField,
    ValidationError,
    capture_queries,
    connect,
    create_tables,
)


class Author(Model):
    name = CharField(max_length=5, unique=True)
    email = EmailField(null=True, blank=True)

    def clean(self) -> None:
        if self.name == "me":
            raise ValidationError("cannot be me")


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    likes = IntegerField(default=0, db_default=3)
    author = ForeignKey(Author, null=True, related_name="posts")

    class Meta:
        constraints = [CheckConstraint(Q(views__gte=0), name="post_views_not_negative")]


class Log(Model):
    text = CharField(max_length=20, default="")
    made = DateTimeField(auto_now_add=True)
    changed = DateTimeField(auto_now=True)
    day = DateField(auto_now_add=True)


class Token(Model):
    id = UUIDField(primary_key=True, default=uuid.uuid4)
    text = CharField(max_length=20)


class Country(Model):
    code = CharField(max_length=2, primary_key=True)
    name = CharField(max_length=20, default="")


class Tag(Model):
    """It has nothing but its key."""


def verbs(queries: Any) -> list[str]:
    return [query.sql.split()[0] for query in queries]


# --- inserting and updating ----------------------------------------------------------------------


async def test_a_new_instance_is_inserted_and_then_updated(db: Database) -> None:
    post = Post(title="a")

    with capture_queries() as queries:
        await post.save()
        post.title = "b"
        await post.save()

    assert verbs(queries) == ["INSERT", "UPDATE"]
    assert post.pk is not None
    assert await Post.objects.values_list("pk", "title").fetch() == [(post.pk, "b")]


async def test_create_is_one_insert(db: Database) -> None:
    with capture_queries() as queries:
        post = await Post.objects.create(title="a")

    assert verbs(queries) == ["INSERT"]
    assert (post.pk is None, post._state.adding, post._state.db) == (False, False, "default")


async def test_a_loaded_instance_is_updated(db: Database) -> None:
    await Post.objects.create(title="a")
    post = await Post.objects.get()

    with capture_queries() as queries:
        await post.save()

    assert verbs(queries) == ["UPDATE"]


async def test_an_instance_made_with_a_key_is_looked_for_first(db: Database) -> None:
    with capture_queries() as queries:
        await Country(code="nl", name="a").save()
        await Country(code="nl", name="b").save()
        await Country(code="nl", name="b").save()

    assert verbs(queries) == ["UPDATE", "INSERT", "UPDATE", "UPDATE"]
    assert await Country.objects.values_list("code", "name").fetch() == [("nl", "b")]


async def test_a_changed_key_is_another_row(db: Database) -> None:
    country = await Country.objects.create(code="nl")

    country.pk = "be"
    await country.save()

    assert await Country.objects.order_by("code").values_list("code", flat=True).fetch() == [
        "be",
        "nl",
    ]


async def test_a_key_with_a_default_is_inserted_at_once(db: Database) -> None:
    token = Token(text="a")
    assert isinstance(token.pk, uuid.UUID)

    with capture_queries() as queries:
        await token.save()
        token.text = "b"
        await token.save()

    assert verbs(queries) == ["INSERT", "UPDATE"]
    assert (await Token.objects.get(pk=str(token.pk))).text == "b"


async def test_a_given_key_with_a_default_can_be_loaded_by_it(db: Database) -> None:
    key = uuid.uuid4()

    await Token.objects.create(pk=key, text="a")

    assert await Token.objects.filter(pk=key).exists()


async def test_an_automatic_key_may_be_given(db: Database) -> None:
    await Post.objects.create(id=1000, title="a")

    assert (await Post.objects.get()).pk == 1000


async def test_a_model_of_nothing_but_its_key(db: Database) -> None:
    tag = await Tag.objects.create()

    with capture_queries() as queries:
        await tag.save()
        await Tag(pk=tag.pk).save()

    assert verbs(queries) == ["SELECT", "SELECT"]
    assert await Tag.objects.fetch() == [tag]


@pytest.mark.parametrize("way", ["pk", "id", "adding"])
async def test_a_row_is_copied_by_taking_its_key_away(db: Database, way: str) -> None:
    post = await Post.objects.create(title="a", views=3)
    key = post.pk

    if way == "adding":
        post._state.adding = True
        post.pk = key + 1
    else:
        setattr(post, way, None)
    await post.save()

    assert post.pk != key
    assert await Post.objects.values_list("title", "views").fetch() == [("a", 3)] * 2


# --- force_insert, force_update, update_fields ---------------------------------------------------


async def test_force_insert_does_not_look_for_the_row(db: Database) -> None:
    await Country.objects.create(code="nl")

    with capture_queries() as queries, pytest.raises(IntegrityError):
        await Country(code="nl").save(force_insert=True)

    assert verbs(queries) == ["INSERT"]


async def test_force_update_needs_a_row(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(DatabaseError) as error:
        await Country(code="nl").save(force_update=True)

    assert str(error.value) == (
        "<Country: Country object (nl)> could not be updated: there is no such row."
    )
    assert verbs(queries) == ["UPDATE"]
    await Country.objects.create(code="nl")
    await Country(code="nl", name="b").save(force_update=True)
    assert (await Country.objects.get()).name == "b"


async def test_an_instance_without_a_key_cannot_be_updated(db: Database) -> None:
    for options in ({"force_update": True}, {"update_fields": ["title"]}):
        with capture_queries() as queries, pytest.raises(FieldError) as error:
            await Post(title="a").save(**options)
        assert str(error.value) == (
            "This Post has no primary key, so it has no row. Save it first."
        )
        assert queries == []


async def test_both_ways_cannot_be_forced(db: Database) -> None:
    with pytest.raises(FieldError, match=r"^save\(\) cannot both force an INSERT and an UPDATE\.$"):
        await Post(title="a").save(force_insert=True, force_update=True)
    with pytest.raises(FieldError):
        await Post(title="a").save(force_insert=True, update_fields=["title"])


async def test_only_the_named_fields_are_written(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a")
    await Post.objects.update(views=5, title="z")

    post.title, post.views, post.author = "b", 9, ann
    with capture_queries() as queries:
        await post.save(update_fields=["title", "author_id"])

    assert await Post.objects.values_list("title", "views", "author").fetch() == [("b", 5, ann.pk)]
    assert verbs(queries) == ["UPDATE"]
    assert "views" not in queries[0].sql


async def test_no_named_field_is_no_query(db: Database) -> None:
    post = await Post.objects.create(title="a")

    with capture_queries() as queries:
        await post.save(update_fields=[])

    assert queries == []


async def test_an_unknown_name_or_the_key_cannot_be_among_the_fields(db: Database) -> None:
    post = await Post.objects.create(title="a")

    with capture_queries() as queries:
        with pytest.raises(UnknownField) as unknown:
            await post.save(update_fields=["titel"])
        with pytest.raises(FieldError) as key:
            await post.save(update_fields=["title", "pk"])
        with pytest.raises(FieldError) as text:
            await post.save(update_fields="title")

    assert str(unknown.value) == (
        "Post has no field 'titel' (in save(update_fields=['titel'])). Did you mean 'title'? "
        "Fields: author, id, likes, title, views."
    )
    assert str(key.value) == "Post.id is the primary key and cannot be in update_fields."
    assert str(text.value) == (
        "update_fields is the string 'title', not a list. Write update_fields=['title']."
    )
    assert queries == []


async def test_the_row_of_named_fields_has_to_be_there(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.all().delete()

    with pytest.raises(DatabaseError, match=r"could not be updated: there is no such row\.$"):
        await post.save(update_fields=["title"])


async def test_a_loaded_row_that_is_gone_is_inserted_again(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.all().delete()

    await post.save()

    assert await Post.objects.get() == post


# --- validation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "Annabel"}, "Author.name is longer than 5 characters (it has 7)."),
        ({"name": None}, "Author.name must not be None."),
        ({}, "Author.name must not be None."),
        ({"name": "Ann", "email": "x"}, "Author.email must be an e-mail address, not 'x'."),
        ({"name": 5.5}, "Author.name must be a str, not 5.5; use str() to make it one."),
    ],
)
async def test_what_a_field_does_not_accept_is_refused_before_any_query(
    db: Database, values: dict[str, Any], message: str
) -> None:
    with capture_queries() as queries:
        for write in (
            Author(**values).save,
            lambda: Author.objects.create(**values),
            lambda: Author.objects.bulk_create([Author(name="Bob"), Author(**values)]),
        ):
            with pytest.raises(ValidationError) as error:
                await write()
            assert str(error.value) == message

    assert queries == []


async def test_an_update_is_refused_before_any_query_too(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    ann.email = "x"

    with capture_queries() as queries:
        with pytest.raises(ValidationError):
            await ann.save()
        with pytest.raises(ValidationError):
            await ann.save(update_fields=["email"])
    assert queries == []

    await ann.save(update_fields=["name"])


async def test_validators_can_be_left_out_and_what_the_column_holds_cannot(db: Database) -> None:
    await Author(name="Ann", email="x").save(validate=False)
    await Author.objects.bulk_create([Author(name="Bob", email="y")], validate=False)

    assert await Author.objects.filter(email__in=["x", "y"]).count() == 2
    with capture_queries() as queries, pytest.raises(ValidationError):
        await Author(name="Annabel").save(validate=False)
    assert queries == []


async def test_full_clean_tells_everything_at_once(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError) as error:
        Author(name="", email="x").full_clean()

    assert error.value.errors == {
        "name": ["cannot be blank"],
        "email": ["must be an e-mail address, not 'x'"],
    }
    assert error.value.model == "Author"
    assert queries == []


def test_full_clean_asks_the_models_own_clean() -> None:
    author = Author(name="me")

    with pytest.raises(ValidationError) as error:
        author.full_clean()

    assert str(error.value) == "Author: cannot be me."
    assert error.value.errors == {"__all__": ["cannot be me"]}
    author.clean_fields()
    with pytest.raises(ValidationError):
        author.clean()


def test_clean_fields_keeps_what_it_cleaned_and_can_leave_fields_out() -> None:
    post = Post(title="a", views="7", author_id="3")

    post.clean_fields()
    Post(title="", views="x").clean_fields(exclude=["title", "views"])

    assert (post.views, post.author_id) == (7, 3)


async def test_full_clean_leaves_alone_what_the_database_knows(db: Database) -> None:
    post = await Post.objects.create(title="a")
    post.views = F("views") + 1
    post.full_clean()
    await post.save()

    post.full_clean()


# --- the database's rules ------------------------------------------------------------------------


async def test_a_rule_of_the_database_is_an_integrity_error_with_its_cause(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")

    for broken in (
        Author(name="Ann"),
        Post(title="a", views=-1),
        Post(title="a", author_id=ann.pk + 99),
    ):
        with pytest.raises(IntegrityError) as error:
            await broken.save()
        assert error.value.__cause__ is not None
        assert broken._state.adding
    with pytest.raises(IntegrityError):
        await db.execute("insert into author (name) values (null)")


async def test_after_an_error_the_next_save_works(db: Database) -> None:
    await Author.objects.create(name="Ann")
    with pytest.raises(IntegrityError):
        await Author.objects.create(name="Ann")

    await Author.objects.create(name="Bob")

    assert await Author.objects.count() == 2


# --- moments -------------------------------------------------------------------------------------


async def test_moments_of_making_and_changing_are_set(db: Database) -> None:
    before = datetime.now(UTC)
    log = await Log.objects.create()
    made, changed = log.made, log.changed
    assert before - timedelta(seconds=1) <= made <= datetime.now(UTC)
    assert log.day in {made.date(), date.today()}

    await log.save()
    assert log.made == made
    assert log.changed > changed
    again = await Log.objects.get()

    assert (again.made, again.changed, again.day) == (log.made, log.changed, log.day)


async def test_moments_are_set_for_many_at_once(db: Database) -> None:
    logs = await Log.objects.bulk_create([Log(), Log()])

    assert [log.changed for log in await Log.objects.order_by("id").fetch()] == [
        log.changed for log in logs
    ]


async def test_a_moment_of_changing_is_written_only_if_it_is_named(db: Database) -> None:
    log = await Log.objects.create()
    changed = log.changed

    log.text = "a"
    await log.save(update_fields=["text"])
    await log.refresh_from_db()

    assert log.changed == changed


async def test_update_or_create_sets_the_moment_of_changing(db: Database) -> None:
    log = await Log.objects.create(text="a")

    again, is_new = await Log.objects.update_or_create({"text": "b"}, pk=log.pk)

    assert (again.text, is_new) == ("b", False)
    assert again.changed > log.changed
    assert (await Log.objects.get()).changed == again.changed


# --- expressions ---------------------------------------------------------------------------------


async def test_an_expression_is_calculated_by_the_database_and_then_not_known(
    db: Database,
) -> None:
    post = await Post.objects.create(title="a", views=1)
    await Post.objects.update(views=10)

    post.views = F("views") + 1
    with capture_queries() as queries:
        await post.save()

    assert verbs(queries) == ["UPDATE"]
    assert post.get_deferred_fields() == {"views"}
    await post.save()
    await post.refresh_from_db(fields=["views"])
    assert post.views == 11


async def test_what_only_the_database_knows_is_read_by_a_refresh_of_all(db: Database) -> None:
    post = await Post.objects.create(title="a", views=1)
    post.views = F("views") + 1
    await post.save()

    await post.refresh_from_db()

    assert post.views == 2


async def test_an_expression_may_be_over_other_fields(db: Database) -> None:
    post = await Post.objects.create(title="a", views=4, likes=3)

    post.views = (Post.views + F("likes")) * 2
    await post.save(update_fields=["views"])
    await post.refresh_from_db()

    assert post.views == 14


async def test_a_new_row_has_no_columns_to_calculate_with(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(FieldError) as error:
        await Post(title="a", views=F("likes") + 1).save()

    assert str(error.value) == (
        "Post.views of a new row is set to F('likes') + 1, but a new row has none yet. "
        "Give a value, or save first and update then."
    )
    assert queries == []


# --- deleting ------------------------------------------------------------------------------------


async def test_delete_takes_the_row_and_the_key(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.create(title="b")

    with capture_queries() as queries:
        counts = await post.delete()

    assert counts == (1, {"Post": 1})
    assert verbs(queries) == ["DELETE"]
    assert (post.pk, post.title, post._state.adding) == (None, "a", True)
    assert await Post.objects.values_list("title", flat=True).fetch() == ["b"]


async def test_a_deleted_instance_can_be_saved_as_a_new_row(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await post.delete()

    await post.save()

    assert await Post.objects.get() == post


async def test_deleting_twice_or_unsaved_is_refused(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await post.delete()

    for gone in (post, Post(title="b")):
        with pytest.raises(FieldError) as error:
            await gone.delete()
        assert str(error.value) == (
            "This Post has no primary key, so it has no row. Save it first."
        )


async def test_deleting_a_row_that_is_gone_counts_none(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.all().delete()

    assert await post.delete() == (0, {})


# --- reading again -------------------------------------------------------------------------------


async def test_reading_again_gives_what_the_row_holds_now(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.update(title="b", views=2)

    with capture_queries() as queries:
        await post.refresh_from_db()

    assert (post.title, post.views) == ("b", 2)
    assert verbs(queries) == ["SELECT"]


async def test_only_the_named_fields_are_read_again(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    post = await Post.objects.create(title="a", author=ann)
    await Post.objects.update(title="b", views=2)
    post.title = "c"

    with capture_queries() as queries:
        await post.refresh_from_db(fields=["views"])
        await post.refresh_from_db(fields=[])

    assert (post.title, post.views) == ("c", 2)
    assert len(queries) == 1
    assert await post.author is ann


async def test_a_row_that_is_gone_cannot_be_read_again(db: Database) -> None:
    post = await Post.objects.create(title="a")
    await Post.objects.all().delete()

    with pytest.raises(Post.DoesNotExist) as error:
        await post.refresh_from_db()

    assert str(error.value) == f"<Post: Post object ({post.pk})> is not in the database any more."


async def test_reading_an_unknown_name_or_an_unsaved_row_is_refused(db: Database) -> None:
    post = await Post.objects.create(title="a")

    with capture_queries() as queries:
        with pytest.raises(UnknownField, match=r"^Post has no field 'titel' \(in refresh_from_db"):
            await post.refresh_from_db(fields=["titel"])
        with pytest.raises(FieldError, match=r"^This Post has no primary key"):
            await Post(title="a").refresh_from_db()
    assert queries == []


async def test_a_row_can_be_read_by_its_key_alone(db: Database) -> None:
    made = await Post.objects.create(title="a", views=3)
    post = Post(pk=made.pk)

    await post.refresh_from_db()

    assert (post.title, post.views, post._state.adding) == ("a", 3, False)


# --- another database ----------------------------------------------------------------------------


async def test_an_instance_can_be_saved_to_another_database(db: Database) -> None:
    async with connect("sqlite:///:memory:", alias="other"):
        await create_tables(Author, Post, using="other")
        post = await Post.objects.create(title="a")

        await post.save(using="other")
        post.title = "b"
        await post.save()
        made = await Post.objects.using("other").create(title="c")
        read = await Post.objects.using("other").get(title="c")
        read.title = "d"
        await read.save()
        titles = Post.objects.order_by("title").values_list("title", flat=True)

        assert post._state.db == made._state.db == read._state.db == "other"
        assert await titles.fetch() == ["a"]
        assert await titles.using("other").fetch() == ["b", "d"]
        await post.save(using="default")
        assert post._state.db == "default"
        await read.refresh_from_db()
        await read.delete()
        assert await titles.using("other").fetch() == ["b"]
        assert await titles.all().fetch() == ["b"]


async def test_an_unknown_database_is_refused(db: Database) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        await Post(title="a").save(using="nowhere")
