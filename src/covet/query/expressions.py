"""Which expression over columns does a user's expression stand for, and of which type is it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import FieldError
from ..expressions import (
    Aggregate,
    Case,
    Cast,
    Combined,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    JSONArray,
    JSONObject,
    KeyTransform,
    Lookup,
    OuterRef,
    Predicate,
    RawSQL,
    Subquery,
    Value,
    Window,
)
from ..expressions.aggregates import Star
from ..expressions.conditional import When
from ..expressions.ctes import OwnColumn
from ..expressions.functions import dates
from ..expressions.functions.window import Number
from ..expressions.windows import WindowFunction
from . import ast, json
from .aggregates import aggregate
from .casting import cast_call
from .ctes import column_of
from .dates import check_part, check_zone, truncated
from .operands import Operand
from .parts import RESOLVERS, At, as_number, check_single, check_taken, each, resolved, typed_as
from .transforms import Held
from .types import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBERS,
    TEXT,
    checked_type,
    common_type,
    family,
    result_type,
    type_of_arithmetic,
    type_of_value,
)
from .windows import window, windowless

if TYPE_CHECKING:
    from .conditions import Conditions

CAN_FAIL = frozenset({"/", "%", "**", "<<", ">>"})
"""The operators that give NULL where they have no result."""


def _field(conditions: Conditions, expression: F[Any], at: At) -> Operand:
    conditions.check_owner(expression, at.scope.table)
    asked = conditions.asked or repr(expression)
    found, lookup = conditions.value(expression.path, at.scope, at.group, asked)
    if json.is_json(found):
        return json.key_at_end(found, expression.path, lookup)
    if lookup != "exact" or expression.path.endswith("__exact"):
        raise FieldError(f"{expression!r} names a lookup; F takes the name of a field")
    return found


def _value(conditions: Conditions, expression: Value[Any], at: At) -> Operand:
    if expression.output_field is not None:
        typed = checked_type(expression.output_field, expression)
    elif expression.value is None:
        return Operand(ast.Null(ANY), ANY, ast.NOWHERE)
    else:
        typed = type_of_value(expression.value)
    node = ast.Null(typed) if expression.value is None else ast.Param(at.start, typed)
    return Operand(node, typed, ast.NOWHERE)


def _number(conditions: Conditions, expression: Number, at: At) -> Operand:
    return Operand(ast.Param(at.start, INTEGER), INTEGER, ast.NOWHERE)


def _combined(conditions: Conditions, expression: Combined, at: At) -> Operand:
    left, right = each(conditions, expression.parts, at)
    operator, needs = expression.operator, left.needs | right.needs
    if any(isinstance(part, Value) and part.value is None for part in expression.parts):
        raise FieldError(f"{expression!r} calculates with None, which has no type")
    nullable = left.nullable or right.nullable
    families = {family(left.field), family(right.field)}
    if operator == "+" and "text" in families and families <= {"text", "any"}:
        return Operand(ast.Call("||", (left.expr, right.expr), (), TEXT, nullable), TEXT, needs)
    result = type_of_arithmetic(operator, left.field, right.field)
    nullable = nullable or operator in CAN_FAIL
    node = ast.Arithmetic(operator, left.expr, right.expr, result, nullable)
    return Operand(node, result, needs)


def _wrapper(conditions: Conditions, expression: ExpressionWrapper, at: At) -> Operand:
    operand = resolved(conditions, expression.expression, at)
    return typed_as(operand, expression.output_field, expression)


def function(conditions: Conditions, expression: Func[Any], at: At) -> Operand:
    """The call of a function."""
    operands = list(each(conditions, expression.parts, at))
    for n, operand in enumerate(operands):
        check_single(operand, expression)
        check_taken(expression, n, operand.field)
    fields = [operand.field for operand in operands]
    said = expression.output_field
    typed = None if said is None else checked_type(said, expression)
    if typed is not None and not (expression.known and family(typed) in NUMBERS):
        result = typed
    else:
        typing = [field for n, field in enumerate(fields) if n not in expression.numbers]
        result = result_type(expression, expression.returns, typing)
    nullable = _is_nullable(expression.nulls, operands)
    needs = _needs(operands) if expression.nulls == "any" else ast.NOWHERE
    arguments = tuple(operand.expr for operand in operands)
    if expression.known:
        options = expression.options
        call: ast.Expr = ast.Call(expression.name, arguments, options, result, nullable)
        if said is not None and said is not result:
            return typed_as(Operand(call, result, needs), said, expression)
    else:
        texts = tuple((name, expression.text(name)) for name in ("sqlite", "postgresql", "mysql"))
        call = ast.OwnCall(expression.name, arguments, texts, expression.joiner, result, True)
        needs = ast.NOWHERE
    return Operand(call, result, needs)


def _extract(conditions: Conditions, expression: dates.Extract, at: At) -> Operand:
    found = function(conditions, expression, at)
    call: Any = found.expr
    check_part(expression, call.arguments[0].field)
    return found


def _trunc(conditions: Conditions, expression: dates.OfMoment, at: At) -> Operand:
    found = function(conditions, expression, at)
    call: Any = found.expr
    result = truncated(expression, call.arguments[0].field)
    return found._replace(expr=replace(call, field=result), field=result)


def _in_zone(conditions: Conditions, expression: dates.OfMoment, at: At) -> Operand:
    found = function(conditions, expression, at)
    call: Any = found.expr
    check_zone(expression, call.arguments[0].field)
    return found


def _held(conditions: Conditions, expression: Held, at: At) -> Operand:
    return expression.operand


def _cast(conditions: Conditions, expression: Cast, at: At) -> Operand:
    operand = resolved(conditions, expression.parts[0], at)
    check_single(operand, expression)
    return cast_call(expression, operand)


def _key(conditions: Conditions, expression: KeyTransform, at: At) -> Operand:
    operand = resolved(conditions, expression.parts[0], at)
    check_single(operand, expression)
    check_taken(expression, 0, operand.field)
    return json.at(operand, expression.options)


def _document(conditions: Conditions, expression: JSONArray | JSONObject, at: At) -> Operand:
    operands = list(each(conditions, expression.parts, at))
    for operand in operands:
        check_single(operand, expression)
    parts = tuple(json.document(operand.expr) for operand in operands)
    call = ast.Call(expression.name, parts, expression.options, json.DOCUMENT, False)
    return Operand(call, json.DOCUMENT, ast.NOWHERE)


def _is_nullable(nulls: str, operands: list[Operand]) -> bool:
    found = [operand.nullable for operand in operands]
    return {"any": any(found), "all": all(found), "always": True, "never": False}[nulls]


def _needs(operands: list[Operand]) -> frozenset[str]:
    return frozenset[str]().union(*(operand.needs for operand in operands))


def _case(conditions: Conditions, expression: Case, at: At) -> Operand:
    ways: list[tuple[ast.Condition, Operand]] = []
    for when in expression.cases:
        then_at = at.behind(when.condition)
        condition = conditions.rowwise(when.condition, at)
        ways.append((condition, resolved(conditions, when.then, then_at)))
        at = at.behind(when)
    default = resolved(conditions, expression.default, at)
    operands = [*(operand for _, operand in ways), default]
    for operand in operands:
        check_single(operand, expression)
    said = expression.output_field
    if said is not None:
        result = checked_type(said, expression)
        for n, (condition, operand) in enumerate(ways):
            ways[n] = (condition, operand._replace(expr=as_number(operand, result)))
        default = default._replace(expr=as_number(default, result))
    else:
        result = common_type(expression, [operand.field for operand in operands])
    nullable = any(operand.nullable for operand in operands)
    branches = tuple((condition, operand.expr) for condition, operand in ways)
    if not branches:
        return Operand(default.expr, result, default.needs)
    return Operand(ast.Case(branches, default.expr, result, nullable), result, ast.NOWHERE)


def _when(conditions: Conditions, expression: When, at: At) -> Operand:
    raise FieldError(f"{expression!r} stands only in Case(…)", fix=f"Write Case({expression!r}).")


def _predicate(conditions: Conditions, expression: Predicate, at: At) -> Operand:
    condition = conditions.rowwise(expression.condition, at)
    return Operand(ast.Predicate(condition, BOOLEAN, condition.unknown), BOOLEAN, ast.NOWHERE)


def _raw(conditions: Conditions, expression: RawSQL, at: At) -> Operand:
    if expression.sql.strip() == "*":
        return _star(conditions, Star(), at)
    given = expression.output_field
    typed = ANY if given is None else checked_type(given, expression)
    params = tuple(ast.Param(at.start + n, ANY) for n in range(len(expression.params)))
    return Operand(ast.Raw(expression.pieces, params, typed), typed, ast.NOWHERE)


def _outer(conditions: Conditions, expression: OuterRef, at: At) -> Operand:
    here = conditions
    scope = at.scope
    for _ in range(expression.levels):
        if here.outer is None:
            if conditions.unfinished:
                return Operand(ast.Null(ANY), ANY, ast.NOWHERE)
            raise FieldError(
                f"This queryset has {expression!r}, so it can only be asked inside of another one",
                fix="Give it to Subquery(…), Exists(…) or …__in=.",
            )
        here, scope = here.outer
    found, lookup = here.value(expression.path, scope, None, repr(expression))
    if ast.contains(found.expr, (ast.Aggregate, ast.Over)):
        raise FieldError(
            f"{expression!r} is about groups or windows of the query around, which no query inside "
            "of it can name",
            fix="Give the result a name there, and compare that with it.",
        )
    if json.is_json(found):
        return json.key_at_end(found, expression.path, lookup)._replace(needs=ast.NOWHERE)
    if lookup != "exact":
        raise FieldError(f"{expression!r} names a lookup; OuterRef takes the name of a field")
    return found._replace(needs=ast.NOWHERE)


def _subquery(conditions: Conditions, expression: Subquery, at: At) -> Operand:
    select = conditions.subselect(expression, at)
    if select is None:
        return typed_as(
            Operand(ast.Null(ANY), ANY, ast.NOWHERE), expression.output_field, expression
        )
    width = len(select.outputs) - select.hidden
    if width != 1:
        raise FieldError(
            f"{expression!r} gives {width} columns, and has to be one",
            fix='Name it: Subquery(….values("title")[:1]).',
        )
    found = select.outputs[0]
    result = ANY if found.field is None else found.field
    value = Operand(ast.Scalar(select, result), result, ast.NOWHERE)
    return typed_as(value, expression.output_field, expression)


def _exists(conditions: Conditions, expression: Exists, at: At) -> Operand:
    condition = conditions.exists(expression, at)
    return Operand(ast.Predicate(condition, BOOLEAN, False), BOOLEAN, ast.NOWHERE)


def _own(conditions: Conditions, expression: OwnColumn, at: At) -> Operand:
    table = expression.source
    here: Conditions | None = conditions
    while here is not None and table not in here.own:
        here = here.outer[0] if here.outer is not None else None
    columns = here.own[table] if here is not None else None
    if columns is None and conditions.unfinished:
        return Operand(ast.Null(ANY), ANY, ast.NOWHERE)
    found = column_of(table, expression.name, columns, expression)
    return found if here is conditions else found._replace(needs=ast.NOWHERE)


def _star(conditions: Conditions, expression: Star, at: At) -> Operand:
    return Operand(ast.Star(ANY), ANY, ast.NOWHERE)


def condition_of(conditions: Conditions, expression: Expression[Any], at: At) -> ast.Condition:
    """The condition that an expression is true.

    Raises:
        FieldError: it is of another type than true or false.
    """
    operand = resolved(conditions, expression, at)
    if isinstance(operand.expr, ast.Predicate):
        return operand.expr.condition
    if family(operand.field) not in ("boolean", "any"):
        raise FieldError(
            f"{expression!r} is of type {family(operand.field)} and no condition",
            asked=conditions.asked,
            fix="Compare it with something.",
        )
    return ast.IsTrue(operand.expr, operand.nullable, operand.needs)


def paths(part: Any) -> Iterator[F[Any] | Lookup]:
    """The fields and the lookups by name that a condition or an expression holds."""
    stack = [part]
    while stack:
        item = stack.pop()
        if isinstance(item, F | Lookup):
            yield item
        if not isinstance(item, F):
            stack += item.parts


RESOLVERS.update(
    {
        F: _field,
        Value: _value,
        Number: _number,
        Combined: _combined,
        ExpressionWrapper: _wrapper,
        Func: function,
        dates.Extract: _extract,
        dates.Trunc: _trunc,
        dates.TruncBase: _trunc,
        dates.OfMoment: _in_zone,
        Held: _held,
        Cast: _cast,
        KeyTransform: _key,
        JSONArray: _document,
        JSONObject: _document,
        WindowFunction: windowless,
        Case: _case,
        When: _when,
        Predicate: _predicate,
        RawSQL: _raw,
        OuterRef: _outer,
        Subquery: _subquery,
        Exists: _exists,
        Aggregate: aggregate,
        Window: window,
        Star: _star,
        OwnColumn: _own,
    }
)
