"""What do validators refuse, and how fast do they refuse what is made to be slow?"""

from __future__ import annotations

import doctest
import re
import time
from decimal import Decimal
from typing import Any

import pytest

import covet.schema.choices
import covet.schema.validators as v
from covet.errors import ValidationError, short


def message(validator: v.Validator, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        validator(value)
    return str(caught.value)


def test_limits_are_included() -> None:
    v.MinValueValidator(3)(3)
    v.MaxValueValidator(3)(3)
    v.MinLengthValidator(3)("abc")
    v.MaxLengthValidator(3)("abc")
    assert message(v.MinValueValidator(3), 2) == "must be at least 3, not 2."
    assert message(v.MaxValueValidator(3), 4) == "must be at most 3, not 4."
    assert message(v.MinLengthValidator(3), "ab") == "must have at least 3 characters (it has 2)."
    assert message(v.MaxLengthValidator(3), "abcd") == "must have at most 3 characters (it has 4)."


def test_a_limit_may_be_worked_out_each_time() -> None:
    limits = iter([1, 5])
    validator = v.MinValueValidator(lambda: next(limits))
    validator(3)
    assert message(validator, 3) == "must be at least 5, not 3."


def test_a_message_may_be_ones_own() -> None:
    validator = v.MaxValueValidator(3, "is more than %(limit_value)s (%(value)s)")
    assert message(validator, 4) == "is more than 3 (4)."


def test_a_rule_of_ones_own_compares_a_measure() -> None:
    class Words(v.BaseValidator):
        message = "must have %(limit_value)s words, not %(show_value)s"

        def clean(self, x: Any) -> int:
            return len(x.split())

    Words(2)("a b")
    assert message(Words(2), "a b c") == "must have 2 words, not 3."


def test_steps_are_exact() -> None:
    v.StepValueValidator(0.1)(0.3)
    v.StepValueValidator(Decimal("0.05"))(Decimal("1.15"))
    v.StepValueValidator(3, offset=1)(7)
    assert message(v.StepValueValidator(3), 7) == "must be a multiple of 3, not 7."
    assert message(v.StepValueValidator(3, offset=1), 6) == (
        "must be 1 plus a multiple of 3, not 6."
    )


def test_regular_expressions_are_found_anywhere() -> None:
    v.RegexValidator("b+")("abba")
    v.RegexValidator("B", flags=re.IGNORECASE)("abba")
    v.RegexValidator(re.compile("a"))("abba")
    assert message(v.RegexValidator(r"\Ab"), "ab") == "does not have the right form: 'ab'."
    assert message(v.RegexValidator("a", "has an a", inverse_match=True), "ab") == "has an a: 'ab'."
    with pytest.raises(TypeError):
        v.RegexValidator(re.compile("a"), flags=re.IGNORECASE)


def test_long_texts_never_reach_a_regular_expression() -> None:
    slow = v.RegexValidator(r"(a+)+\Z", max_length=10)
    assert message(slow, "a" * 30 + "!") == "is longer than 10 characters (it has 31)."


@pytest.mark.parametrize(
    "text",
    ["a@example.org", "a.b+c@sub.example.co", "!#$%&'*+-/=?^_`{}|~@example.org", "a@localhost",
     "a@[127.0.0.1]", "a@[::1]", "a@bücher.example", "a@xn--bcher-kva.example"],
)  # fmt: skip
def test_email_addresses(text: str) -> None:
    v.validate_email(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "@example.org", "a@", "a@example", "a b@example.org", ".a@example.org",
     "a..b@example.org", "a@-x.org", "a@x-.org", "a@x..org", "a@example.org\n", "a@1.2.3.4",
     "a" * 65 + "@example.org", "a@" + "b" * 64 + ".org", "a@[1.2.3]", "a@b@example.org", 3, None],
)  # fmt: skip
def test_what_is_no_email_address(text: Any) -> None:
    assert message(v.validate_email, text).startswith("must be an e-mail address, not ")


@pytest.mark.parametrize(
    "text",
    ["http://example.org", "HTTPS://Example.org:8080/a/b?c=d#e", "ftp://user:pw@example.org/",
     "http://localhost", "http://127.0.0.1:80", "http://[::1]:80/", "http://bücher.example/ä",
     "http://example.org./"],
)  # fmt: skip
def test_urls(text: str) -> None:
    v.validate_url(text)


