"""What does a class body say: its fields, what it inherits, and what it cannot be?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    CASCADE,
    DB_CASCADE,
    DB_SET_NULL,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    BigAutoField,
    CharField,
    F,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    ModelError,
    NotLoaded,
    TextField,
)

MODELS: list[type[Model]] = []


class Stamped(Model):
    note = CharField(max_length=20, default="none")
    stamp = IntegerField(default=1)

    class Meta:
        abstract = True


def fields(model: type[Model]) -> list[str]:
    return [field.name for field in model._table.fields]


def fault(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value)


# --- keys ----------------------------------------------------------------------------------------


def test_a_model_without_a_key_has_an_automatic_id_in_front() -> None:
    class Plain(Model):
        title = CharField(max_length=20)

    assert fields(Plain) == ["id", "title"]
    assert isinstance(Plain._table.pk, BigAutoField)
    assert Plain(id=3).pk == 3


def test_pk_stands_for_the_key_whatever_it_is_called() -> None:
    class Country(Model):
        code = CharField(max_length=2, primary_key=True)

    country = Country(pk="nl")

    assert fields(Country) == ["code"]
    assert country.code == country.pk == "nl"
    country.pk = "be"
    assert country.code == "be"


def test_two_primary_keys_are_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Double(Model):
            one = IntegerField(primary_key=True)
            two = IntegerField(primary_key=True)

    assert fault(error) == (
        "Double has several primary keys: one, two. "
        "Give primary_key=True to one field, and unique_together to the rest."
    )


def test_an_id_that_is_not_the_key_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Odd(Model):
            id = IntegerField()

    assert fault(error) == (
        "Odd.id is not the primary key, and there is no other. "
        "Give it primary_key=True, or another name."
    )


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["save", "objects", "clean_fields", "DoesNotExist", "_origin", "_table"]
)
def test_a_field_cannot_have_the_name_of_what_every_model_has(name: str) -> None:
    with pytest.raises(ModelError) as error:
        type(Model)("Post", (Model,), {"__module__": __name__, name: IntegerField()})

    assert fault(error) == (
        f"Post.{name} has the name of something that every model has. "
        "Choose another name; db_column keeps the column's."
    )


def test_a_mixins_field_cannot_have_such_a_name_either() -> None:
    class Saved:
        save = IntegerField()

    with pytest.raises(ModelError, match=r"^Post\.save has the name of something"):
        type(Model)("Post", (Saved, Model), {"__module__": __name__})


def test_two_fields_of_one_column_are_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey("Author")
            writer = IntegerField(db_column="Author_ID")

    assert fault(error) == (
        "Post.author and Post.writer would both be 'author_id'. "
        "Rename one of them, or give it another db_column."
    )


def test_what_a_field_says_about_itself_can_be_read() -> None:
    class Post(Model):
        title = CharField(
            "the title",
            max_length=20,
            help_text="Shown above.",
            editable=False,
            db_column="ti",
            db_comment="what it is called",
            blank=True,
        )
        sub_title = TextField()

    title, sub_title = Post._table.field("title"), Post._table.field("sub_title")

    assert (title.verbose_name, title.help_text) == ("the title", "Shown above.")
    assert (title.editable, title.blank) == (False, True)
    assert (title.column, title.attname, title.db_comment) == ("ti", "title", "what it is called")
    assert sub_title.verbose_name == "sub title"
    assert (sub_title.editable, sub_title.blank, sub_title.help_text) == (True, False, "")


def test_the_class_shows_its_fields_as_expressions() -> None:
    class Post(Model):
        title = CharField(max_length=20)

    assert isinstance(Post.title, F)
    assert repr(Post.title == "Hello") == "Q(Post.title == 'Hello')"
    assert "title" in dir(Post)
    with pytest.raises(AttributeError) as error:
        Post.titel  # noqa: B018
    assert fault(error) == "type object 'Post' has no attribute 'titel'"


def test_a_comma_behind_a_field_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            title = (CharField(max_length=20),)

    assert fault(error) == (
        "Post.title is a tuple with a field in it. Take away the comma behind the field."
    )


def test_a_field_or_a_manager_without_brackets_is_refused() -> None:
    with pytest.raises(ModelError) as field:

        class Post(Model):
            title = TextField

    with pytest.raises(ModelError) as manager:

        class Page(Model):
            objects = Manager

    assert fault(field) == "Post.title is the class TextField itself. Write title = TextField(…)."
    assert fault(manager) == "Page.objects is the class Manager itself. Write objects = Manager(…)."


def test_a_field_class_or_a_manager_may_be_declared_inside() -> None:
    class Post(Model):
        class Title(CharField): ...

        class Titled(Manager): ...

        title = Title(max_length=20)
        titled = Titled()

    assert fields(Post) == ["id", "title"]
    assert Post._default_manager is Post.titled


# --- inheritance ---------------------------------------------------------------------------------


def test_an_abstract_models_fields_come_before_the_models_own() -> None:
    class Post(Stamped):
        title = CharField(max_length=20)

    assert fields(Post) == ["id", "note", "stamp", "title"]
    assert (Post().note, Post().stamp) == ("none", 1)


def test_each_heir_has_fields_of_its_own() -> None:
    class Post(Stamped): ...

    class Page(Stamped): ...

    assert Post._table.field("note") is not Page._table.field("note")
    assert (Post._table.field("note").model, Page._table.field("note").model) == ("Post", "Page")


def test_a_plain_mixin_gives_its_fields_and_methods() -> None:
    class Titled:
        title = CharField(max_length=20, default="Hello")

        def shout(self) -> str:
            return self.title.upper()

    class Post(Titled, Model): ...

    class Page(Titled, Model): ...

    assert fields(Post) == fields(Page) == ["id", "title"]
    assert Post().shout() == "HELLO"
    assert isinstance(Page(), Titled)


def test_an_inherited_field_can_be_declared_anew() -> None:
    class Post(Stamped):
        note = TextField(default="new")

    assert Post().note == "new"
    assert isinstance(Post._table.field("note"), TextField)


def test_none_drops_an_inherited_field() -> None:
    class Post(Stamped):
        note = None

    assert fields(Post) == ["id", "stamp"]
    assert Post.note is None
    with pytest.raises(TypeError, match=r"^Post has no field 'note'"):
        Post(note="x")


def test_a_field_that_was_dropped_on_the_way_stays_dropped() -> None:
    class Bare(Stamped):
        note = None

        class Meta:
            abstract = True

    class Post(Bare): ...

    assert fields(Post) == ["id", "stamp"]


def test_a_property_takes_the_place_of_an_inherited_field() -> None:
    class Post(Stamped):
        @property
        def note(self) -> str:
            return "computed"

    assert fields(Post) == ["id", "stamp"]
    assert Post().note == "computed"


def test_of_two_parents_the_nearer_in_pythons_order_wins() -> None:
    class Loud(Stamped):
        note = CharField(max_length=20, default="loud")

        class Meta:
            abstract = True

    class Quiet(Stamped):
        class Meta:
            abstract = True

    class Post(Quiet, Loud): ...

    assert Post().note == "loud"


def test_an_abstract_model_has_no_instances() -> None:
    with pytest.raises(TypeError) as error:
        Stamped(note="x")

    assert fault(error) == (
        "Stamped is abstract and has no table, so it has no instances; "
        "make one of a model that inherits from it"
    )


def test_an_abstract_model_has_no_rows_to_ask_for() -> None:
    with pytest.raises(AttributeError) as error:
        Stamped.objects.all()

    assert fault(error) == (
        "Stamped is abstract and has no rows, so it has no manager 'objects'. "
        "Ask a model that inherits from it."
    )


# --- foreign keys --------------------------------------------------------------------------------


def test_a_target_can_be_a_class_a_name_itself_or_a_function() -> None:
    class Author(Model):
        boss = ForeignKey("self", null=True, related_name="staff")
        best = ForeignKey(lambda: Post, null=True, related_name="+")
        last = ForeignKey("Post", null=True, related_name="+")

    class Post(Model):
        author = ForeignKey(Author)

    assert Author._table.field("boss").related_model is Author
    assert Author._table.field("best").related_model is Post
    assert Author._table.field("last").related_model is Post
    assert Post._table.field("author").related_model is Author


def made(name: str, module: str, **namespace: object) -> type[Model]:
    return type(Model)(name, (Model,), {"__module__": f"{__name__}.{module}", **namespace})


def test_a_name_means_the_model_of_the_same_module() -> None:
    shop_author = made("Author", "shop")
    blog_author = made("Author", "blog")
    shop_item = made("Item", "shop", author=ForeignKey("Author"))
    blog_item = made("Item", "blog", author=ForeignKey("Author"))

    assert shop_item._table.field("author").related_model is shop_author
    assert blog_item._table.field("author").related_model is blog_author


def test_a_name_with_an_app_means_that_apps_model() -> None:
    meta = {"shop": type("Meta", (), {"app_label": "shop1"})}
    far = made("Owner", "far", Meta=meta["shop"])
    made("Owner", "near")
    item = made("Item", "near", owner=ForeignKey("shop1.Owner"))

    assert item._table.field("owner").related_model is far


def test_a_name_that_several_modules_have_is_refused() -> None:
    made("Twofold", "a")
    made("Twofold", "b")
    item = made("Pointer", "c", to=ForeignKey("Twofold"))

    with pytest.raises(ModelError) as error:
        item._table.field("to").related_model  # noqa: B018

    assert fault(error) == (
        "Pointer points to 'Twofold', and there are several: "
        f"{__name__}.a.Twofold, {__name__}.b.Twofold. "
        "Give the class itself, or a lambda that returns it."
    )
    item._registry._forget(item)


def test_a_target_that_nobody_declared_is_named() -> None:
    item = made("Orphan", "orphans", parent=ForeignKey("Nobody"))

    with pytest.raises(ModelError) as error:
        item._table.field("parent").related_model  # noqa: B018

    assert fault(error) == (
        "Orphan.parent points to 'Nobody', which no module that was imported declares. "
        "Import the module of that model before the first query."
    )
    item._registry._forget(item)


def test_a_target_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey(int)

    assert fault(error) == "Post.author points to <class 'int'>, which is not a model."


def test_a_target_without_a_table_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            stamped = ForeignKey(Stamped)

    assert fault(error) == (
        "Post.stamped points to Stamped, which is abstract and has no table. "
        "Point to a model that inherits from it."
    )


def test_two_ways_back_of_one_name_are_refused() -> None:
    class Author(Model): ...

    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey(Author)
            editor = ForeignKey(Author)

    assert fault(error) == (
        "The way back from Author along Post.editor would be called 'post', which Author has "
        'already. Give Post.editor another name: related_name="…".'
    )


@pytest.mark.parametrize("name", ["name", "save", "pk"])
def test_a_way_back_cannot_have_the_name_of_something_else(name: str) -> None:
    class Author(Model):
        name = CharField(max_length=20)

    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey(Author, related_name=name)

    assert fault(error) == (
        f"The way back from Author along Post.author would be called {name!r}, which Author has "
        'already. Give Post.author another name: related_name="…".'
    )


def test_set_null_needs_a_column_that_can_be_null() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey("self", on_delete="SET_NULL")

    assert fault(error) == "Post.author has on_delete=SET_NULL but cannot be null. Add null=True."


def test_an_unknown_on_delete_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey("self", on_delete="cascade")

    assert fault(error) == (
        "Post.author has on_delete='cascade'. "
        "Use one of CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT, DO_NOTHING, DB_CASCADE, "
        "DB_SET_NULL, SET(value)."
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"on_delete": DB_SET_NULL},
            "has on_delete=DB_SET_NULL but cannot be null. Add null=True.",
        ),
        ({"on_delete": SET_DEFAULT}, "has on_delete=SET_DEFAULT but no default. Add default=…."),
        ({"on_delete": SET(None)}, "has on_delete=SET(None) but cannot be null. Add null=True."),
        (
            {"on_delete": DB_CASCADE, "db_constraint": False},
            "has on_delete=DB_CASCADE, which is a rule of the database's, and "
            "db_constraint=False, which leaves the rule out. "
            "Give on_delete=CASCADE, or leave out db_constraint.",
        ),
    ],
)
def test_an_on_delete_that_cannot_be_followed_is_refused(
    options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ModelError) as error:

        class Post(Model):
            author = ForeignKey("self", **options)

    assert fault(error) == f"Post.author {words}"


@pytest.mark.parametrize("rule", [CASCADE, PROTECT, RESTRICT, SET(1)])
def test_no_rule_of_pythons_behind_rows_that_the_database_deletes(rule: Any) -> None:
    class Country(Model):
        code = CharField(max_length=2)

    class City(Model):
        country = ForeignKey(Country, DB_CASCADE)

    with pytest.raises(ModelError) as error:

        class Street(Model):
            city = ForeignKey(City, rule)

    name = "SET(1)" if isinstance(rule, SET) else rule
    assert fault(error) == (
        f"Street.city has on_delete={name}, which Python carries out, but rows of City are deleted "
        "by the database alone: City.country has on_delete=DB_CASCADE. Give the former DB_CASCADE, "
        "DB_SET_NULL or DO_NOTHING, or the latter CASCADE."
    )


def test_the_databases_rules_behind_each_other_and_behind_pythons() -> None:
    class Country(Model):
        code = CharField(max_length=2)

    class City(Model):
        country = ForeignKey(Country, DB_CASCADE)
        mayor = ForeignKey("self", DB_SET_NULL, null=True)

    class Street(Model):
        city = ForeignKey(City, DB_CASCADE)

    class Region(Model):
        country = ForeignKey(Country, CASCADE)
        capital = ForeignKey(City, DO_NOTHING)

    class Village(Model):
        region = ForeignKey(Region, DB_CASCADE)

    assert Village._table.relations[0].target is Region._table


def test_set_is_a_value() -> None:
    assert SET(1) == SET(1) != SET(2)
    assert hash(SET(1)) == hash(SET(1))
    assert repr(SET("a")) == "SET(value='a')"
    assert SET(print).value is print


def test_a_key_to_a_field_that_is_not_unique_is_refused() -> None:
    class Author(Model):
        name = CharField(max_length=20)

    class Post(Model):
        author = ForeignKey(Author, to_field="name")

    with pytest.raises(ModelError) as error:
        Post._table.field("author").target_field  # noqa: B018

    assert fault(error) == (
        "Post.author has to_field='name', but Author.name is not unique. Add unique=True to it."
    )


def test_a_key_to_a_field_that_its_target_inherits_is_refused() -> None:
    class Country(Model):
        code = CharField(max_length=2, unique=True)

    class BigCountry(Country):
        pass

    class Town(Model):
        country = ForeignKey(BigCountry, to_field="code")

    with pytest.raises(ModelError) as error:
        Town._table.field("country").target_field  # noqa: B018

    assert fault(error) == (
        "Town.country has to_field='code', which BigCountry inherits and has no column for. "
        "Leave it out, or point to Country."
    )


# --- a model declared again ----------------------------------------------------------------------


def test_a_model_that_is_declared_again_takes_the_earlier_ones_place() -> None:
    class Author(Model):
        name = CharField(max_length=20)

    def declare() -> type[Model]:
        class Post(Model):
            title = CharField(max_length=20)
            author = ForeignKey(Author, related_name="posts")

        return Post

    first, second = declare(), declare()

    assert first is not second
    assert second in Model._registry.known()
    assert first not in Model._registry.known()
    assert Author._table.reverse["posts"].source is second._table
    assert Author(id=1).posts.model is second


@pytest.mark.parametrize("way", ["class", "function"])
def test_what_pointed_to_the_earlier_model_points_to_the_later_one(way: str) -> None:
    def declare() -> type[Model]:
        class Author(Model):
            name = CharField(max_length=20)

        return Author

    Author = declare()
    target = {"class": Author, "function": lambda: Author}[way]

    class Post(Model):
        author = ForeignKey(target, related_name="posts")

    before = Post.objects.filter(author__name="Ann").sql("sqlite")
    later = declare()

    assert later is not Author
    assert Post._table.field("author").related_model is later
    assert later(id=1).posts.model is Post
    assert Post(author=later(id=3)).author_id == 3
    assert Post.objects.filter(author__name="Ann").sql("sqlite") == before


# --- what was not loaded -------------------------------------------------------------------------


def test_an_attribute_that_is_no_field_is_missing_as_in_any_class() -> None:
    class Post(Model):
        title = CharField(max_length=20)

    post = Post()
    del post.title

    with pytest.raises(AttributeError, match=r"^'Post' object has no attribute 'titel'$"):
        post.titel  # noqa: B018
    with pytest.raises(NotLoaded) as error:
        post.title  # noqa: B018
    assert fault(error) == (
        'Post.title has not been loaded. Load it with refresh_from_db(fields=["title"]).'
    )
