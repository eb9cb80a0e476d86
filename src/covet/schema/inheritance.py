"""What does a model inherit from one that has a table? Its rows go on from there, or are the same.

A model that inherits from one with a table has a table of its own, whose key is a link to the
parent's row (multi-table inheritance). With ``Meta.proxy`` it has none: it shows the parent's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..errors import ModelError
from .fields import Field
from .on_delete import DB_CASCADE
from .options import OF_TABLES, Options
from .relations import NOT_YET, ForeignKeyField
from .table import Table

Fields = dict[str, Field[Any]]
Parents = dict[ForeignKeyField[Any], Table]


def parents_of(cls: Any) -> list[Any]:
    """The models with a table that a class inherits from, nearest first; of a proxy, its model.

    One that another of them inherits from already is left out, as that brings its rows along.
    """
    found: dict[Any, None] = {}
    waiting: list[Any] = list(cls.__bases__)
    while waiting:
        base = waiting.pop(0)
        if "_table" in vars(base):
            found[base._concrete_model] = None
        else:  # an abstract one between
            waiting = [*base.__bases__, *waiting]
    return [
        model
        for model in found
        if not any(other is not model and issubclass(other, model) for other in found)
    ]


def options_above(bases: Iterable[type]) -> tuple[list[Options], Options | None]:
    """The options of the nearest abstract class above each base, and those of the first base.

    A model with a table does not hand its Meta on, but an abstract one above it does, except for
    what is about the columns: these are in that table.
    """
    abstract: list[Options] = []
    first: Options | None = None
    for base in bases:
        above: list[Options] = [vars(c)["_options"] for c in base.__mro__ if "_options" in vars(c)]
        if above:
            first = first or above[0]
            found = next((options for options in above if options.abstract), None)
            if found is not None:
                of_table = () if found is above[0] else OF_TABLES
                abstract.append(replace(found, given=found.given.difference(of_table)))
    return abstract, first


def refuse_composite(cls: type, parents: list[Any]) -> None:
    """Refuse a composite primary key of what goes on from another table, whose key is its own.

    Raises:
        ModelError: there is a parent.
    """
    if parents:
        raise ModelError(
            f"{cls.__name__}.pk is a CompositePrimaryKey, and {cls.__name__} goes on from "
            f"{parents[0].__name__}, whose key it has",
            fix="Take pk away, or have a OneToOneField instead of the inheritance.",
        )


def check_names(cls: type, fields: Fields, parents: list[Any]) -> None:
    """Refuse what has the name of something that a parent's instances have.

    Raises:
        ModelError: a field, an attribute or another parent clashes; or a key by which the database
            would delete rows without those that they go on from.
    """
    for field in fields.values():
        if getattr(field, "on_delete", None) == DB_CASCADE:
            raise ModelError(
                f"{cls.__name__}.{field.name} has on_delete=DB_CASCADE, which would leave the "
                f"rows of {parents[0].__name__} that {cls.__name__} goes on from",
                fix="Give it on_delete=CASCADE.",
            )
    inherited: dict[str, tuple[Any, Any]] = {}
    for parent in parents:
        for name, field in (*parent._table.names.items(), *parent._table.many.items()):
            other, earlier = inherited.setdefault(name, (parent, field))
            if earlier is not field and name != "pk":
                raise ModelError(
                    f"{cls.__name__} would inherit {name!r} from both "
                    f"{other.__name__} and {parent.__name__}",
                    fix=f"Let {cls.__name__} have a OneToOneField to one of them instead.",
                )
        _check_ways_back(cls, fields, parent)
    del inherited["pk"]
    own = [(field.name, name) for field in fields.values() for name in _words(field)]
    above = {base for parent in parents for base in parent.__mro__}
    own += [(name, name) for base in cls.__mro__ if base not in above for name in vars(base)]
    for shown, name in own:
        if name in inherited:
            parent, field = inherited[name]
            raise ModelError(
                f"{cls.__name__}.{shown} clashes with {parent.__name__}.{field.name}, "
                f"which {cls.__name__} inherits",
                fix="Choose another name; only what comes from an abstract model can be replaced.",
            )


def _check_ways_back(cls: type, fields: Fields, parent: Any) -> None:
    words = {word: field for field in fields.values() for word in _words(field)}
    for query_name, relation in parent._table.reverse.items():
        for name in (relation.name, query_name):
            hidden = relation.to_child and name in fields and fields[name].is_relation
            if name in words and not hidden:
                raise ModelError(
                    f"{cls.__name__}.{words[name].name} clashes with the way back "
                    f"{parent.__name__}.{name}, which {cls.__name__} inherits",
                    fix=f"Choose another name, or another related_name for {relation.field!r}.",
                )


def _words(field: Field[Any]) -> tuple[str, str]:
    return field.name, field.attname


def linked(cls: Any, fields: Fields, parents: list[Any]) -> tuple[Fields, Parents]:
    """The fields with a link to each parent, and which is which; the first link is the key.

    Raises:
        ModelError: a link to no parent, or one whose name is taken.
    """
    links: Parents = {}
    made: Fields = {}
    marked = [f for f in fields.values() if isinstance(f, ForeignKeyField) and f.parent_link]
    for parent in parents:
        if len(parent._table.pk.members) > 1:
            raise ModelError(
                f"{cls.__name__} inherits from {parent.__name__}, whose primary key has several "
                "columns",
                fix=f"Let {cls.__name__} have a OneToOneField to it instead, or make "
                f"{parent.__name__} abstract.",
            )
        declared = [field for field in marked if _points_to(field.to, parent)]
        name = f"{parent.__name__.lower()}_ptr"
        if not declared and name in fields:
            raise ModelError(
                f"{cls.__name__}.{name} has the name of the link to {parent.__name__}, "
                f"which {cls.__name__} inherits from",
                fix="Choose another name, or make it that link: OneToOneField("
                f"{parent.__name__}, parent_link=True).",
            )
        link = declared[0] if declared else cls._link_to(parent)
        made |= {} if declared else {name: link}
        links[link] = parent._table
    for field in marked:
        if field not in links:
            name = next(name for name, other in fields.items() if other is field)
            raise ModelError(
                f"{cls.__name__}.{name} has parent_link=True, but {cls.__name__} does not inherit "
                "from a model that it points to",
                fix="Leave out parent_link.",
            )
    fields = made | fields
    if links and not any(field.primary_key for field in fields.values()):
        next(iter(links)).primary_key = True
    return fields, links


def _points_to(to: Any, parent: type[Any]) -> bool:
    if isinstance(to, str):
        return to.rpartition(".")[2] == parent.__name__
    model: object = to
    if not isinstance(to, type):
        try:
            model = to()
        except NOT_YET:
            return False
    return getattr(model, "_concrete_model", None) is parent


def shown_by(cls: Any, fields: list[str]) -> Any:
    """The model whose table a proxy shows.

    Raises:
        ModelError: the proxy has fields, or not one model to show.
    """
    models = parents_of(cls)
    if len(models) != 1:
        names = ", ".join(model.__name__ for model in models) or "none"
        raise ModelError(
            f"{cls.__name__} is a proxy and must inherit from one model with a table, not {names}",
            fix="Leave out proxy = True.",
        )
    if fields:
        listed = ", ".join(map(repr, fields))
        raise ModelError(
            f"{cls.__name__} is a proxy and cannot have fields of its own: {listed}",
            fix=f"Declare them in {models[0].__name__}, or leave out proxy = True, "
            f"which gives {cls.__name__} a table.",
        )
    check_names(cls, {}, models)
    return models[0]


def take_over(table: Table, kwargs: dict[str, Any]) -> None:
    """Let a new instance that is given its parent's row have that row's values."""
    for link, parent in table.parents.items():
        row = kwargs.get(link.name)
        if not isinstance(row, link.accepted):
            continue
        for field in parent.fields:
            known = field.name in kwargs or field.attname in kwargs
            if not known and field.attname in row.__dict__:
                kwargs[field.attname] = row.__dict__[field.attname]
