"""Do the options that all fields share work, and are those that cannot work refused?"""

from __future__ import annotations

import copy
import datetime
import enum
import pickle
from typing import Any

import pytest

from covet.errors import ModelError, ValidationError
from covet.expressions import F
from covet.schema.choices import IntegerChoices, TextChoices
from covet.schema.fields import (
    NOT_PROVIDED,
    BigAutoField,
    CharField,
    DateTimeField,
    DecimalField,
    Field,
    IntegerField,
    JSONField,
    JSONNull,
    SlugField,
    TextField,
    stored_as,
)
from covet.schema.validators import MinValueValidator, validate_slug

from .helpers import bound, misdeclared, refusal


def test_binding_gives_a_field_its_place() -> None:
    field = CharField(max_length=5, db_column="ti")
    field.bind("Post", "main_title")
    assert (field.model, field.name, field.attname) == ("Post", "main_title", "main_title")
    assert (field.column, field.verbose_name) == ("ti", "main title")
    assert repr(field) == "<CharField: Post.main_title>"


def test_the_first_argument_is_the_verbose_name_as_in_django() -> None:
    assert bound(CharField("the title", max_length=5)).verbose_name == "the title"


def test_a_field_that_is_not_bound_still_checks() -> None:
    with pytest.raises(ValidationError, match=r"^value must be a whole number, not 'a'\.$"):
        IntegerField().check("a")
    assert repr(IntegerField()) == "<IntegerField: unbound>"


def test_a_clone_is_unbound_and_its_own() -> None:
    field = bound(CharField(max_length=5, default="a"))
    twin = field.clone()
    twin.validators.append(print)
    twin.bind("Page", "y")
    assert (field.model, field.name, field.validators) == ("Post", "x", [])
    assert (twin.model, twin.name, twin.default, twin.max_length) == ("Page", "y", "a", 5)


def test_an_unknown_option_is_named_with_the_nearest_one() -> None:
    with pytest.raises(TypeError) as caught:
        CharField(max_lenght=5)  # type: ignore[call-overload]
    assert str(caught.value) == (
        "CharField has no option 'max_lenght'. Did you mean 'max_length'? Options: blank, choices, "
        "db_column, db_comment, db_default, db_index, default, editable, help_text, max_length, "
        "null, primary_key, sensitive, unique, unique_for_date, unique_for_month, unique_for_year, "
        "validators, verbose_name."
    )


@pytest.mark.parametrize("name", ["a__b", "a_", "pk", "a b", ""])
def test_names_that_lookups_need_are_refused(name: str) -> None:
    assert "cannot be called that" in misdeclared(IntegerField(), name)


@pytest.mark.parametrize("column", ["x" * 64, "ü" * 32, "a\nb"])
def test_columns_that_a_database_would_cut_off_are_refused(column: str) -> None:
    assert "Give a shorter db_column." in misdeclared(IntegerField(db_column=column))


def test_a_primary_key_cannot_be_null() -> None:
    message = misdeclared(IntegerField(primary_key=True, null=True))
    assert message == "Post.x is the primary key and cannot be null. Leave out null=True."


def test_an_auto_field_is_a_primary_key() -> None:
    assert "Add primary_key=True." in misdeclared(BigAutoField())


def test_a_validator_is_called() -> None:
    assert "has a validator that cannot be called: 3" in misdeclared(
        IntegerField(validators=[3])  # type: ignore[list-item]
    )


# --- defaults --------------------------------------------------------------------------------


def test_without_a_default_there_is_none() -> None:
    field = bound(IntegerField())
    assert (field.has_default, field.get_default(), field.default) == (False, None, NOT_PROVIDED)


def test_a_default_has_the_type_of_the_field() -> None:
    field = bound(DecimalField(max_digits=5, decimal_places=2, default="1.5"))
    assert field.has_default
    assert str(field.get_default()) == "1.50"


def test_a_callable_default_is_called_each_time() -> None:
    field = bound(JSONField(default=list))
    assert field.get_default() == []
    assert field.get_default() is not field.get_default()


def test_none_may_be_the_default() -> None:
    field = bound(IntegerField(null=True, default=None))
    assert (field.has_default, field.get_default()) == (True, None)


@pytest.mark.parametrize(
    ("default", "fix"),
    [
        ([], "default=list."),
        ({}, "default=dict."),
        ({"a": 1}, "default=lambda: {'a': 1}."),
        ((1, 2), "default=lambda: (1, 2)."),
    ],
)
def test_a_default_that_instances_would_share_is_refused(default: Any, fix: str) -> None:
    message = misdeclared(JSONField(default=default))
    assert "has a mutable default, which all instances would share" in message
    assert message.endswith(fix)


