"""Which truths, identifiers, bytes and documents do columns hold, and which are refused?"""

from __future__ import annotations

import enum
import json
import math
import uuid
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.errors import ValidationError
from covet.schema import fields
from covet.schema.fields import JSONNull
from covet.schema.fields.documents import document_text

from .helpers import bound, misdeclared, refusal


@pytest.mark.parametrize("value", [True, 1, "t", "True", "true", "1"])
def test_truths(value: Any) -> None:
    assert bound(fields.BooleanField()).check(value) is True


@pytest.mark.parametrize("value", [False, 0, "f", "False", "false", "0"])
def test_falsehoods(value: Any) -> None:
    assert bound(fields.BooleanField()).check(value) is False


@pytest.mark.parametrize("value", [2, -1, "", "yes", "TRUE", 1.0, Decimal(1), b"1", [], None])
def test_what_is_neither_is_refused(value: Any) -> None:
    error = refusal(bound(fields.BooleanField()), value)
    assert str(error).startswith("Post.x must be True or False, not ")


KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")


class Key(uuid.UUID):
    pass


@pytest.mark.parametrize("value", [KEY, Key(int=KEY.int), str(KEY), KEY.hex, KEY.urn, f"{{{KEY}}}"])
def test_uuids(value: Any) -> None:
    result = bound(fields.UUIDField()).check(value)
    assert type(result) is uuid.UUID
    assert result == KEY


@pytest.mark.parametrize("value", ["", "1234", KEY.int, KEY.bytes, "g" * 32, "٣" * 32, "1" * 1000])
def test_what_is_no_uuid_is_refused(value: Any) -> None:
    error = refusal(bound(fields.UUIDField()), value)
    assert str(error).startswith("Post.x must be a UUID or its hexadecimal string, not ")


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_kinds_of_bytes_become_bytes(make: Any) -> None:
    result = bound(fields.BinaryField()).check(make(b"a\x00\xff"))
    assert type(result) is bytes
    assert result == b"a\x00\xff"


@pytest.mark.parametrize("value", ["a", 3, [1], None])
def test_what_is_not_bytes_is_refused(value: Any) -> None:
    assert str(refusal(bound(fields.BinaryField()), value)).startswith("Post.x must be bytes, not ")


def test_bytes_may_have_a_length() -> None:
    error = refusal(bound(fields.BinaryField(max_length=2)), b"abc")
    assert str(error) == "Post.x is longer than 2 bytes (it has 3)."
    misdeclared(fields.BinaryField(max_length=0))


# --- documents -------------------------------------------------------------------------------


class Level(enum.IntEnum):
    HIGH = 2


class Name(str):
    def __str__(self) -> str:
        return "something else"


class Share(float):
    pass


def nested(depth: int) -> Any:
    document: Any = []
    for _ in range(depth - 1):
        document = [document]
    return document


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ((1, (2,)), [1, [2]]),
        ({"a": Level.HIGH}, {"a": 2}),
        (OrderedDict(b=1, a=Name("x")), {"b": 1, "a": "x"}),
        ([Share(0.5), -0.0], [0.5, 0.0]),
        ({"null": JSONNull}, {"null": None}),
        (nested(100), nested(100)),
        (2**8191, 2**8191),
        ("\x00", "\x00"),
    ],
)
def test_documents_become_plain(value: Any, document: Any) -> None:
    result = bound(fields.JSONField()).check(value)
    assert result == document
    assert repr(result) == repr(document)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([math.nan], "holds nan, and JSON's numbers are finite"),
        ({"a": -math.inf}, "holds -inf, and JSON's numbers are finite"),
        ({1: 2}, "has the key 1, and JSON's keys are strings"),
        ({None: 2}, "has the key None, and JSON's keys are strings"),
        ({Level.HIGH: 2}, "has the key 2, and JSON's keys are strings"),
        (["\ud800"], "holds half a surrogate pair: '\\ud800'"),
        ({"\ud800": 1}, "holds half a surrogate pair: '\\ud800'"),
        ([{1, 2}], "holds {1, 2}, which JSON cannot; give the field an encoder"),
        (b"a", "holds b'a', which JSON cannot; give the field an encoder"),
        (KEY, f"holds {KEY!r}, which JSON cannot; give the field an encoder"),
        (nested(101), "is nested deeper than 100 levels"),
        (nested(100_000), "is nested deeper than 100 levels"),
        (2**8192, "holds an integer of more than 8192 bits"),
        (-(10**4000), "holds an integer of more than 8192 bits"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_say_is_refused(value: Any, message: str) -> None:
    assert str(refusal(bound(fields.JSONField()), value)) == f"Post.x {message}."


def test_a_document_that_contains_itself_is_refused_at_once() -> None:
    circle: list[Any] = []
    circle += [circle] * 10
    error = refusal(bound(fields.JSONField()), {"a": circle})
    assert str(error) == "Post.x contains itself."


def test_one_part_may_stand_in_several_places() -> None:
    part = {"a": [1]}
    assert bound(fields.JSONField()).check([part, part]) == [part, part]


def test_two_keys_that_json_cannot_tell_apart_are_refused() -> None:
    class Key(enum.Enum):
        A = "a"

    assert "has two keys that are the same" in str(
        refusal(bound(fields.JSONField()), {"a": 1, Key.A: 2})
    )


class WithSets(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return {"set": sorted(o)} if isinstance(o, set) else super().default(o)


class Endless(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return object()


def test_an_encoder_adds_types() -> None:
    field = bound(fields.JSONField(encoder=WithSets))
    assert field.check({"a": {2, 1}}) == {"a": {"set": [1, 2]}}
    assert "which its encoder refuses" in str(refusal(field, [object()]))
    assert "nested deeper" in str(refusal(bound(fields.JSONField(encoder=Endless)), object()))


def test_an_encoder_is_a_class() -> None:
    assert "Give a subclass of json.JSONEncoder" in misdeclared(
        fields.JSONField(encoder=WithSets())  # type: ignore[arg-type]
    )
    assert "Give a subclass of json.JSONDecoder" in misdeclared(
        fields.JSONField(decoder=print)  # type: ignore[arg-type]
    )


def test_json_null_is_a_document() -> None:
    field = bound(fields.JSONField())
    assert field.check(JSONNull) is JSONNull
    assert field.clean(JSONNull) is JSONNull
    assert document_text(JSONNull) == "null"
    with pytest.raises(ValidationError, match=r"^Post\.x cannot be null\.$"):
        field.clean(None)
    refusal(bound(fields.TextField()), JSONNull)


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)  # fmt: skip


@given(DOCUMENTS)
def test_documents_round_trip_as_text(value: Any) -> None:
    field = bound(fields.JSONField())
    document = field.check(value)
    assert json.loads(document_text(document)) == document
    assert document_text(field.check(document)) == document_text(document)
    again = json.loads(document_text(document))
    assert document_text(again) == document_text(document)


def test_equal_documents_have_equal_texts() -> None:
    assert (
        document_text({"b": 1, "a": "é"}) == document_text({"a": "é", "b": 1}) == '{"a":"é","b":1}'
    )
