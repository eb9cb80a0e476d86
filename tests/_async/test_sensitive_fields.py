"""Are the values of sensitive fields kept out of what is shown?"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    F,
    IntegerField,
    JSONField,
    Model,
    Q,
    QueryTracker,
    ValidationError,
    Value,
)
from covet.aio.functions import Concat, Upper

SECRET = "hunter2"


class Login(Model):
    name = CharField(max_length=50)
    password = CharField(max_length=50, sensitive=True)
    pin = IntegerField(default=1, sensitive=True)
    hints = JSONField(default=dict, sensitive=True)


MODELS = [Login]


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