def test_a_default_that_the_field_cannot_hold_is_refused() -> None:
    assert misdeclared(CharField(max_length=3, default="long")) == (
        "Post.x has a default that it cannot hold: is longer than 3 characters (it has 4). "
        "An expression goes into db_default."
    )
    assert "An expression goes into db_default." in misdeclared(IntegerField(default=F("y")))


def test_a_database_default_is_a_value_or_an_expression() -> None:
    assert bound(DecimalField(max_digits=3, decimal_places=1, db_default=1)).db_default == 1
    expression: Any = F("y")
    assert bound(IntegerField(db_default=expression)).db_default is expression
    assert "a function of Python's goes into default" in misdeclared(IntegerField(db_default=int))


# --- choices ---------------------------------------------------------------------------------


class Status(TextChoices):
    DRAFT = "d", "Draft"
    LIVE = "l"


class Level(enum.IntEnum):
    LOW_ONE = 1
    HIGH = 2


class Colour(enum.Enum):
    RED = "r"


PAIRS = [("d", "Draft"), ("l", "Live")]


@pytest.mark.parametrize(
    "choices",
    [
        PAIRS,
        tuple(PAIRS),
        dict(PAIRS),
        Status,
        lambda: PAIRS,
        iter(PAIRS),
        [list(p) for p in PAIRS],
    ],
)
def test_choices_come_in_many_forms(choices: Any) -> None:
    field = bound(CharField(max_length=1, choices=choices))
    assert field.choices == field.flatchoices == PAIRS
    field.validate("d")
    with pytest.raises(ValidationError) as caught:
        field.validate("x")
    assert str(caught.value) == "Post.x is 'x', which is not one of: 'd', 'l'."
    assert caught.value.code == "invalid_choice"


def test_clones_share_choices_that_can_be_read_once() -> None:
    field = CharField(max_length=1, choices=iter(PAIRS))
    assert bound(field.clone()).choices == bound(field.clone()).choices == PAIRS


def test_choices_may_be_grouped() -> None:
    grouped = {"Cold": {1: "blue"}, "Warm": [(2, "red"), (3, "orange")], 4: "none"}
    field = bound(IntegerField(choices=grouped))
    assert field.choices == [
        ("Cold", [(1, "blue")]), ("Warm", [(2, "red"), (3, "orange")]), (4, "none"),
    ]  # fmt: skip
    assert field.flatchoices == [(1, "blue"), (2, "red"), (3, "orange"), (4, "none")]
    for value in (1, 2, 3, 4):
        field.validate(value)


def test_a_member_of_an_enumeration_is_stored_as_its_value() -> None:
    assert bound(IntegerField(choices=Level)).choices == [(1, "Low One"), (2, "High")]
    assert type(bound(IntegerField(choices=Level)).check(Level.HIGH)) is int
    assert type(bound(CharField(max_length=1, choices=Status)).check(Status.LIVE)) is str
    assert bound(CharField(max_length=1, choices=Colour)).clean(Colour.RED) == "r"
    assert bound(CharField(max_length=1, default=Status.DRAFT)).default.__class__ is str


@pytest.mark.parametrize("choices", [["ab"], [("a", "b", "c")], 3, [("long", "Long")]])
def test_choices_that_the_field_cannot_hold_are_refused(choices: Any) -> None:
    message = misdeclared(CharField(max_length=1, choices=choices))
    assert "has choices that it cannot hold" in message


def test_an_empty_choice_stands_for_null() -> None:
    class Mood(TextChoices):
        GOOD = "g"
        __empty__ = "(unknown)"

    field = bound(CharField(max_length=1, null=True, choices=Mood))
    assert field.flatchoices == [(None, "(unknown)"), ("g", "Good")]


def test_documents_may_have_choices() -> None:
    field = bound(JSONField(choices=[([1], "one"), ("a", "A")]))
    field.validate([1])
    scalar = bound(JSONField(choices=[("a", "A")]))
    with pytest.raises(ValidationError, match="is not one of"):
        scalar.validate([1])


# --- cleaning --------------------------------------------------------------------------------


def test_cleaning_refuses_null_unless_it_is_allowed() -> None:
    with pytest.raises(ValidationError, match=r"^Post\.x cannot be null\.$"):
        bound(IntegerField()).clean(None)
    assert bound(IntegerField(null=True)).clean(None) is None