@pytest.mark.parametrize(
    "text",
    ["", "example.org", "//example.org", "http:/example.org", "javascript://example.org",
     "http://", "http://example", "http://exa mple.org", "http://example.org\n", "http://1.2.3.400",
     "http://[::1", "http://example.org:99999", "http://example.org:a", "http://-a.org",
     "http://a.org/<script>", "http://a.org/" + "x" * 3000, "http://[1.2.3.4]/", 3],
)  # fmt: skip
def test_what_is_no_url(text: Any) -> None:
    assert message(v.validate_url, text).startswith("must be a URL, not ")


def test_texts_made_to_be_slow_are_refused_fast() -> None:
    start = time.perf_counter()
    for validator in (v.validate_email, v.validate_url, v.validate_slug, v.validate_ipv46_address):
        for text in ("a" * 10**6, "a." * 10**5 + "@", "a@" + "a-" * 10**5,
                     "http://" + "a." * 10**5, "http://a.b" + "-" * 2000, "a@" + "-a." * 80,
                     "http://[" + ":" * 10**5):  # fmt: skip
            message(validator, text + "!")
    assert time.perf_counter() - start < 1


def test_slugs() -> None:
    v.validate_slug("a-B_9")
    v.validate_unicode_slug("ä-ß")
    for text in ("", "a b", "ä", "a\n"):
        assert message(v.validate_slug, text).startswith("must consist of letters, digits, '-' ")


def test_addresses() -> None:
    v.validate_ipv4_address("1.2.3.4")
    v.validate_ipv6_address("::1")
    v.validate_ipv46_address("::1")
    assert message(v.validate_ipv4_address, "::1") == "must be an IPv4 address, not '::1'."
    assert message(v.validate_ipv6_address, "1.2.3.4") == "must be an IPv6 address, not '1.2.3.4'."
    assert message(v.validate_ipv46_address, 5) == "must be an IP address, not 5."


def test_digits_of_decimals() -> None:
    validator = v.DecimalValidator(5, 2)
    for good in ("999.99", "0", "0.01", "1e2", "-999.99"):
        validator(Decimal(good))
    assert message(validator, Decimal("1.005")) == "has 3 decimal places, and 2 are allowed."
    assert message(validator, Decimal("1000.1")) == (
        "has 4 digits before the point, and 3 are allowed."
    )
    assert message(validator, Decimal("1e5")) == "has 6 digits, and 5 are allowed."
    assert message(validator, Decimal("1e1000000")).startswith("has 1000001 digits")
    assert message(validator, Decimal("NaN")) == "must be a finite number, not Decimal('NaN')."


def test_nul_characters() -> None:
    v.ProhibitNullCharactersValidator()("abc")
    assert message(v.ProhibitNullCharactersValidator(), "a\x00") == (
        "must not contain the character NUL."
    )


def test_validators_made_alike_are_equal() -> None:
    assert v.MinValueValidator(3) == v.MinValueValidator(3) != v.MinValueValidator(4)
    assert v.MinValueValidator(3) != v.MaxValueValidator(3)
    assert len({v.EmailValidator(), v.EmailValidator()}) == 1
    assert v.RegexValidator("a") == v.RegexValidator("a")
    assert repr(v.MinValueValidator(3)) == "MinValueValidator(limit_value=3)"


@pytest.mark.parametrize(
    ("validator", "text"),
    [
        (v.EmailValidator("is wrong", "email", ["here"]), "a@there"),
        (v.URLValidator(["s3"], "is wrong", "url"), "http://example.org"),
        (v.RegexValidator("a", "is wrong", "regex"), "b"),
    ],
)
def test_messages_and_codes_may_be_ones_own(validator: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=r"^is wrong") as caught:
        validator(text)
    assert caught.value.code == validator.code
    v.EmailValidator(allowlist=["here"])("a@here")
    v.URLValidator(["s3"])("s3://bucket.example")


def test_docstring_examples() -> None:
    for module in (v, covet.schema.choices):
        failed, tried = doctest.testmod(module, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
        assert tried
        assert not failed


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Forger:
    def __repr__(self) -> str:
        return "ok\n2026-11-20 root logged in\x1b[2J"


def deep() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**5000, "a value of type int"),
        (Rude(), "a value of type Rude"),
        (Forger(), "ok\\n2026-11-20 root logged in\\x1b[2J"),
        (b"a" * 10**7, "b'" + "a" * 77 + "…"),
        ("a" * 10**7, "'" + "a" * 78 + "…"),
        (deep(), "[[[[[[[...]]]]]]]"),
        ({"a": 1}, "{'a': 1}"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_shown_short_on_one_line(value: Any, text: str) -> None:
    assert short(value) == text
