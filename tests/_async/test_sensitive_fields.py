"""Are the values of sensitive fields kept out of what is shown?"""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from covet.aio import (
    CharField,
    CovetError,
    Database,
    F,
    IntegerField,
    IntegrityError,
    JSONField,
    Model,
    Q,
    QueryTracker,
    ValidationError,
    Value,
    atomic,
    log_slow_queries,
)
from covet.aio.functions import Concat, Upper

SECRET = "hunter2"


class Login(Model):
    name = CharField(max_length=50)
    password = CharField(max_length=50, sensitive=True)
    pin = IntegerField(default=1, sensitive=True)
    hints = JSONField(default=dict, sensitive=True)


class Token(Model):
    key = CharField(max_length=50, sensitive=True, unique=True)


MODELS = [Login, Token]


async def sent(question: Any) -> str:
    """What a tracker shows of the statements of a question."""
    with QueryTracker() as tracker:
        await question()
    assert len(tracker) > 0
    return "\n".join(f"{query} {query!r} {query.params}" for query in tracker)


async def test_a_row_is_written_and_its_secrets_are_not_shown(db: Database) -> None:
    shown = await sent(lambda: Login.objects.create(name="ann", password=SECRET, pin=4711))
    assert "'ann', ***, ***, ***" in shown
    assert SECRET not in shown
    assert "4711" not in shown
    login = await Login.objects.get(name="ann")
    assert (login.password, login.pin) == (SECRET, 4711)
    login.password += "!"
    shown = await sent(login.save)
    assert SECRET not in shown
    assert (await Login.objects.get(name="ann")).password == SECRET + "!"


CONDITIONS = {
    "equal": Q(password=SECRET),
    "among": Q(password__in=[SECRET, "b"]),
    "between": Q(password__range=(SECRET, "z")),
    "text": Q(password__startswith=SECRET),
    "expression": Q(Upper("password") == SECRET.upper()),
    "other side": Q(name=Concat(F("password"), Value(SECRET))),
    "negated": ~Q(password=SECRET),
    "document": Q(hints__dog=SECRET),
    "combined": Q(password=SECRET) | Q(password__contains=SECRET) & Q(name="ann"),
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
async def test_what_is_compared_with_them_is_not_shown(db: Database, condition: Q) -> None:
    shown = await sent(Login.objects.filter(condition, name="ann").fetch)
    assert SECRET not in shown.lower()
    assert "***" in shown
    assert "'ann'" in shown


async def test_many_are_written(db: Database) -> None:
    logins = [Login(name=f"n{n}", password=SECRET, pin=4711) for n in range(3)]
    assert SECRET not in await sent(lambda: Login.objects.bulk_create(logins))
    saved = await Login.objects.order_by("id").fetch()
    for login in saved:
        login.password = SECRET + "?"
    shown = await sent(lambda: Login.objects.bulk_update(saved, ["password"]))
    assert SECRET not in shown
    shown = await sent(lambda: Login.objects.update(password=Concat(F("name"), Value(SECRET))))
    assert SECRET not in shown
    assert (await Login.objects.get(name="n1")).password == "n1" + SECRET


async def test_they_are_not_logged(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "covet.sql"):
        await Login.objects.filter(password=SECRET).fetch()
    assert "***" in caplog.text
    assert SECRET not in caplog.text


async def test_neither_are_they_in_plans(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    log_slow_queries(ms=0, explain=True)
    try:
        await Login.objects.filter(password=SECRET).fetch()
        await Login.objects.filter(name="ann\nERROR:root:forged").fetch()
    finally:
        log_slow_queries(None)
    hidden, shown = (each.getMessage() for each in caplog.records if each.name == "covet.slow")
    assert SECRET not in hidden
    assert hidden.endswith("\n  no plan: it would repeat values that are not shown")
    assert "no plan" not in shown
    assert all(line.startswith("  ") for line in shown.splitlines()[1:])  # no line of its own


async def raised(question: Any) -> CovetError:
    """The error of a question, of which no part of the traceback has the secret."""
    with pytest.raises(CovetError) as caught:
        await question()
    lines = traceback.format_exception_only(caught.value)
    assert SECRET not in "".join(lines)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert SECRET not in str(caught.value.__cause__)
    return caught.value


async def test_the_database_does_not_quote_them(db: Database) -> None:
    first = await Token.objects.create(key=SECRET)
    error = await raised(lambda: Token.objects.create(key=SECRET))
    assert isinstance(error, IntegrityError)
    assert "key" in str(error)
    assert isinstance(
        await raised(lambda: Token.objects.bulk_create([Token(key=SECRET)])), IntegrityError
    )
    other = await Token.objects.create(key="other")
    other.key = first.key

    async def in_a_block() -> None:
        async with atomic():
            await other.save()

    await raised(in_a_block)


async def test_what_was_not_found_is_not_named(db: Database) -> None:
    error = await raised(lambda: Login.objects.get(password=SECRET, name="ann"))
    assert str(error) == "No Login matches (in Login.objects.get(password=…, name=…))."
    with pytest.raises(Login.DoesNotExist, match=r"get\(name='ann'\)"):
        await Login.objects.get(name="ann")


@pytest.mark.parametrize("value", [{"pin": SECRET}, {"pin__gt": SECRET}, {"pin__in": [SECRET]}])
async def test_what_cannot_be_compared_is_not_named(db: Database, value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="which is not shown as it is sensitive") as caught:
        await Login.objects.filter(**value).fetch()
    assert SECRET not in str(caught.value)


def test_errors_do_not_quote_them() -> None:
    with pytest.raises(ValidationError) as caught:
        Login(name="ann", password=SECRET * 20).full_clean()
    assert str(caught.value) == (
        "Login.password does not accept its value (max_length), which is not shown as it is "
        "sensitive."
    )
    with pytest.raises(ValidationError) as caught:
        Login(name="ann", password="x", pin=SECRET).full_clean()
    assert SECRET not in str(caught.value)
    with pytest.raises(ValidationError, match=r"password cannot be blank"):
        Login(name="ann", password="").full_clean()
