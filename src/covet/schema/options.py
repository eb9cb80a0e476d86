"""What does a model's ``class Meta`` say?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..errors import ModelError, nearest, short
from .constraints import CheckConstraint, Index, UniqueConstraint, check_kinds

OWN = {"abstract", "db_table", "proxy", "verbose_name", "verbose_name_plural", "db_table_comment"}
"""What a subclass does not inherit from an abstract parent's Meta, as it names one table."""

FROM_TABLES = ("ordering", "get_latest_by")
"""What a model inherits from a parent that has a table."""

OF_TABLES = ("db_table", "indexes", "constraints", "unique_together", "db_table_comment")
"""What a proxy cannot say, as it has no table of its own."""


@dataclass(frozen=True, slots=True)
class Options:
    """The words of ``class Meta``, with Django's names and defaults."""

    abstract: bool = False
    app_label: str | None = None
    constraints: tuple[UniqueConstraint | CheckConstraint, ...] = ()
    db_table: str | None = None
    db_table_comment: str = ""
    default_related_name: str | None = None
    get_latest_by: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    managed: bool = True
    order_with_respect_to: str | None = None
    ordering: tuple[Any, ...] = ()
    proxy: bool = False
    unique_together: tuple[tuple[str, ...], ...] = ()
    verbose_name: str | None = None
    verbose_name_plural: str | None = None
    given: frozenset[str] = field(default=frozenset(), repr=False)


KNOWN = {f.name for f in fields(Options)} - {"given"}
SEQUENCES = {"constraints", "indexes", "ordering", "get_latest_by"}


def read_options(
    model: str, meta: type | None, parents: list[Options], first: Options | None = None
) -> Options:
    """The options of a model: its own Meta's words over those of its abstract parents.

    A parent with a table hands on its ordering and ``get_latest_by``, unless these are said.

    A Meta that subclasses a parent's Meta says the parent's words itself; otherwise they are
    inherited all the same unless the model has a Meta of its own, which is Django's rule.

    Args:
        model: the model's name.
        meta: its own Meta.
        parents: the options of its abstract parents.
        first: the options of its first parent, abstract or not.

    Raises:
        ModelError: a word that no Meta has, or one of the wrong kind.
    """
    words = _words(meta)
    for word in words:
        if word not in KNOWN:
            guess = nearest(word, KNOWN)
            raise ModelError(
                f"{model}.Meta has no option {word!r}",
                possible=sorted(KNOWN),
                fix=f"Did you mean {guess!r}?"
                if guess
                else f"Options: {', '.join(sorted(KNOWN))}.",
            )
    own = {word: _normalised(model, word, value) for word, value in words.items()}
    inherited = parents[0] if parents and meta is None else None
    if inherited is not None:
        own |= {w: getattr(inherited, w) for w in inherited.given - OWN if w not in own}
    elif parents and "app_label" not in own:
        own["app_label"] = parents[0].app_label
    if first is not None and not first.abstract and not own.get("order_with_respect_to"):
        own |= {w: getattr(first, w) for w in FROM_TABLES if w in first.given and w not in own}
    options = replace(Options(), **own, given=frozenset(own))
    if options.proxy:
        _check_proxy(model, own)
    check_kinds(model, options.indexes, options.constraints)
    return options


def _check_proxy(model: str, own: Mapping[str, Any]) -> None:
    if own.get("abstract"):
        raise ModelError(f"{model}.Meta says both abstract and proxy", fix="Leave one out.")
    for word in OF_TABLES:
        if own.get(word):
            raise ModelError(
                f"{model} is a proxy and has no table of its own, but its Meta says {word}",
                fix=f"Say it in the Meta of the model that {model} is a proxy of.",
            )


def _words(meta: type | None) -> dict[str, Any]:
    if meta is None:
        return {}
    words: dict[str, Any] = {}
    for cls in reversed(meta.__mro__[:-1]):
        own: Mapping[str, Any] = vars(cls)
        words |= {
            word: value
            for word, value in own.items()
            if not word.startswith("__") and (cls is meta or word not in OWN)
        }
    return words


def _normalised(model: str, word: str, value: Any) -> Any:
    if word == "unique_together":
        groups = list(value)
        if groups and all(isinstance(name, str) for name in groups):
            groups = [groups]
        return tuple(tuple(group) for group in groups)
    if word in SEQUENCES:
        if isinstance(value, str):
            if word == "get_latest_by":
                return (value,)
            raise ModelError(
                f"{model}.Meta.{word} is the string {short(value)}, not a list",
                fix=f"Write {word} = [{value!r}].",
            )
        return tuple(value)
    return value
