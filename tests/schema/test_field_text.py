"""Which texts and addresses do columns hold, and which are refused?"""

from __future__ import annotations

import enum
import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.errors import ValidationError
from covet.schema import fields

from .helpers import bound, misdeclared, refusal


class Fancy(str):
    def __str__(self) -> str:
        return "something else"


class Status(enum.StrEnum):
    LIVE = "live"


@pytest.mark.parametrize(
    "text", ["", " ", "a ", "é", "e\u0301", "😀" * 5, "\x00", "\uffff", "a\nb"]
)
def test_text_is_held_as_it_is(text: str) -> None:
    assert bound(fields.TextField()).check(text) is text
    assert bound(fields.CharField(max_length=5)).check(text) is text


@pytest.mark.parametrize("value", [Fancy("live"), Status.LIVE])
def test_kinds_of_str_become_plain(value: Any) -> None:
    result = bound(fields.CharField(max_length=5)).check(value)
    assert type(result) is str
    assert result == "live"


@pytest.mark.parametrize("value", [3, 3.5, b"abc", None, True, ["a"], object()])
def test_what_is_not_text_is_refused(value: Any) -> None:
    error = refusal(bound(fields.TextField()), value)
    assert str(error).startswith("Post.x must be a str, not ")
    assert str(error).endswith("; use str() to make it one.")


def test_length_is_counted_in_characters() -> None:
    error = refusal(bound(fields.CharField(max_length=5)), "😀" * 6)
    assert str(error) == "Post.x is longer than 5 characters (it has 6)."
    assert error.code == "max_length"
    assert refusal(bound(fields.TextField(max_length=5)), "abcdef").code == "max_length"


@pytest.mark.parametrize("text", ["\ud800", "ab\udfff", "\ud83d \ude00"])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    error = refusal(bound(fields.TextField()), text)
    position = next(i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff")
    assert str(error) == (
        f"Post.x has half a surrogate pair at position {position}, "
        "which is not a character that can be stored."
    )


@given(st.text(alphabet=st.characters()))
def test_text_is_itself_or_refused(text: str) -> None:
    field = bound(fields.CharField(max_length=10))
    if len(text) > 10:
        assert refusal(field, text).code == "max_length"
    elif any("\ud800" <= character <= "\udfff" for character in text):
        assert refusal(field, text).code == "surrogate"
    else:
        assert field.check(text) == text


def test_a_char_field_says_its_length() -> None:
    assert misdeclared(fields.CharField()) == (
        "Post.x is a CharField without its length. "
        "Give max_length, or use TextField for text of any length."
    )


@pytest.mark.parametrize("length", [0, -1, "5", True, 1.5])
def test_a_length_is_a_whole_number(length: Any) -> None:
    assert "Give a whole number, 1 or more." in misdeclared(fields.CharField(max_length=length))


def test_kinds_of_text_have_their_usual_length() -> None:
    assert fields.SlugField().max_length == 50
    assert fields.EmailField().max_length == 254
    assert fields.URLField().max_length == 200
    assert fields.URLField(max_length=9).max_length == 9


def test_a_slug_is_indexed_and_may_have_all_letters() -> None:
    assert bound(fields.SlugField()).db_index
    assert not bound(fields.SlugField(db_index=False)).db_index
    bound(fields.SlugField(allow_unicode=True)).validate("über-uns")
    with pytest.raises(ValidationError, match=r"^Post\.x must consist of letters, digits"):
        bound(fields.SlugField()).validate("über-uns")


def test_kinds_of_text_validate_their_form() -> None:
    bound(fields.EmailField()).validate("ann@example.org")
    with pytest.raises(ValidationError) as caught:
        bound(fields.EmailField()).validate("ann")
    assert str(caught.value) == "Post.x must be an e-mail address, not 'ann'."
    bound(fields.URLField()).validate("https://example.org/a?b#c")
    with pytest.raises(ValidationError) as caught:
        bound(fields.URLField()).validate("example.org")
    assert str(caught.value) == "Post.x must be a URL, not 'example.org'."


# --- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:0DB8:0:0::0:1", "2001:db8::1"),
        ("::FFFF:192.0.2.1", "::ffff:192.0.2.1"),
        ("::ffff:c000:201", "::ffff:192.0.2.1"),
        (ipaddress.ip_address("192.0.2.1"), "192.0.2.1"),
        (ipaddress.ip_address("::1"), "::1"),
    ],
)
def test_an_address_has_one_form(value: Any, text: str) -> None:
    assert bound(fields.GenericIPAddressField()).check(value) == text


def test_an_ipv4_address_may_be_unpacked() -> None:
    field = bound(fields.GenericIPAddressField(unpack_ipv4=True))
    assert field.check("::ffff:192.0.2.1") == "192.0.2.1"
    assert field.check("2001:db8::1") == "2001:db8::1"


@pytest.mark.parametrize(
    "value",
    ["", "1.2.3", "1.2.3.256", "01.2.3.4", "fe80::1%eth0", "::1/64", "1.2.3.4 ", 16909060, b"\1",
     ipaddress.ip_interface("1.2.3.4/8"), ipaddress.ip_network("1.2.3.4"), "1" * 10**6,
     ipaddress.ip_address("fe80::1%a")],
)  # fmt: skip
def test_what_is_no_address_is_refused(value: Any) -> None:
    error = refusal(bound(fields.GenericIPAddressField()), value)
    assert str(error).startswith("Post.x must be an IP address, not ")


def test_an_address_is_of_the_protocol() -> None:
    four = bound(fields.GenericIPAddressField(protocol="IPv4"))
    assert str(refusal(four, "::1")) == "Post.x must be an IPv4 address, not '::1'."
    six = bound(fields.GenericIPAddressField(protocol="ipv6"))
    assert str(refusal(six, "1.2.3.4")) == "Post.x must be an IPv6 address, not '1.2.3.4'."


def test_protocols_that_there_are_not_are_refused() -> None:
    assert 'It is "both", "IPv4" or "IPv6".' in misdeclared(
        fields.GenericIPAddressField(protocol="IPv5")
    )
    assert 'It needs protocol="both".' in misdeclared(
        fields.GenericIPAddressField(protocol="IPv4", unpack_ipv4=True)
    )


@given(st.ip_addresses())
def test_an_address_is_held_exactly(address: Any) -> None:
    field = bound(fields.GenericIPAddressField())
    text = field.check(address)
    assert ipaddress.ip_address(text) == address
    assert field.check(text) == text == field.check(str(address))
