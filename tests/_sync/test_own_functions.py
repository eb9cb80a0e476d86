# generated from tests/_async/test_own_functions.py by scripts/generate_sync.py;
# change that file, not this one
"""Which functions can a user add, and what can go wrong with them?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    CharField,
    Concat,
    Database,
    F,
    FieldError,
    FloatField,
    Func,
    IntegerField,
    Length,
    Lower,
    Model,
    Q,
    Sum,
    TextField,
    Upper,
    Value,
)


class Word(Model):
    text = TextField(default="")
    code = CharField(max_length=20, default="")
    n = IntegerField(default=0)


class Hexed(Func[str]):
    """The UTF-8 bytes of a text."""

    function = "HEX"
    templates = {"postgresql": "UPPER(ENCODE(CONVERT_TO(%(expressions)s, 'UTF8'), 'hex'))"}
    arity = 1
    output_field = TextField()


class Remainder(Func[int]):
    """``a % b``"""

    template = "(%(expressions)s)"
    arg_joiner = " %% "
    arity = 2


class Halved(Func[float]):
    template = "(%(expressions)s / 2.0)"
    output_field = FloatField()


class Marked(Func[str]):
    function = "REPLACE"
    template = "%(function)s(%(expressions)s, '%%', '%%%%s')"


words: Any = Word.objects.order_by("n")


def write() -> None:
    Word.objects.bulk_create([Word(text=text, n=n) for n, text in enumerate(["a", "b%", "?"])])


def test_in_all_clauses(db: Database) -> None:
    write()
    hexed: Any = words.annotate(hex=Hexed("text")).values_list("hex", flat=True)
    assert hexed.fetch() == ["61", "6225", "3F"]
    assert hexed.filter(hex="3F") == ["3F"]
    assert hexed.filter(Hexed("text") == "61") == ["61"]
    assert hexed.filter(Q(Hexed(Upper("text")).compare("startswith", "4"))) == ["61", "6225"]
    assert hexed.order_by(Hexed("text")) == ["3F", "61", "6225"]
    assert words.filter(Length(Hexed("text")) == 4).count() == 1
    assert Word.objects.aggregate(sum=Sum(Halved("n"))) == {"sum": 1.5}
    words.filter(n=1).update(code=Lower(Hexed("text")))
    assert words.get(n=1).code == "6225"


def test_by_its_name(db: Database) -> None:
    write()
    upper = Func("text", function="UPPER", output_field=TextField())
    found: Any = words.annotate(up=upper).values_list("up", flat=True)
    assert found.fetch() == ["A", "B%", "?"]
    assert words.filter(Func(Value("A"), function="LOWER") == F("text")).count() == 1
    assert words.filter(Func("n", 5, function="NULLIF").is_null()).count() == 0


def test_percent_and_question_marks_are_themselves(db: Database) -> None:
    write()
    found: Any = words.annotate(marked=Marked("text"), question=Concat("text", Value("?%s")))
    assert found.values_list("marked", "question").fetch() == [
        ("a", "a?%s"),
        ("b%%s", "b%?%s"),
        ("?", "??%s"),
    ]


def test_values_are_bound(db: Database) -> None:
    write()
    attack = "') OR 1=1 --"
    assert words.filter(Hexed(Value(attack)) == Hexed("text")).count() == 0
    assert attack not in words.annotate(x=Hexed(Value(attack))).sql()[0]


def test_plans_know_functions_of_one_name_apart(db: Database) -> None:
    write()
    for joiner, expected in ((" + ", [2, 3, 4]), (" - ", [-2, -1, 0])):
        both = Func("n", 2, template="(%(expressions)s)", arg_joiner=joiner)
        assert words.annotate(x=both).values_list("x", flat=True) == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Func("n", function="x; DROP TABLE word"),
            "'x; DROP TABLE word' cannot name a function. "
            'Write class Soundex(Func): function = "SOUNDEX".',
        ),
        (
            lambda: Func("n"),
            "'' cannot name a function. Write class Soundex(Func): function = \"SOUNDEX\".",
        ),
        (
            lambda: Func("n", template="x %s %(expressions)s"),
            "The template 'x %s %(expressions)s' has a percent sign that begins no place. "
            "Places are %(function)s and %(expressions)s; a percent sign is %%.",
        ),
        (
            lambda: Func("n", function="X", template="%(lhs)s"),
            "The template '%(lhs)s' has a percent sign that begins no place. "
            "Places are %(function)s and %(expressions)s; a percent sign is %%.",
        ),
        (lambda: Hexed("text", "n"), "Hexed() takes 1 expressions, not 2."),
        (
            lambda: type("Bad", (Func,), {"function": "X", "templates": {"oracle": "Y"}})("n"),
            "Bad.templates names the database 'oracle'. Databases: sqlite, postgresql, mysql.",
        ),
        (lambda: Lower("text", function="EVIL"), None),
        (lambda: Func("n", function="X", extra="Y"), None),
    ],
)
def test_what_cannot_be_made(make: Any, message: str | None) -> None:
    with pytest.raises((FieldError, TypeError)) as caught:
        make()
    if message is not None:
        assert str(caught.value) == message