def test_cleaning_refuses_blank_unless_it_is_allowed() -> None:
    with pytest.raises(ValidationError, match=r"^Post\.x cannot be blank\.$"):
        bound(TextField()).clean("")
    assert bound(TextField(blank=True, validators=[MinValueValidator("a")])).clean("") == ""
    assert bound(JSONField()).clean({}) == {}
    assert bound(IntegerField()).clean(0) == 0


def test_cleaning_checks_and_validates() -> None:
    field = bound(IntegerField(validators=[MinValueValidator(3)]))
    assert field.clean("4") == 4
    with pytest.raises(ValidationError, match=r"^Post\.x must be at least 3, not 2\.$"):
        field.clean("2")


def test_all_validators_are_heard() -> None:
    def even(value: int) -> None:
        if value % 2:
            raise ValueError("must be even")

    field = bound(IntegerField(validators=[MinValueValidator(9), even]))
    with pytest.raises(ValidationError) as caught:
        field.validate(3)
    assert caught.value.errors == {"x": ["must be at least 9, not 3", "must be even"]}
    assert caught.value.code == "min_value"


def test_a_field_keeps_its_default_validators() -> None:
    assert bound(SlugField(validators=[print])).validators == [validate_slug, print]


# --- relations and saving --------------------------------------------------------------------


class Link(Field[int]):
    """A relation as ``schema/relations.py`` makes them."""

    kind = "foreignkey"
    is_relation = True

    def __init__(self, target: Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.target = target

    def attname_for(self, name: str) -> str:
        return f"{name}_id"

    @property
    def value_field(self) -> Field[Any]:
        return self.target


def test_a_relation_holds_what_its_target_holds() -> None:
    key = IntegerField(primary_key=True)
    key.bind("Author", "id")
    first = bound(Link(key, default=object), "author")
    second = bound(Link(first), "book")
    assert (first.attname, first.column) == ("author_id", "author_id")
    assert stored_as(second) is key
    assert second.check("3") == 3
    assert str(refusal(second, "a")) == "Post.book must be a whole number, not 'a'."


def test_a_field_that_says_nothing_about_values_is_unfinished() -> None:
    with pytest.raises(NotImplementedError, match="Field does not say which values it holds"):
        bound(Field[int]()).check(3)


def test_saving_stores_the_attribute() -> None:
    class Row:
        x = 3

    assert bound(IntegerField()).pre_save(Row(), adding=True) == 3


def test_auto_now_is_decided_at_the_last_moment() -> None:
    class Row:
        x: Any = None

    row = Row()
    field = bound(DateTimeField(auto_now=True))
    before = datetime.datetime.now(datetime.UTC)
    stored = field.pre_save(row, adding=False)
    assert before <= stored <= datetime.datetime.now(datetime.UTC)
    assert row.x is stored
    assert not field.editable
    assert field.blank

    added = bound(DateTimeField(auto_now_add=True))
    row.x = stored
    assert added.pre_save(row, adding=False) is stored
    assert added.pre_save(row, adding=True) is not stored


def test_what_stands_only_for_itself_survives_copies() -> None:
    for value in (NOT_PROVIDED, JSONNull):
        assert copy.deepcopy(value) is value
        assert pickle.loads(pickle.dumps(value)) is value
    assert (repr(NOT_PROVIDED), repr(JSONNull)) == ("NOT_PROVIDED", "JSONNull")


# --- choices classes -------------------------------------------------------------------------


def test_choices_classes_know_names_values_and_labels() -> None:
    assert Status.names == ["DRAFT", "LIVE"]
    assert Status.values == ["d", "l"]
    assert Status.labels == ["Draft", "Live"]
    assert Status.choices == [("d", "Draft"), ("l", "Live")]
    assert (str(Status.DRAFT), repr(Status.DRAFT)) == ("d", "Status.DRAFT")
    assert Status("l") is Status.LIVE
    assert "d" in Status.values
    assert f"{Status.DRAFT}" == "d"


def test_choices_classes_make_values_of_names() -> None:
    class Suit(TextChoices):
        HEARTS = enum.auto()

    class Size(IntegerChoices):
        SMALL = 1, "S"
        LARGE = 3

    assert Suit.choices == [("HEARTS", "Hearts")]
    assert Size.choices == [(1, "S"), (3, "Large")]
    assert Size.LARGE + 1 == 4


def test_choices_classes_refuse_one_value_twice() -> None:
    with pytest.raises(ValueError, match="duplicate values"):

        class Size(IntegerChoices):
            SMALL = 1
            TINY = 1


def test_declaring_errors_are_model_errors() -> None:
    with pytest.raises(ModelError):
        bound(CharField())
