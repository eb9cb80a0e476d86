"""Which numbers do columns hold, and which are refused?"""

from __future__ import annotations

import decimal
import enum
import math
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.errors import ValidationError
from covet.schema import fields

from .helpers import bound, misdeclared, refusal

RANGES = {
    fields.IntegerField: (-(2**31), 2**31 - 1),
    fields.AutoField: (-(2**31), 2**31 - 1),
    fields.BigIntegerField: (-(2**63), 2**63 - 1),
    fields.BigAutoField: (-(2**63), 2**63 - 1),
    fields.SmallIntegerField: (-(2**15), 2**15 - 1),
    fields.SmallAutoField: (-(2**15), 2**15 - 1),
    fields.PositiveIntegerField: (0, 2**31 - 1),
    fields.PositiveBigIntegerField: (0, 2**63 - 1),
    fields.PositiveSmallIntegerField: (0, 2**15 - 1),
}


class Level(enum.IntEnum):
    HIGH = 2


class Wide(enum.Enum):
    HIGH = 2


@pytest.mark.parametrize(("cls", "limits"), RANGES.items())
def test_whole_numbers_have_exact_limits(cls: Any, limits: tuple[int, int]) -> None:
    field = bound(cls(primary_key=True))
    lowest, highest = limits
    assert field.check(lowest) == lowest
    assert field.check(highest) == highest
    for outside in (lowest - 1, highest + 1, 10**5000, -(10**5000), Decimal("1e1000000"), 1e300):
        error = refusal(field, outside)
        assert error.code == "out_of_range"
        assert str(error).startswith(f"Post.x must be between {lowest} and {highest}, not ")
        assert len(str(error)) < 200


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (True, 1), (False, 0), ("7", 7), ("-7", -7), ("+007", 7), (7.0, 7), (-0.0, 0),
        (Decimal("7.00"), 7), (Decimal("7e2"), 700), (Level.HIGH, 2), (Wide.HIGH, 2),
    ],
)  # fmt: skip
def test_what_is_a_whole_number_becomes_one(value: Any, whole: int) -> None:
    result = bound(fields.IntegerField()).check(value)
    assert type(result) is int
    assert result == whole


@pytest.mark.parametrize(
    "value",
    [
        "", " 7", "7 ", "7\n", "7.0", "1e3", "0x10", "1_000", "٣", "--7", "1" * 41, 7.5, math.nan,
        math.inf, Decimal("7.5"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), 7j, b"7",
        [], object(), None, Decimal("1e-1000000"),
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    error = refusal(bound(fields.IntegerField()), value)
    assert str(error).startswith("Post.x must be a whole number, not ")


@given(st.integers())
def test_a_whole_number_is_itself_or_refused(number: int) -> None:
    field = bound(fields.IntegerField())
    if -(2**31) <= number < 2**31:
        assert field.check(number) == number == field.check(str(number))
    else:
        assert refusal(field, number).code == "out_of_range"


@given(st.floats() | st.decimals() | st.text() | st.binary() | st.booleans() | st.none())
def test_checking_a_whole_number_twice_changes_nothing(value: Any) -> None:
    check_twice(bound(fields.BigIntegerField()), value)


def check_twice(field: Any, value: Any) -> None:
    try:
        once = field.check(value)
    except ValidationError:
        return
    twice = field.check(once)
    assert (type(once), repr(once)) == (type(twice), repr(twice))


# --- floats ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0), (True, 1.0), ("1.5", 1.5), ("-.5e3", -500.0), (Decimal("0.1"), 0.1),
        (2**53 + 1, 2.0**53), (1.7976931348623157e308, 1.7976931348623157e308), (5e-324, 5e-324),
        ("1e-400", 0.0), (Level.HIGH, 2.0),
    ],
)  # fmt: skip
def test_numbers_become_the_nearest_float(value: Any, number: float) -> None:
    result = bound(fields.FloatField()).check(value)
    assert type(result) is float
    assert result == number


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, bound(fields.FloatField()).check(-0.0)) == 1
    assert math.copysign(1, bound(fields.FloatField()).check("-0")) == 1


class Share(float):
    pass


class Price(Decimal):
    pass


def test_kinds_of_numbers_become_plain() -> None:
    assert type(bound(fields.FloatField()).check(Share(0.5))) is float
    assert type(price().check(Price("0.5"))) is Decimal
    assert str(price().check(Share(0.5))) == "0.50"


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**400, Decimal("inf"), Decimal("sNaN"), "1e999"]
)
def test_what_is_not_finite_is_no_float(value: Any) -> None:
    error = refusal(bound(fields.FloatField()), value)
    assert error.code == "not_finite"
    assert str(error).startswith("Post.x must be a finite number, not ")


@pytest.mark.parametrize("value", ["", "nan", "inf", "1_0", " 1", "1" * 401, "a", 1j, b"1", []])
def test_what_is_no_number_is_no_float(value: Any) -> None:
    assert str(refusal(bound(fields.FloatField()), value)).startswith("Post.x must be a number, ")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_itself(number: float) -> None:
    field = bound(fields.FloatField())
    assert field.check(number) == number
    check_twice(field, number)


