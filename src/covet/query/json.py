"""What do paths into JSON documents mean, and the lookups of what is found there?

``data__owner__name`` is a call of ``JSON_PATH``, whose keys are its options: they are part of the
shape of a query, and bound as parameters all the same. Each dialect says these calls in its own way
(``sql/functions/json_*.py``), so that they mean the same everywhere.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import FieldError, short
from ..expressions import shape
from ..expressions.q import AND, OR
from ..schema.fields import BooleanField, Field, IntegerField, JSONField, JSONNull, TextField
from ..schema.fields.base import Sentinel
from . import ast
from .givens import asks_for_null, check_list, check_range
from .grouping import joined
from .operands import MEMBERS, Given, Lookup, Operand
from .types import family, named

OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
SEVERAL = (shape.NULL, shape.NULLS, shape.EMPTY, shape.LIST, MEMBERS)
TEXTUAL = (
    "iexact",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "regex",
    "iregex",
)
INSIDE = frozenset(
    {"integer", "float", "decimal", "text", "boolean", "date", "datetime", "time", "uuid", "json"}
)
"""The families of values that a document can hold."""

NUMBER: Field[Any] = IntegerField()
TEXT: Field[Any] = TextField()
BOOLEAN: Field[Any] = BooleanField()
DOCUMENT: Field[Any] = JSONField()


class ComparedDocument(JSONField):
    """A document that another one is compared with."""

    kind = "jsonvalue"

    none_means: Any = None
    """What None stands for among several values; None where it is no member of them."""


class Keys(JSONField):
    """Names of an object's keys, of which one may stand alone."""

    kind = "jsonkeys"

    def check(self, value: Any) -> Any:
        """The names as a list."""
        names = value if isinstance(value, list | tuple) else [value]
        for name in names:
            if type(name) not in (str, int):
                raise self.invalid(f"is asked for the key {short(name)}, and keys are strings")
        return super().check([str(name) for name in names])


# --- paths ---------------------------------------------------------------------------------------


def at(operand: Operand, keys: Sequence[str]) -> Operand:
    """What a document has at a path of keys; NULL where it has nothing there.

    Raises:
        FieldError: a key that no document can have.
    """
    if not keys:
        return operand
    for key in keys:
        if not key.isascii() and any("\ud800" <= sign <= "\udfff" for sign in key):
            raise FieldError(f"The key {short(key)} holds half a surrogate pair")
    base, path = operand.expr, tuple(keys)
    if isinstance(base, ast.Call) and base.name == "JSON_PATH":
        path = (*base.options, *path)
        base = base.arguments[0]
    field = _inner(operand.field)
    node = ast.Call("JSON_PATH", (base,), path, field, True)
    return Operand(node, field, operand.needs)


def key_at_end(operand: Operand, path: str, lookup: str) -> Operand:
    """What a path names where no lookup can stand: its last word is a key, whatever it is."""
    is_last = path.rpartition("__")[2] == lookup and operand.field.name != path
    return at(operand, (lookup,)) if is_last else operand


def is_json(operand: Operand) -> bool:
    """Whether an operand is a document, or something inside of one."""
    return family(operand.field) == "json"


def _inner(field: Field[Any]) -> Field[Any]:
    """The type of what is inside of a document: that of the whole, but None in it is JSON null."""
    known: Field[Any] | None = field.__dict__.get("_inner")
    if known is None:
        known = copy.copy(field)
        known.__dict__["_compared"] = _compared(field, JSONNull)
        known.__dict__["_inner"] = known
        field.__dict__["_inner"] = known
    return known


def _value(field: Field[Any]) -> ComparedDocument:
    """What prepares a document that is compared with one of a field."""
    known = field.__dict__.get("_compared")
    if not isinstance(known, ComparedDocument):
        known = field.__dict__["_compared"] = _compared(field, None)
    return known


def _compared(field: Any, null: Sentinel | None) -> ComparedDocument:
    encoder, decoder = getattr(field, "encoder", None), getattr(field, "decoder", None)
    made = ComparedDocument(encoder=encoder, decoder=decoder)
    for place in ("model", "name", "attname", "column", "sensitive"):
        setattr(made, place, getattr(field, place))
    made.none_means = null
    return made


# --- order and groups ----------------------------------------------------------------------------


