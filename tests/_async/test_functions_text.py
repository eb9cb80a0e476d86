"""Do the functions of texts give the same on each database?"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet.aio import (
    MD5,
    SHA1,
    SHA224,
    SHA256,
    SHA384,
    SHA512,
    BooleanField,
    Cast,
    CharField,
    Chr,
    Concat,
    ConcatPair,
    Count,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    Left,
    Length,
    Lower,
    LPad,
    LTrim,
    Model,
    NotSupportedError,
    Ord,
    Q,
    Repeat,
    Replace,
    Reverse,
    Right,
    RPad,
    RTrim,
    StrIndex,
    Substr,
    TextField,
    TimeField,
    Trim,
    Upper,
    UUIDField,
    Value,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = TextField(null=True)
    other = TextField(null=True)
    n = IntegerField(null=True)
    m = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    share = FloatField(null=True)
    public = BooleanField(null=True)
    day = DateField(null=True)
    hour = TimeField(null=True)
    made = DateTimeField(null=True)
    code = UUIDField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


async def result(expression: Any, **values: Any) -> Any:
    """What an expression is in a row of these values; a filter must find it equal to that."""
    post = await Post.objects.create(**values)
    one = Post.objects.filter(pk=post.pk)
    found = await one.annotate(found=expression).values_list("found", flat=True).get()
    if found is not None:
        assert await one.filter(expression == found).count() == 1
    return found


TITLE, OTHER, N = F("title"), F("other"), F("n")


@pytest.mark.parametrize(
    ("expression", "title", "expected"),
    [
        (Lower("title"), "ÀÉß ŁÓDŹ ΓΔ", "àéß łódź γδ"),
        (Upper("title"), "àé łódź γδ ж ა ⱡ", "ÀÉ ŁÓDŹ ΓΔ Ж Ა Ⱡ"),
        (Lower(Upper("title")), "a", "a"),
        (Length("title"), "añ😀", 3),
        (Length("title"), "", 0),
        (Reverse("title"), "añ😀", "😀ña"),
        (Trim("title"), "  a b  ", "a b"),
        (LTrim("title"), "  a b  ", "a b  "),
        (RTrim("title"), "  a b  ", "  a b"),
        (Trim("title"), "\ta\n", "\ta\n"),
        (Left("title", 2), "añ😀", "añ"),
        (Left("title", 9), "añ😀", "añ😀"),
        (Right("title", 2), "añ😀", "ñ😀"),
        (Right("title", 9), "añ😀", "añ😀"),
        (Substr("title", 2), "añ😀", "ñ😀"),
        (Substr("title", 2, 1), "añ😀", "ñ"),
        (Substr("title", 2, 0), "añ😀", ""),
        (Substr("title", 9, 1), "añ😀", ""),
        (StrIndex("title", Value("😀")), "añ😀", 3),
        (StrIndex("title", Value("A")), "añ😀", 0),
        (StrIndex("title", Value("")), "añ😀", 1),
        (Replace("title", Value("a")), "banana", "bnn"),
        (Replace("title", Value("an"), Value("😀")), "banana", "b😀😀a"),
        (Replace("title", Value("A"), Value("x")), "banana", "banana"),
        (Replace("title", Value(""), Value("x")), "banana", "banana"),
        (Repeat("title", 3), "añ", "añañañ"),
        (Repeat("title", 0), "añ", ""),
        (LPad("title", 5), "añ", "   añ"),
        (LPad("title", 5, Value("😀x")), "añ", "😀x😀añ"),
        (LPad("title", 1, Value("x")), "añ", "a"),
        (LPad("title", 5, Value("")), "añ", "añ"),
        (LPad("title", 0), "añ", ""),
        (RPad("title", 5, Value("😀x")), "añ", "añ😀x😀"),
        (RPad("title", 1, Value("x")), "añ", "a"),
        (RPad("title", 5, Value("")), "añ", "añ"),
        (Ord("title"), "😀x", 128512),
        (Ord("title"), "", 0),
        (Chr(Ord("title")), "😀x", "😀"),
        (Concat("title", Value("-"), "title"), "a", "a-a"),
        (Concat(Lower("title"), Value(" = "), Upper("title")), "Ab", "ab = AB"),
        (TITLE + "!", "a", "a!"),
        ("%" + TITLE, "a", "%a"),
        (TITLE + TITLE, "a", "aa"),
    ],
    ids=repr,
)
async def test_texts(db: Database, expression: Any, title: str, expected: Any) -> None:
    assert await result(expression, title=title) == expected


@pytest.mark.parametrize(
    "function",
    [
        Lower("title"), Upper("title"), Length("title"), Reverse("title"), Trim("title"),
        LTrim("title"), RTrim("title"), Left("title", 1), Right("title", 1), Substr("title", 1),
        StrIndex("title", Value("a")), StrIndex(Value("a"), "title"), Replace("title", Value("a")),
        Replace(Value("a"), "title"), Replace(Value("a"), Value("b"), "title"),
        Repeat("title", 2), Repeat(Value("a"), "n"), LPad("title", 2), LPad(Value("a"), "n"),
        LPad(Value("a"), 3, TITLE), RPad(Value("a"), 3, TITLE), Ord("title"), Chr("n"),
        MD5("title"), SHA256("title"), Left(Value("a"), "n"), Right(Value("a"), "n"),
        Substr(Value("a"), "n"), Substr(Value("a"), 1, "n"), TITLE + "a", Value("a") + TITLE,
    ],
    ids=repr,
)  # fmt: skip
async def test_of_null_they_are_null(db: Database, function: Any) -> None:
    assert await result(function) is None


async def test_concat_takes_null_as_an_empty_text(db: Database) -> None:
    assert await result(Concat("title", "other")) == ""
    assert await result(Concat("title", Value("-"), "other"), title="a") == "a-"
    assert await result(ConcatPair("title", "other"), other="b") == "b"


async def test_concat_makes_texts_of_other_types(db: Database) -> None:
    values: dict[str, Any] = {
        "title": "t",
        "n": 3,
        "price": Decimal("2.50"),
        "share": 0.1,
        "public": True,
        "day": date(2026, 2, 3),
        "hour": time(1, 2, 3),
        "made": NOON,
        "code": UUID(int=5),
    }
    both = Value("|")
    parts = [part for name in values for part in (name, both)]
    assert await result(Concat(*parts), **values) == (
        "t|3|2.50|0.1|true|2026-02-03|01:02:03|2026-11-20 12:00:00|"
        "00000000-0000-0000-0000-000000000005|"
    )
    assert await result(Concat(*parts)) == "|" * len(values)
    assert await result(Concat(Value(1), Value("x"), N + 1), n=1) == "1x2"


@pytest.mark.parametrize(
    ("expression", "n", "expected"),
    [
        (Left("title", "n"), 2, "ab"),
        (Left("title", "n"), 0, ""),
        (Left("title", "n"), -1, ""),
        (Left("title", N + 2**40), 1, "abc"),
        (Right("title", "n"), 2, "bc"),
        (Right("title", "n"), -1, ""),
        (Repeat("title", "n"), -1, ""),
        (Repeat("title", "n"), 2, "abcabc"),
        (LPad("title", "n"), -1, ""),
        (LPad("title", "n", Value("xy")), 6, "xyxabc"),
        (RPad("title", "n"), -1, ""),
        (Substr("title", "n"), 0, "abc"),
        (Substr("title", "n"), -5, "abc"),
        (Substr("title", "n"), 3, "c"),
        (Substr("title", "n", "n"), 2, "bc"),
        (Substr("title", 2, "n"), -1, ""),
        (Substr("title", Length("title") - N), 1, "bc"),
        (Chr("n"), 0, None),
        (Chr("n"), -1, None),
        (Chr("n"), 0xD800, None),
        (Chr("n"), 0x110000, None),
        (Chr("n"), 65, "A"),
    ],
    ids=repr,
)
async def test_numbers_may_be_expressions(
    db: Database, expression: Any, n: int, expected: Any
) -> None:
    assert await result(expression, title="abc", n=n) == expected


HASHES = {
    MD5: "md5", SHA224: "sha224", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512",
}  # fmt: skip


@pytest.mark.parametrize(("function", "name"), HASHES.items(), ids=HASHES.values())
async def test_hashes_are_those_of_utf8(db: Database, function: Any, name: str) -> None:
    for text in ("", "añ😀"):
        expected = hashlib.new(name, text.encode()).hexdigest()
        assert await result(function("title"), title=text) == expected


@pytest.mark.databases("sqlite", "mysql")
async def test_sha1(db: Database) -> None:
    assert await result(SHA1("title"), title="ñ") == hashlib.sha1("ñ".encode()).hexdigest()


@pytest.mark.databases("postgresql")
async def test_sha1_needs_an_extension_of_postgresql(db: Database) -> None:
    with pytest.raises(NotSupportedError) as caught:
        await result(SHA1("title"))
    assert str(caught.value) == (
        "postgresql has no SHA1() without its extension pgcrypto. "
        "Use SHA256(…), or CREATE EXTENSION pgcrypto and connect again."
    )


# --- where they can stand -----------------------------------------------------------------------


async def write() -> None:
    ann = await Author.objects.create(name="Ann")
    await Post.objects.bulk_create(
        [
            Post(title="Bread", other="x", n=1, author=ann),
            Post(title="apple", other="APPLE", n=2, author=ann),
            Post(title="APPLE", other="apple", n=3),
        ]
    )


numbers: Any = Post.objects.order_by("n").values_list("n", flat=True)


async def test_in_filters_on_both_sides(db: Database) -> None:
    await write()
    assert await numbers.filter(title=Lower(Value("APPLE"))) == [2]
    assert await numbers.filter(Lower("title") == "apple") == [2, 3]
    assert await numbers.filter(Lower("title") == Lower("other")) == [2, 3]
    assert await numbers.filter(title__startswith=Upper(Value("b"))) == [1]
    assert await numbers.filter(Length("title") > Length("other")) == [1]
    assert await numbers.filter(Lower("title").in_(["apple", "x"])) == [2, 3]
    assert await numbers.exclude(Lower("title") == "apple") == [1]
    assert await numbers.filter(Q(Lower("title").compare("icontains", "PPL"))) == [2, 3]
    assert await numbers.filter(~Q(Upper("title") == "APPLE") | Q(n=3)) == [1, 3]
    assert await numbers.filter(Left("author__name", 1) == "A") == [1, 2]
    assert await numbers.filter(Upper("author__name").is_null()) == [3]


async def test_in_orderings_they_sort_by_code_point(db: Database) -> None:
    await write()
    assert await numbers.order_by(Lower("title"), "-n") == [3, 2, 1]
    assert await numbers.order_by(Lower("title").desc(), "n") == [1, 2, 3]
    await Post.objects.update(title=Chr(100 - N * 16))  # T D 4
    assert await numbers.order_by(Upper("title")) == [3, 2, 1]
    assert await numbers.order_by(Concat("n", "title").desc()) == [3, 2, 1]


async def test_in_values_annotations_and_aggregates(db: Database) -> None:
    await write()
    rows = Post.objects.order_by("n")
    both = rows.values_list(Lower("title"), Upper("other"))
    assert (await both.fetch())[0] == ("bread", "X")
    assert (await rows.values(low=Lower("title")).fetch())[0] == {"low": "bread"}
    low: Any = rows.annotate(low=Lower("title"))
    assert await low.filter(low="apple").count() == 2
    assert await low.annotate(size=Length("low")).filter(size=5).count() == 3
    counted = (
        low.order_by("low").values("low").annotate(many=Count("pk")).values_list("low", "many")
    )
    assert await counted.fetch() == [("apple", 2), ("bread", 1)]
    assert await Post.objects.aggregate(most=Count(Lower("title"), distinct=True)) == {"most": 2}
    assert await counted.filter(many__gt=1).fetch() == [("apple", 2)]


async def test_groups_by_a_function_with_values(db: Database) -> None:
    await write()
    initials: Any = Post.objects.order_by().values(initial=Upper(Left("title", 1)))
    counted = initials.annotate(many=Count("pk")).order_by("initial")
    assert await counted.values_list("initial", "many").fetch() == [("A", 2), ("B", 1)]
    named = Post.objects.annotate(both=Concat("author__name", Value("/"), Substr("title", 1, 1)))
    grouped: Any = named.order_by("both").values("both").annotate(many=Count("pk"))
    assert await grouped.values_list("both", "many").fetch() == [
        ("/A", 1), ("Ann/B", 1), ("Ann/a", 1),
    ]  # fmt: skip


async def test_as_words_of_lookups(db: Database) -> None:
    await write()
    for function in (Lower, Length):
        TextField.register_lookup(function)
    try:
        assert await numbers.filter(title__lower="apple") == [2, 3]
        assert await numbers.filter(title__lower__contains="ppl", title__length__gt=4) == [2, 3]
        assert await numbers.exclude(title__length=5) == []
    finally:
        for function in (Lower, Length):
            TextField.unregister_lookup(function)


async def test_in_writes(db: Database) -> None:
    await write()
    await Post.objects.filter(n=1).update(title=Upper("title"), other=Concat("title", "n"))
    post = await Post.objects.get(n=1)
    assert (post.title, post.other) == ("BREAD", "Bread1")
    made = await Post.objects.create(title=Lower(Value("NEW")), n=9)
    assert await numbers.filter(title="new") == [made.n]
    post.title = Trim(Concat(Value(" "), "title"))
    await post.save()
    assert await numbers.filter(title="BREAD") == [1]


async def test_texts_of_no_column_compare_by_code_point(db: Database) -> None:
    await write()
    found: Any = numbers.annotate(text=Concat(Value("a"), Cast("n", CharField())))
    assert await found.filter(text="a1") == [1]
    assert await found.filter(text="A1") == []
    assert await found.filter(text="a1 ") == []
    assert await found.order_by("-text") == [3, 2, 1]


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Left("title", 0), "Left(): length is a whole number from 1 to 2147483647, not 0."),
        (
            lambda: Right("title", 1.5),
            "Right(): length is a whole number from 1 to 2147483647, not 1.5.",
        ),
        (
            lambda: Substr("title", Value(0)),
            "Substr(): pos is a whole number from 1 to 2147483647, not 0.",
        ),
        (
            lambda: Substr("title", 1, -1),
            "Substr(): length is a whole number from 0 to 2147483647, not -1.",
        ),
        (
            lambda: LPad("title", -1),
            "LPad(): length is a whole number from 0 to 2147483647, not -1.",
        ),
        (
            lambda: Repeat("title", True),
            "Repeat(): number is a whole number from 0 to 2147483647, not True.",
        ),
        (lambda: Concat("title"), "Concat() takes 2 or more expressions, not 1."),
        (lambda: ConcatPair("title", "a", "b"), "ConcatPair() takes 2 expressions, not 3."),
    ],
)
def test_what_cannot_be_made(make: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            Lower("n"),
            "Lower(F('n')): Lower() takes text, and Post.n is of type integer (in "
            "annotate(x=…)). Make it another type with Cast(…, output_field).",
        ),
        (
            Concat("title", Lower(Length("title"))),
            "Lower(Length(F('title'))): Lower() takes text, and the value is of type integer "
            "(in annotate(x=…)). Make it another type with Cast(…, output_field).",
        ),
        (
            Left("title", "other"),
            "Left(F('title'), F('other')): Left() takes integer, and Post.other is of type "
            "text (in annotate(x=…)). Make it another type with Cast(…, output_field).",
        ),
    ],
    ids=repr,
)
def test_types_that_they_do_not_take(expression: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.annotate(x=expression)
    assert str(caught.value) == message


# --- all databases against Python ---------------------------------------------------------------

TEXTS = st.none() | st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cn"]), max_size=12
)
NUMBERS = st.none() | st.integers(-3, 15)


def _null(*values: Any) -> bool:
    return None in values


@settings(max_examples=25)
@given(title=TEXTS, other=TEXTS, n=NUMBERS, m=NUMBERS)
async def test_they_do_what_python_does(
    db: Database, title: str | None, other: str | None, n: int | None, m: int | None
) -> None:
    post = await Post.objects.create(title=title, other=other, n=n, m=m)
    t, o, k, w = title or "", other or "", max(n or 0, 0), max(m or 0, 0)
    start = max(n or 1, 1) - 1
    expected = {
        "length": (Length("title"), _null(title), len(t)),
        "reverse": (Reverse("title"), _null(title), t[::-1]),
        "trim": (Trim("title"), _null(title), t.strip(" ")),
        "left": (Left("title", "n"), _null(title, n), t[:k]),
        "right": (Right("title", "n"), _null(title, n), t[-k:] if k else ""),
        "substr": (Substr("title", "n", "m"), _null(title, n, m), t[start : start + w]),
        "index": (StrIndex("title", "other"), _null(title, other), t.find(o) + 1),
        "replace": (
            Replace("title", "other", Value("x")),
            _null(title, other),
            t.replace(o, "x") if o else t,
        ),
        "repeat": (Repeat("title", "n"), _null(title, n), t * k),
        "lpad": (
            LPad("title", "n", "other"),
            _null(title, other, n),
            t[:k] if k <= len(t) or not o else (o * k)[: k - len(t)] + t,
        ),
        "rpad": (
            RPad("title", "n", "other"),
            _null(title, other, n),
            t[:k] if k <= len(t) or not o else (t + o * k)[:k],
        ),
        "ord": (Ord("title"), _null(title), ord(t[0]) if t else 0),
        "concat": (Concat("title", "other"), False, t + o),
        "sha": (SHA256("title"), _null(title), hashlib.sha256(t.encode()).hexdigest()),
    }
    found = await (
        Post.objects.filter(pk=post.pk)
        .annotate(**{f"f_{name}": function for name, (function, _, _) in expected.items()})
        .values(*(f"f_{name}" for name in expected))
        .get()
    )
    assert found == {
        f"f_{name}": None if is_null else value for name, (_, is_null, value) in expected.items()
    }
