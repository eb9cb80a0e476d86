"""What are the columns of each field on each database, and the parameters of its values?"""

from __future__ import annotations

import datetime
import json
import re
import timeit
import uuid
from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.errors import ConfigurationError, ModelError, ValidationError
from covet.schema import fields
from covet.schema.fields import Field, JSONNull
from covet.sql.types import CANNOT_EQUAL, binder, type_info

DIALECTS = ("sqlite", "postgresql", "mysql")
BIN = "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"


def bound(field: Any, name: str = "x") -> Any:
    field.bind("Post", name)
    return field


def column(dialect: str, field: Field[Any]) -> str:
    """The column's type, and its check."""
    info = type_info(dialect, field)
    check = info.check(field)
    return info.column(field) if check is None else f"{info.column(field)} / {check}"


def load(dialect: str, field: Field[Any], value: Any) -> Any:
    """What the generated loader makes of a driver's value."""
    info = type_info(dialect, field)
    template = info.convert or "{x}"
    return eval(f"lambda x: {template.format(x='x')}", dict(info.names))(value)


SMALL = "between -32768 and 32767"
WHOLE = "between -2147483648 and 2147483647"
BIG = "between -9223372036854775808 and 9223372036854775807"

COLUMNS: list[tuple[Field[Any], str, str, str]] = [
    (fields.SmallAutoField(primary_key=True),
     f"integer / {{column}} {SMALL}", "smallint", "smallint"),
    (fields.AutoField(primary_key=True), f"integer / {{column}} {WHOLE}", "integer", "int"),
    (fields.BigAutoField(primary_key=True), f"integer / {{column}} {BIG}", "bigint", "bigint"),
    (fields.SmallIntegerField(), f"integer / {{column}} {SMALL}", "smallint", "smallint"),
    (fields.IntegerField(), f"integer / {{column}} {WHOLE}", "integer", "int"),
    (fields.BigIntegerField(), f"integer / {{column}} {BIG}", "bigint", "bigint"),
    (fields.PositiveSmallIntegerField(), "integer / {column} between 0 and 32767",
     "smallint / {column} >= 0", "smallint / {column} >= 0"),
    (fields.PositiveIntegerField(), "integer / {column} between 0 and 2147483647",
     "integer / {column} >= 0", "int / {column} >= 0"),
    (fields.PositiveBigIntegerField(), "integer / {column} between 0 and 9223372036854775807",
     "bigint / {column} >= 0", "bigint / {column} >= 0"),
    (fields.BooleanField(), "integer / {column} in (0, 1)", "boolean",
     "tinyint(1) / {column} in (0, 1)"),
    (fields.CharField(max_length=5), "text / length({column}) <= 5", 'varchar(5) COLLATE "C"',
     f"varchar(5) {BIN}"),
    (fields.CharField(max_length=769), "text / length({column}) <= 769",
     'varchar(769) COLLATE "C"', f"longtext {BIN} / char_length({{column}}) <= 769"),
    (fields.CharField(max_length=10_485_761), "text / length({column}) <= 10485761",
     'text COLLATE "C" / char_length({column}) <= 10485761',
     f"longtext {BIN} / char_length({{column}}) <= 10485761"),
    (fields.TextField(), "text", 'text COLLATE "C"', f"longtext {BIN}"),
    (
        fields.FloatField(),
        "real / {column} between -1.7976931348623157e+308 and 1.7976931348623157e+308",
        "double precision",
        "double",
    ),
    (fields.DecimalField(max_digits=38, decimal_places=6),
     "text", "numeric(38, 6)", "decimal(38, 6)"),
    (fields.DecimalField(), "text", "numeric", "decimal(65, 30)"),
    (fields.DateField(), "text", "date", "date"),
    (fields.TimeField(), "text", "time", "time(6)"),
    (fields.DateTimeField(), "text", "timestamptz", "datetime(6)"),
    (fields.DurationField(), "integer", "interval", "bigint"),
    (fields.UUIDField(), "text", "uuid", f"char(32) {BIN}"),
    (fields.BinaryField(), "blob", "bytea", "longblob"),
    (fields.BinaryField(max_length=3072), "blob / length({column}) <= 3072",
     "bytea / octet_length({column}) <= 3072", "varbinary(3072)"),
    (fields.BinaryField(max_length=3073), "blob / length({column}) <= 3073",
     "bytea / octet_length({column}) <= 3073", "longblob / length({column}) <= 3073"),
    (fields.JSONField(), "text", "jsonb", f"longtext {BIN}"),
    (fields.GenericIPAddressField(), "text", 'varchar(39) COLLATE "C"', f"varchar(39) {BIN}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "sqlite", "postgresql", "mysql"),
    COLUMNS,
    ids=[f"{type(row[0]).__name__}-{n}" for n, row in enumerate(COLUMNS)],
)
def test_columns_side_by_side(field: Field[Any], sqlite: str, postgresql: str, mysql: str) -> None:
    assert [column(dialect, field) for dialect in DIALECTS] == [sqlite, postgresql, mysql]


def test_every_field_has_a_type_on_every_database() -> None:
    for cls in vars(fields).values():
        if isinstance(cls, type) and issubclass(cls, Field) and cls is not Field:
            for dialect in DIALECTS:
                assert type_info(dialect, cls()).cast


def test_unknown_dialects_and_kinds_are_named() -> None:
    with pytest.raises(ConfigurationError) as unknown:
        type_info("oracle", fields.TextField())
    assert str(unknown.value) == (
        "There is no dialect 'oracle'. Dialects: sqlite, postgresql, mysql."
    )

    class Odd(fields.TextField[str]):
        kind = "odd"

    with pytest.raises(ModelError) as odd:
        type_info("sqlite", Odd())
    assert str(odd.value).startswith("Odd has the kind 'odd', and sqlite has no type for it. ")


MOMENT = datetime.datetime(2026, 7, 1, 12, 30, 0, 7, tzinfo=UTC)
NAIVE = MOMENT.replace(tzinfo=None)
EAST = MOMENT.astimezone(datetime.timezone(datetime.timedelta(hours=5)))
KEY = uuid.UUID(int=2**128 - 1)
SAME = object()

PARAMETERS: list[tuple[Field[Any], Any, Any, Any, Any]] = [
    (fields.IntegerField(), "7", 7, 7, 7),
    (fields.BooleanField(), 1, True, True, True),
    (fields.FloatField(), 1, 1.0, 1.0, 1.0),
    (fields.DecimalField(max_digits=9, decimal_places=2), "1.5",
     "1.50", Decimal("1.50"), Decimal("1.50")),
    (fields.DecimalField(max_digits=9, decimal_places=7), Decimal("1e-7"),
     "0.0000001", Decimal("1e-7"), Decimal("1e-7")),
    (fields.DateField(), datetime.date(1, 2, 3), "0001-02-03", SAME, SAME),
    (fields.TimeField(), datetime.time(1, 2, 3), "01:02:03", SAME, SAME),
    (fields.DateTimeField(), MOMENT, "2026-07-01 12:30:00.000007", SAME, NAIVE),
    (fields.DateTimeField(), EAST, "2026-07-01 12:30:00.000007", MOMENT, NAIVE),
    (fields.DurationField(), datetime.timedelta(-1, 0, 1), -86399999999, SAME, -86399999999),
    (fields.UUIDField(), KEY, "f" * 32, SAME, "f" * 32),
    (fields.BinaryField(), bytearray(b"a"), b"a", b"a", b"a"),
    (fields.JSONField(), {"b": [1e20], "a": "é"}, '{"a":"é","b":[1e+20]}',
     '{"b":[100000000000000000000.0],"a":"é"}', '{"a":"é","b":[1e+20]}'),
    (fields.JSONField(), JSONNull, "null", "null", "null"),
    (fields.GenericIPAddressField(), "::0:1", "::1", "::1", "::1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "sqlite", "postgresql", "mysql"),
    PARAMETERS,
    ids=[f"{type(row[0]).__name__}-{n}" for n, row in enumerate(PARAMETERS)],
)
def test_parameters_side_by_side(
    field: Field[Any], value: Any, sqlite: Any, postgresql: Any, mysql: Any
) -> None:
    for dialect, expected in zip(DIALECTS, (sqlite, postgresql, mysql), strict=True):
        parameter = binder(dialect, field)(value)
        expected = value if expected is SAME else expected
        assert (type(parameter), parameter) == (type(expected), expected)
        assert binder(dialect, field)(None) is None


def test_placeholders_say_the_type_where_a_bare_parameter_would_not() -> None:
    def placeholders(field: Field[Any]) -> list[str]:
        return [type_info(dialect, field).placeholder for dialect in DIALECTS]

    assert placeholders(fields.TextField()) == ["{p}", "{p}", "{p}"]
    assert placeholders(fields.JSONField()) == ["{p}", "{p}::jsonb", "{p}"]


@pytest.mark.parametrize(
    ("field", "value", "back"),
    [
        (fields.BooleanField(), 1, True),
        (fields.BooleanField(), 0, False),
        (fields.DecimalField(), "1.50", Decimal("1.50")),
        (fields.DateField(), "0001-02-03", datetime.date(1, 2, 3)),
        (fields.TimeField(), "01:02:03.000004", datetime.time(1, 2, 3, 4)),
        (fields.DateTimeField(), "2026-07-01 12:30:00.000007", MOMENT),
        (fields.DurationField(), -86399999999, datetime.timedelta(-1, 0, 1)),
        (fields.UUIDField(), "f" * 32, KEY),
        (fields.JSONField(), '{"a":[null]}', {"a": [None]}),
    ],
)
def test_sqlite_values_come_back(field: Field[Any], value: Any, back: Any) -> None:
    loaded = load("sqlite", field, value)
    assert (type(loaded), loaded) == (type(back), back)
    if isinstance(back, datetime.datetime):
        assert loaded.tzinfo is UTC


def test_mariadb_values_come_back() -> None:
    assert load("mysql", fields.DateTimeField(), NAIVE) == MOMENT
    assert load("mysql", fields.DateTimeField(), NAIVE).tzinfo is UTC
    clock = datetime.timedelta(hours=23, microseconds=4)
    assert load("mysql", fields.TimeField(), clock) == datetime.time(23, 0, 0, 4)


def test_a_loaded_uuid_is_like_any_other() -> None:
    loaded = load("sqlite", fields.UUIDField(), KEY.hex)
    assert (repr(loaded), hash(loaded), loaded.is_safe) == (repr(KEY), hash(KEY), KEY.is_safe)


class Decimals(json.JSONDecoder):
    def __init__(self, **options: Any) -> None:
        options["parse_float"] = Decimal
        super().__init__(**options)


def test_a_decoder_reads_documents() -> None:
    field = fields.JSONField(decoder=Decimals)
    assert load("sqlite", field, "[0.1]") == [Decimal("0.1")]
    assert load("mysql", field, "[0.1]") == [Decimal("0.1")]
    assert load("postgresql", field, [0.1]) == [Decimal("0.1")]


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [fields.TextField(), fields.CharField(max_length=9)])
def test_postgresql_refuses_nul_in_text(field: Any) -> None:
    field = bound(field)
    for dialect in ("sqlite", "mysql"):
        assert binder(dialect, field)("a\x00b") == "a\x00b"
        assert binder(dialect, field)("é\x00") == "é\x00"
    for text in ("a\x00b", "é\x00", "\x00"):
        with pytest.raises(ValidationError) as caught:
            binder("postgresql", field)(text)
        assert str(caught.value) == (
            "Post.x holds the character NUL, which PostgreSQL cannot store."
        )
        assert caught.value.code in CANNOT_EQUAL


@pytest.mark.parametrize("document", ["\x00", {"a\x00": 1}, [{"a": ["b", "\x00"]}], "é\\\x00"])
def test_postgresql_refuses_nul_in_documents(document: Any) -> None:
    field = bound(fields.JSONField())
    binder("sqlite", field)(document)
    with pytest.raises(ValidationError, match=r"Post\.x holds the character NUL"):
        binder("postgresql", field)(document)


def test_what_only_looks_like_nul_is_stored() -> None:
    assert binder("postgresql", bound(fields.JSONField()))("\\u0000") == '"\\\\u0000"'


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (fields.IntegerField(), 2**31, "out_of_range"),
        (fields.IntegerField(), "a", "invalid"),
        (fields.CharField(max_length=3), "four", "max_length"),
        (fields.CharField(max_length=3), "\ud800", "surrogate"),
        (fields.FloatField(), float("nan"), "not_finite"),
        (fields.DecimalField(max_digits=3, decimal_places=1), "0.01", "max_decimal_places"),
        (fields.DateTimeField(), NAIVE, "naive"),
        (fields.UUIDField(), "x", "invalid"),
        (fields.BinaryField(), "x", "invalid"),
        (fields.JSONField(), object(), "invalid"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_binder_refuses_what_the_column_cannot_hold(
    dialect: str, field: Any, value: Any, code: str
) -> None:
    with pytest.raises(ValidationError, match=r"^Post\.x ") as caught:
        binder(dialect, bound(field))(value)
    assert caught.value.code == code


class Link(Field[Any]):
    kind = "foreignkey"
    is_relation = True

    def __init__(self, target: Field[Any]) -> None:
        super().__init__()
        self.target = target

    @property
    def value_field(self) -> Field[Any]:
        return self.target

    def check(self, value: Any) -> Any:
        return super().check(getattr(value, "pk", value))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_relation_has_its_targets_type_and_its_own_name(dialect: str) -> None:
    class Author:
        pk = "ann"

    key = fields.CharField(max_length=5, primary_key=True)
    key.bind("Author", "name")
    link = bound(Link(key), "author")
    assert column(dialect, link) == column(dialect, key)
    bind = binder(dialect, link)
    assert (bind("bob"), bind(Author()), bind(None)) == ("bob", "ann", None)
    with pytest.raises(ValidationError, match=r"^Post\.author is longer than 5 characters"):
        bind("robert")


def test_a_relation_is_refused_nul_in_its_own_name() -> None:
    link = bound(Link(fields.TextField()), "author")
    with pytest.raises(ValidationError, match=r"^Post\.author holds the character NUL"):
        binder("postgresql", link)("\x00")


# --- exactness -------------------------------------------------------------------------------


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_keep_their_order_as_text(moment: datetime.datetime) -> None:
    bind = binder("sqlite", fields.DateTimeField())
    text = bind(moment)
    assert load("sqlite", fields.DateTimeField(), text) == moment
    if moment < datetime.datetime.max.replace(tzinfo=UTC):
        assert text < bind(moment + datetime.timedelta.resolution)


@given(st.timedeltas())
def test_durations_are_exact(duration: datetime.timedelta) -> None:
    field = fields.DurationField()
    for dialect in ("sqlite", "mysql"):
        try:
            parameter = binder(dialect, field)(duration)
        except ValidationError:
            return
        assert load(dialect, field, parameter) == duration


@given(st.recursive(st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.integers()
                    | st.booleans(),
                    lambda x: st.lists(x | st.none()) | st.dictionaries(st.text(), x)))  # fmt: skip
def test_documents_are_written_out_exactly_for_postgresql(document: Any) -> None:
    field = fields.JSONField()
    try:
        text = binder("postgresql", field)(document)
    except ValidationError as error:
        assert error.code == "nul" or error.code == "out_of_range"  # noqa: PT017
        return
    assert repr(sorted_keys(json.loads(text))) == repr(sorted_keys(field.check(document)))
    assert "e+" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", text)


def sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(item) for item in value] if isinstance(value, list) else value


def test_binding_is_fast() -> None:
    # Generous: a busy machine is no failure, an isinstance ladder is.
    for field, value in ((fields.IntegerField(), 7), (fields.CharField(max_length=50), "hello")):
        for dialect in DIALECTS:
            bind = binder(dialect, field)
            best = min(timeit.repeat(lambda: bind(value), number=10_000, repeat=5))  # noqa: B023
            assert best / 10_000 < 1e-6