def sorted_by(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """What an expression is ordered by: itself, the columns of a key, or how documents sort.

    null, false, true, numbers, texts, lists, objects; numbers and texts each in their order.
    """
    if expr.field is None or family(expr.field) != "json":
        return ast.flat([expr])
    return (
        _call("JSON_KIND", expr, field=NUMBER),
        _call("JSON_NUMBER", expr, field=NUMBER),
        _call("JSON_STRING", expr, field=TEXT),
    )


def distinct(expr: ast.Expr) -> ast.Expr:
    """An output of which each value is to come once: equal documents are one."""
    if expr.field is None or family(expr.field) != "json":
        return expr
    if isinstance(expr, ast.Named):
        return replace(expr, expr=distinct(expr.expr))
    return ast.Call("JSON_CANONICAL", (expr,), (), expr.field, expr.nullable)


# --- lookups -------------------------------------------------------------------------------------


def exact(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Equal documents; None is JSON null inside of one, and SQL's NULL for the whole."""
    value = _value(operand.field)
    if given.kind == shape.NULL and value.none_means is None:
        return ast.IsNull(operand.expr, True, ast.NOWHERE)
    left = _call("JSON_CANONICAL", operand.expr)
    right = _call("JSON_CANONICAL", _right(operand, given, value))
    needs = operand.needs | given.needs
    return ast.Compare("=", left, right, True, needs)


def among(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Equal to one of several documents."""
    value = _value(operand.field)
    if given.kind == MEMBERS:
        return joined(OR, [exact(name, operand, member) for member in given.members])
    if given.kind == shape.EMPTY or (given.kind == shape.NULLS and value.none_means is None):
        return ast.Truth(False)
    check_list(operand, given, shape.NULLS)
    left = _call("JSON_CANONICAL", operand.expr)
    return ast.Among(left, ast.Param(given.place, value), operand.needs)


def ordered(name: str, operand: Operand, given: Given) -> ast.Condition:
    """A number is compared with numbers, and a text with texts; nothing else is more or less."""
    right = _right(operand, given, operand.field)
    call = _call("JSON_COMPARE", operand.expr, right, options=(OPERATORS[name],), field=BOOLEAN)
    return ast.IsTrue(call, True, operand.needs | given.needs)


def between(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Between two numbers or two texts, both included."""
    if given.kind == MEMBERS and len(given.members) == 2:
        low, high = given.members
        return joined(AND, [ordered("gte", operand, low), ordered("lte", operand, high)])
    check_range(operand, given)
    ends = [
        _call(
            "JSON_COMPARE",
            operand.expr,
            ast.Param(given.place, operand.field, item=item),
            options=(operator,),
            field=BOOLEAN,
        )
        for item, operator in enumerate((">=", "<="))
    ]
    return joined(AND, [ast.IsTrue(end, True, operand.needs) for end in ends])


def isnull(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Whether there is nothing: no key, or SQL's NULL for the whole."""
    null = asks_for_null(operand, given)
    return ast.IsNull(operand.expr, null, ast.NOWHERE if null else operand.needs)


def text(name: str, operand: Operand, given: Given) -> ast.Condition:
    """A lookup of texts, about the text of a string, a number or a truth value."""
    if name == "iexact" and given.kind == shape.NULL:
        return exact("exact", operand, given)
    if given.expr is not None and family(given.expr.field or TEXT) not in ("text", "any"):
        raise FieldError(
            f"{named(operand.field)}__{name} compares texts, and {short(given.value)} is none",
            fix='Use KT("…") for the text of a JSON value.',
        )
    if given.expr is None and given.kind in SEVERAL:
        raise FieldError(
            f"{named(operand.field)}__{name} compares with one text, not with {short(given.value)}"
        )
    left = _call("JSON_TEXT", operand.expr, options=("scalar",), field=TEXT)
    pattern = given.expr or ast.Param(given.place, TEXT)
    needs = operand.needs | given.needs
    if name in ("regex", "iregex"):
        return ast.Regex(left, pattern, name == "iregex", True, needs)
    ignore_case = name in ("iexact", "icontains", "istartswith", "iendswith")
    kind = name[1:] if ignore_case else name
    return ast.Match(kind, left, pattern, ignore_case, True, needs)


def containing(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Whether one document holds the other, as PostgreSQL's ``@>`` has it."""
    right = _right(operand, given, operand.field)
    call = _call(f"JSON_{name.upper()}", operand.expr, right, field=BOOLEAN)
    return ast.IsTrue(call, True, operand.needs | given.needs)


def having(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Whether an object has one key, all of several, or any of them."""
    is_list = given.kind in (shape.LIST, shape.EMPTY)
    is_wrong = given.expr is not None or given.kind in (shape.NULL, MEMBERS)
    if is_wrong or is_list is (name == "has_key"):
        wanted = "one key" if name == "has_key" else "a list of keys"
        raise FieldError(f"{named(operand.field)}__{name} takes {wanted}, not {short(given.value)}")
    keys = Keys()
    keys.model, keys.name = operand.field.model, operand.field.name
    param: ast.Expr = ast.Param(given.place, keys)
    if given.kind == shape.EMPTY:
        param = ast.Constant((), keys)
    options = ("any" if name == "has_any_keys" else "all",)
    call = _call("JSON_HAS_KEYS", operand.expr, param, options=options, field=BOOLEAN)
    return ast.IsTrue(call, True, operand.needs)


def _right(operand: Operand, given: Given, value: Field[Any]) -> ast.Expr:
    """The document on the right side: a value that a field prepares, or an expression made one."""
    if given.expr is not None:
        return document(given.expr)
    if given.kind == MEMBERS:
        raise FieldError(
            f"{named(operand.field)} is compared with a list that holds an expression",
            fix="Write JSONArray(…).",
        )
    if given.kind == shape.NULL:
        return ast.Constant(JSONNull, value)
    if given.kind == shape.EMPTY:
        return ast.Constant([], value)
    return ast.Param(given.place, value)


def document(expr: ast.Expr) -> ast.Expr:
    """An expression of any type as a JSON document.

    Raises:
        FieldError: documents have nothing for its type.
    """
    if isinstance(expr, ast.Null):
        return ast.Constant(JSONNull, DOCUMENT)
    field = expr.field
    kind = "any" if field is None else family(field)
    if kind == "json":
        return expr
    if kind not in INSIDE:
        raise FieldError(
            f"A JSON document cannot hold a value of type {kind}",
            fix="Make it another type with Cast(…, output_field).",
        )
    return ast.Call("JSON_OF", (expr,), (), DOCUMENT, expr.nullable)


def _call(
    name: str, *arguments: ast.Expr, options: tuple[str, ...] = (), field: Field[Any] = DOCUMENT
) -> ast.Call:
    return ast.Call(name, arguments, options, field, True)


LOOKUPS: dict[str, Lookup] = {
    "exact": exact,
    "in": among,
    "gt": ordered,
    "gte": ordered,
    "lt": ordered,
    "lte": ordered,
    "range": between,
    "isnull": isnull,
    "contains": containing,
    "contained_by": containing,
    "has_key": having,
    "has_keys": having,
    "has_any_keys": having,
} | dict.fromkeys(TEXTUAL, text)
