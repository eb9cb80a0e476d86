"""What does it cost that somebody could be told of instances? Nothing, until somebody is."""

from __future__ import annotations

from types import CodeType
from typing import Any

from covet.query import resolve
from covet.query.spec import QuerySpec
from covet.rows.loader import loader
from covet.sql.dialects import dialect_for
from covet.sync import CharField, ForeignKey, Model
from covet.sync.signals import post_init, post_save, pre_init


class Author(Model):
    name = CharField(max_length=10)


class Post(Model):
    title = CharField(max_length=10)
    author = ForeignKey(Author, null=True)


def hear(sender: Any, **kwargs: Any) -> None: ...


def code() -> CodeType:
    """What the loader of posts with their authors does for each row."""
    spec = QuerySpec(Post._table).with_related(("author",))
    select = resolve.select(spec)
    made: Any = loader(Post, spec.output, select, dialect_for("sqlite"))
    return made.__code__


def test_a_loader_tells_only_of_the_models_that_are_listened_to() -> None:
    plain = code()

    pre_init.connect(hear, sender=Author)
    listening = code()
    pre_init.disconnect(hear, sender=Author)

    assert [name for name in plain.co_names if "told" in name] == []
    assert [name for name in listening.co_names if "told" in name] == ["told_r3"]
    assert code().co_code == plain.co_code


def test_plans_are_made_again_when_somebody_begins_to_listen_or_ends() -> None:
    kept: list[dict[Any, Any]] = []

    for change in (post_init.connect, post_init.disconnect):
        Post._plans["shape"] = "plan"
        kept.append(Post._plans)
        change(hear, sender=Author)
        assert Post._plans == {}

    # Who was making a plan puts it into the one that nobody reads any more.
    assert all(plans is not Post._plans for plans in kept)


def test_no_plan_is_made_again_for_other_signals() -> None:
    Post._plans["shape"] = "plan"
    post_save.connect(hear)
    post_save.disconnect(hear)

    assert Post._plans.pop("shape") == "plan"
