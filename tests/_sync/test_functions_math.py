# generated from tests/_async/test_functions_math.py by scripts/generate_sync.py;
# change that file, not this one
"""Do the functions of numbers, and the operators, give the same on each database?"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from covet.sync import (
    Abs,
    ACos,
    ASin,
    ATan,
    ATan2,
    Avg,
    BigIntegerField,
    Ceil,
    CharField,
    Cos,
    Cot,
    Database,
    DataError,
    DecimalField,
    Degrees,
    Exp,
    F,
    FieldError,
    FloatField,
    Floor,
    Ln,
    Log,
    Mod,
    Model,
    Pi,
    Power,
    Radians,
    Random,
    Round,
    Sign,
    Sin,
    Sqrt,
    Sum,
    Tan,
    Value,
)


class Number(Model):
    name = CharField(max_length=10, default="")
    n = BigIntegerField(null=True)
    m = BigIntegerField(null=True)
    x = FloatField(null=True)
    y = FloatField(null=True)
    d = DecimalField(max_digits=20, decimal_places=4, null=True)


D = Decimal
N, M, X, Y = F("n"), F("m"), F("x"), F("y")


def result(expression: Any, **values: Any) -> Any:
    """What an expression is in a row of these values."""
    row = Number.objects.create(**values)
    one: Any = Number.objects.filter(pk=row.pk)
    return one.annotate(found=expression).values_list("found", flat=True).get()


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (Abs, -3, 3),
        (Abs, -2.5, 2.5),
        (Abs, D("-2.5"), D("2.5")),
        (Abs, -(2**63 - 1), 2**63 - 1),
        (Ceil, 3, 3),
        (Ceil, 2**62 + 1, 2**62 + 1),
        (Ceil, 2.1, 3.0),
        (Ceil, -2.1, -2.0),
        (Ceil, D("2.1"), D(3)),
        (Ceil, D("-2.1"), D(-2)),
        (Ceil, D("9007199254740993.1"), D("9007199254740994")),
        (Floor, 2.9, 2.0),
        (Floor, -2.1, -3.0),
        (Floor, D("-2.1"), D(-3)),
        (Floor, -7, -7),
        (Sign, -7, -1),
        (Sign, 0, 0),
        (Sign, 0.25, 1),
        (Sign, D("-0.25"), -1),
        (Round, 7, 7),
        (Round, 2.5, 3.0),
        (Round, 3.5, 4.0),
        (Round, -2.5, -3.0),
        (Round, 2.4, 2.0),
        (Round, D("2.5"), D(3)),
        (Round, D("-2.5"), D(-3)),
        (Round, 1e300, 1e300),
    ],
    ids=repr,
)
def test_they_keep_the_type(db: Database, function: Any, value: Any, expected: Any) -> None:
    name = {int: "n", float: "x", D: "d"}[type(value)]
    found = result(function(name), **{name: value})
    assert found == expected
    assert type(found) is type(expected)
    assert Number.objects.filter(function(name) == expected).count() == 1
    assert result(function(name)) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Round("x", precision=2), 2.68),
        (Round("x", 1), 2.7),
        (Round("d", 1), D("-1234.6")),
        (Round("d", precision=-2), D(-1200)),
        (Round("n", -1), 20),
        (Round("n", -2), 0),
        (Round("n", 3), 15),
        (Round("x", "m"), 2.68),
        (Round("d", "m"), D("-1234.57")),
        (Round(X * 1000, -3), 3000.0),
        (Round(Value(D("0.125")), 2), D("0.13")),
    ],
    ids=repr,
)
def test_round_to_places(db: Database, expression: Any, expected: Any) -> None:
    found = result(expression, n=15, m=2, x=2.675, d=D("-1234.5678"))
    assert found == expected
    assert type(found) is type(expected)


FLOATS: Any = [
    (ACos, 0.5, math.acos(0.5)),
    (ASin, 0.5, math.asin(0.5)),
    (ATan, 2.0, math.atan(2)),
    (Cos, 2.0, math.cos(2)),
    (Cot, 2.0, 1 / math.tan(2)),
    (Degrees, 2.0, math.degrees(2)),
    (Exp, 2.0, math.exp(2)),
    (Exp, -1000.0, 0.0),
    (Ln, 2.0, math.log(2)),
    (Radians, 90.0, math.pi / 2),
    (Sin, 2.0, math.sin(2)),
    (Sqrt, 2.0, math.sqrt(2)),
    (Sqrt, 0.0, 0.0),
    (Tan, 2.0, math.tan(2)),
]


@pytest.mark.parametrize(("function", "value", "expected"), FLOATS, ids=repr)
def test_functions_of_floats(db: Database, function: Any, value: float, expected: float) -> None:
    assert result(function("x"), x=value) == pytest.approx(expected, rel=1e-14)
    assert result(function("x")) is None
    assert result(function("d"), d=D(str(value))) == pytest.approx(expected, rel=1e-14)
    if value.is_integer():
        whole = result(function("n"), n=int(value))
        assert whole == pytest.approx(expected, rel=1e-14)
        assert type(whole) is float


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (ATan2("x", "y"), math.atan2(-2, 3)),
        (ATan2("n", "d"), math.atan2(8, -2)),
        (Log(2, "n"), 3.0),
        (Log("n", 64), 2.0),
        (Log(10.0, Value(D("1000"))), 3.0),
        (Pi(), math.pi),
        (Pi() * 2, math.tau),
        (Power("n", 2), 64.0),
        (N**2, 64.0),
        (2**N, 256.0),
        (N**-1, 0.125),
        (X ** F("m"), -8.0),
        (Power("d", "m"), -8.0),
        (N**0.5, math.sqrt(8)),
        (Sqrt(Power("x", 2) + Y**2), math.sqrt(13)),
        (Mod("n", 3), 2),
        (Mod("d", "y"), -2.0),
        (Mod("d", Value(D("1.5"))), D("-0.5")),
        (Mod(-N, 3), -2),
    ],
    ids=repr,
)
def test_functions_of_two_numbers(db: Database, expression: Any, expected: Any) -> None:
    found = result(expression, n=8, m=3, x=-2.0, y=3.0, d=D(-2))
    assert found == (expected if type(expected) is D else pytest.approx(expected, rel=1e-14))
    assert type(found) is type(expected)
    assert Number.objects.filter(expression > int(expected) - 1).count() == 1


@pytest.mark.parametrize(
    "expression",
    [
        Sqrt(Value(-1)), Ln(Value(0)), Ln(Value(-2.5)), ACos(Value(1.5)), ASin(Value(D(-2))),
        Cot(Value(0)), Log(1, 5), Log(0, 5), Log(2, 0), Log(-2, 4), Power(0, -1), Power(-8, 0.5),
        Mod(5, 0), Sqrt("x"), Ln("x"), ACos("x"), Log("x", 2), Log(2, "x"), X**0.5, Sqrt(X * 1),
    ],
    ids=repr,
)  # fmt: skip
def test_what_has_no_result_is_null(db: Database, expression: Any) -> None:
    assert result(expression, x=-2.0) is None
    Number.objects.update(y=expression)
    assert Number.objects.get().y is None


@pytest.mark.parametrize("expression", [Exp("x"), Power("x", 200), X**200, Exp(X * 1)], ids=repr)
def test_what_is_beyond_all_floats_is_an_error(db: Database, expression: Any) -> None:
    with pytest.raises(DataError):
        result(expression, x=1000.0)


def test_the_greatest_number_without_its_sign_is_an_error(db: Database) -> None:
    with pytest.raises(DataError):
        result(Abs("n"), n=-(2**63))


def test_random_numbers(db: Database) -> None:
    Number.objects.bulk_create([Number(n=n) for n in range(50)])
    found = Number.objects.annotate(r=Random()).values_list("r", flat=True)  # type: ignore[misc]
    assert len(set(found)) > 40
    assert all(0 <= number < 1 for number in found)
    assert Number.objects.filter(Random() < 2).count() == 50
    Number.objects.update(x=Random())
    assert len(set(Number.objects.values_list("x", flat=True))) > 40


def test_in_clauses(db: Database) -> None:
    Number.objects.bulk_create([Number(n=n, x=n / 2, d=n) for n in range(-3, 4)])
    found: Any = Number.objects.order_by("n").values_list("n", flat=True)
    assert found.filter(Abs("n") > 2) == [-3, 3]
    assert found.filter(n=Abs("n")) == [0, 1, 2, 3]
    assert found.filter(Mod("n", 2) == 0) == [-2, 0, 2]
    assert found.filter(Sqrt("n").is_null()) == [-3, -2, -1]
    assert found.exclude(Sqrt("n") > 1) == [-3, -2, -1, 0, 1]
    assert found.order_by(Abs("d"), "-n") == [0, 1, -1, 2, -2, 3, -3]
    assert found.filter(Ceil("d") >= 2) == [2, 3]
    sums = Number.objects.aggregate(sum=Sum(Abs("n")), mean=Avg(Power("n", 2)))
    assert sums == {"sum": 12, "mean": 4.0}
    grouped: Any = (
        Number.objects.order_by()
        .values(size=Abs("n"))
        .annotate(total=Sum("x"))
        .order_by("size")
        .values_list("size", "total")
    )
    assert grouped.fetch() == [(0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0)]
    Number.objects.filter(n=3).update(d=Round(F("d") / 7, 3), n=N**2)
    assert Number.objects.filter(n=9).values_list("d", flat=True).get() == D("0.429")


# --- bits ---------------------------------------------------------------------------------------

BITS = {
    "&": (N.bitand(M), lambda a, b: a & b),
    "|": (N.bitor(M), lambda a, b: a | b),
    "#": (N.bitxor(M), lambda a, b: a ^ b),
    "<<": (N.bitleftshift(M), lambda a, b: _signed(a << b) if 0 <= b < 64 else _beyond(b)),
    ">>": (N.bitrightshift(M), lambda a, b: a >> min(b, 64) if b >= 0 else None),
}


def _signed(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _beyond(places: int) -> int | None:
    return None if places < 0 else 0


WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70)


@settings(max_examples=40)
@given(n=st.none() | WHOLE, m=st.none() | WHOLE)
@example(n=1, m=2**32)
@example(n=-1, m=2**32)
def test_bits_of_64_with_a_sign(db: Database, n: int | None, m: int | None) -> None:
    row = Number.objects.create(n=n, m=m)
    one: Any = Number.objects.filter(pk=row.pk)
    names = [f"f{k}" for k in range(len(BITS))]
    expressions = [expression for expression, _ in BITS.values()]
    found = one.annotate(**dict(zip(names, expressions, strict=True))).values_list(*names)
    expected = (None if n is None or m is None else right(n, m) for _, right in BITS.values())
    assert found == [tuple(expected)]


def test_bits_with_values_and_in_writes(db: Database) -> None:
    Number.objects.create(n=5, m=-8)
    numbers: Any = Number.objects.values_list("n", flat=True)
    assert numbers.filter(N.bitand(4) == 4) == [5]
    assert numbers.filter(N.bitxor(1) == 4) == [5]
    assert numbers.filter(M.bitrightshift(1) == -4) == [5]
    assert numbers.filter((N.bitor(2) * 2).bitleftshift(2) + 1 == 57) == [5]
    Number.objects.update(n=N.bitxor(-1), m=M.bitleftshift(-1))
    row = Number.objects.get()
    assert (row.n, row.m) == (-6, None)
    with pytest.raises(FieldError):
        Number.objects.filter(X.bitand(1) == 1)


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            Abs("name"),
            "Abs(F('name')): Abs() takes a number, and Number.name is of type text (in "
            "annotate(found=…)). Make it another type with Cast(…, output_field).",
        ),
        (
            Round("x", "y"),
            "Round(F('x'), F('y')): Round() takes integer, and Number.y is of type float (in "
            "annotate(found=…)). Make it another type with Cast(…, output_field).",
        ),
        (
            Mod("name", 2),
            (
                "'%' calculates with numbers, and Number.name is of type text (in "
                "annotate(found=…))."
            ),
        ),
        (
            Power(2, "name"),
            (
                "'**' calculates with numbers, and Number.name is of type text "
                "(in annotate(found=…))."
            ),
        ),
    ],
    ids=repr,
)
def test_types_that_they_do_not_take(expression: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Number.objects.annotate(found=expression)
    assert str(caught.value) == message


def test_a_precision_that_is_none() -> None:
    with pytest.raises(FieldError) as caught:
        Round("x", 31)
    assert str(caught.value) == "Round(): precision is a whole number from -30 to 30, not 31."
    with pytest.raises(FieldError):
        Round("x", precision=1.5)
    assert repr(Mod("n", Power("m", 2))) == "Mod(F('n'), Power(F('m'), 2))"


# --- all databases against Python ---------------------------------------------------------------

WIDE = Context(prec=60)
DECIMALS = st.none() | st.decimals(-(10**12), 10**12, places=4)
SMALL = st.none() | st.floats(-1e6, 1e6, allow_subnormal=False)


def exact(value: float) -> Decimal:
    return D(repr(value))


@settings(max_examples=30)
@given(d=DECIMALS, x=SMALL, places=st.integers(-3, 4))
def test_they_do_what_python_does(
    db: Database, d: Decimal | None, x: float | None, places: int
) -> None:
    row = Number.objects.create(d=d, x=x, m=places)
    to = D((0, (1,), -places))

    def rounded(number: Decimal) -> Decimal:
        return number.quantize(to, ROUND_HALF_UP, WIDE)

    expected: dict[str, tuple[Any, Any]] = {
        "abs": (Abs("d"), None if d is None else abs(d)),
        "ceil": (Ceil("d"), None if d is None else d.to_integral_value(ROUND_CEILING)),
        "floor": (Floor("d"), None if d is None else d.to_integral_value(ROUND_FLOOR)),
        "round": (Round("d", "m"), None if d is None else rounded(d)),
        "sign": (Sign("d"), None if d is None else (d > 0) - (d < 0)),
        "fabs": (Abs("x"), None if x is None else abs(x)),
        "fceil": (Ceil("x"), None if x is None else float(math.ceil(x))),
        "ffloor": (Floor("x"), None if x is None else float(math.floor(x))),
        "fround": (Round("x", places), None if x is None else float(rounded(exact(x)))),
        "fsign": (Sign("x"), None if x is None else (x > 0) - (x < 0)),
    }
    one: Any = Number.objects.filter(pk=row.pk)
    found = (
        one.annotate(**{f"f_{name}": function for name, (function, _) in expected.items()})
        .values(*(f"f_{name}" for name in expected))
        .get()
    )
    assert found == {f"f_{name}": value for name, (_, value) in expected.items()}