# --- decimals --------------------------------------------------------------------------------


def price(digits: int = 5, places: int = 2) -> fields.DecimalField[Decimal]:
    return bound(fields.DecimalField(max_digits=digits, decimal_places=places))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.5"), "1.50"), (Decimal("1.500"), "1.50"), (7, "7.00"), ("7", "7.00"),
        (0.1, "0.10"), (True, "1.00"), ("-999.99", "-999.99"), ("-0", "0.00"), (0, "0.00"),
        (Decimal("-0.000"), "0.00"), (Decimal("0e1000000"), "0.00"), (Decimal("1e2"), "100.00"),
        (Decimal("0e-1000000"), "0.00"), (Level.HIGH, "2.00"), ("1e-2", "0.01"),
    ],
)  # fmt: skip
def test_a_decimal_has_exactly_its_places(value: Any, text: str) -> None:
    result = price().check(value)
    assert type(result) is Decimal
    assert str(result) == text


@pytest.mark.parametrize("value", [1000, "1000", -1000, 1e3, 10**4000, Decimal("1e1000000"), 1e308])
def test_too_many_digits_are_refused(value: Any) -> None:
    error = refusal(price(), value)
    assert error.code == "out_of_range"
    assert str(error).startswith("Post.x has 3 digits at most before the point, not ")


@pytest.mark.parametrize("value", ["1.005", 0.1 + 0.2, Decimal("1e-1000000"), "0.001"])
def test_too_many_places_are_refused_and_not_rounded(value: Any) -> None:
    error = refusal(price(), value)
    assert error.code == "max_decimal_places"
    assert str(error).startswith("Post.x has 2 decimal places at most, not ")
    assert str(error).endswith("; round it.")


@pytest.mark.parametrize("value", [math.nan, math.inf, Decimal("NaN"), Decimal("sNaN123")])
def test_what_is_not_finite_is_no_decimal(value: Any) -> None:
    assert refusal(price(), value).code == "not_finite"


@pytest.mark.parametrize("value", ["", "NaN", "1_0", "1,5", "1e9999999", "1" * 401, b"1", 1j, []])
def test_what_is_no_number_is_no_decimal(value: Any) -> None:
    error = refusal(price(), value)
    assert str(error).startswith("Post.x must be a decimal number, not ")


def test_huge_exponents_take_no_time() -> None:
    field, start = price(), time.perf_counter()
    for text in ("1e999999", "-1e999999", "1e-999999", "9" * 400, "0." + "9" * 390):
        refusal(field, text)
        refusal(field, Decimal(text))
    assert time.perf_counter() - start < 0.5


def test_the_decimal_context_of_the_caller_does_not_matter() -> None:
    field = price(38, 10)
    value = Decimal("9" * 28 + "." + "9" * 10)
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_UP) as context:
        context.traps[decimal.Rounded] = True
        assert field.check(value) == value
        assert field.check(Decimal("1")).as_tuple().exponent == -10


def test_all_digits_may_be_behind_the_point() -> None:
    assert str(price(2, 2).check("0.99")) == "0.99"
    refusal(price(2, 2), 1)
    assert str(price(2, 0).check(99)) == "99"


@given(st.integers(1, 65).flatmap(lambda d: st.tuples(st.just(d), st.integers(0, min(d, 30)))),
       st.data())  # fmt: skip
def test_every_decimal_of_the_size_is_held_exactly(size: tuple[int, int], data: Any) -> None:
    digits, places = size
    number = Decimal(data.draw(st.integers(-(10**digits) + 1, 10**digits - 1)))
    with decimal.localcontext(prec=100):
        number = number.scaleb(-places)
    checked = price(digits, places).check(number)
    assert checked == number
    assert checked.as_tuple().exponent == -places
    check_twice(price(digits, places), number)


@given(st.decimals() | st.floats() | st.integers())
def test_a_decimal_is_held_exactly_or_refused(number: Any) -> None:
    field = price(20, 5)
    try:
        checked = field.check(number)
    except ValidationError:
        return
    assert checked == (Decimal(repr(number)) if isinstance(number, float) else number)


@pytest.mark.parametrize(
    ("digits", "places"), [(0, 0), (66, 2), (5, 6), (5, -1), (65, 31), (True, 0), ("5", 2)]
)
def test_sizes_that_a_database_cannot_hold_are_refused(digits: Any, places: Any) -> None:
    misdeclared(fields.DecimalField(max_digits=digits, decimal_places=places))


def test_a_decimal_field_says_its_size() -> None:
    assert misdeclared(fields.DecimalField()) == (
        "Post.x is a DecimalField without its size. "
        "Give max_digits and decimal_places, such as max_digits=10, decimal_places=2."
    )


def test_an_output_field_needs_no_size() -> None:
    assert fields.DecimalField().check("1.5") == Decimal("1.5")
