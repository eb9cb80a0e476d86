"""How is a SELECT said?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import QueryTooComplex
from ..query import ast
from ..query.deriving import firsts
from ..query.types import ANY
from . import free
from .conditions import ConditionCompiler
from .text import SQL, clause, separated, sql


class SelectCompiler(ConditionCompiler):
    """Compiles what reads rows, and the clauses that other statements have too."""

    def select(self, node: ast.Select) -> SQL:
        """``SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT …``"""
        node = self.prepared(node)
        return sql(self.head(node), self.outputs(node.outputs), self.tail(node), self.lock(node))

    def prepared(self, node: ast.Select) -> ast.Select:
        """A SELECT as the database has it; what it groups by has the same parameters everywhere."""
        if node.distinct_on is not None and not self.dialect.has_distinct_on:
            node = firsts(node)
        by = node.distinct_on.by if node.distinct_on is not None else ()
        self.shared |= dict.fromkeys((*node.group_by, *by))
        return node

    def count_rows(self, node: ast.CountRows) -> SQL:
        """``SELECT COUNT(*)``, of a subquery where the rows are distinct or a slice."""
        inner = self.prepared(node.select)
        is_less = inner.distinct or inner.distinct_on or inner.group_by or is_slice(inner)
        if is_less:
            return sql("SELECT COUNT(*) FROM (", self.numbered(inner), ") AS ", self.name("rows"))
        return sql(self.ctes(inner), "SELECT COUNT(*)", self.rows(inner))

    def ranked(self, node: ast.Ranked) -> SQL:
        """``SELECT … FROM (SELECT …, ROW_NUMBER() OVER (PARTITION BY key …)) WHERE place <= …``"""
        inner = node.select
        owner = separated(", ", map(self.expr, inner.outputs[-inner.keyed :]))
        order = separated(", ", map(self.order_term, node.order_by))
        place = self.name("place")
        counted = sql(
            ", ROW_NUMBER() OVER (PARTITION BY ", owner, " ORDER BY ", order, ") AS ", place
        )
        bounds = [
            sql(place, f" {operator} ", self.expr(bound))
            for operator, bound in ((">", node.low), ("<=", node.high))
            if bound is not None
        ]
        columns = ((self.name(f"c{n}"),) for n in range(len(inner.outputs)))
        return sql(
            "SELECT ",
            separated(", ", columns),
            sql(" FROM (", self.head(inner), self.numbers(inner), counted, self.tail(inner)),
            f") AS {self.name('ranked')}",
            clause("WHERE", separated(" AND ", bounds)),
            f" ORDER BY {place}",
        )

    def members(self, node: ast.Compound) -> SQL:
        """``SELECT … UNION SELECT …``"""
        most = self.dialect.most_compound
        if most is not None and len(node.selects) > most:
            raise QueryTooComplex(
                f"{len(node.selects)} queries are put together; {self.dialect.name} takes {most}",
                fix="Put them together in several parts, or ask for all by one condition.",
            )
        operator = f" {node.operator}{' ALL' if node.all else ''} "
        return separated(operator, (self.member(each, node.wide) for each in node.selects))

    def member(self, node: ast.Select, wide: bool) -> SQL:
        """A SELECT among others that are put together, where no order or slice can stand."""
        if node.order_by or node.ctes or is_slice(node):
            columns = ((self.name(f"c{n}"),) for n in range(len(node.outputs)))
            derived = self.table(ast.Derived(node), "part")
            return sql("SELECT ", separated(", ", columns), " FROM ", derived)
        return self.numbered(node, wide)

    def numbered(self, node: ast.Select, wide: bool = False) -> SQL:
        """A SELECT as a derived table, whose columns must have names that differ."""
        node = self.prepared(node)
        named = self.numbers(node, wide) if node.outputs else sql("1 AS ", self.name("c0"))
        return sql(self.head(node), named, self.tail(node))

    def numbers(self, node: ast.Select, wide: bool = False) -> SQL:
        """The outputs of a SELECT, named by their numbers."""
        outputs = (
            sql(self.numbered_output(_unnamed(expr), wide), " AS ", self.name(f"c{n}"))
            for n, expr in enumerate(node.outputs)
        )
        return separated(", ", outputs)

    def numbered_output(self, expr: ast.Expr, wide: bool) -> SQL:
        """An output of a derived table; of a recursive one it takes what its later rows need."""
        text = self.argument(expr)
        return self.dialect.widened(text, expr.field) if wide else text

    # --- clauses -------------------------------------------------------------------------------

    def head(self, node: ast.Select) -> SQL:
        """``SELECT``, ``SELECT DISTINCT`` or ``SELECT DISTINCT ON (…)``, behind what it defines."""
        if node.distinct_on is not None:
            by = separated(", ", map(self.expr, node.distinct_on.by))
            return sql(self.ctes(node), "SELECT DISTINCT ON (", by, ") ")
        distinct = node.distinct and not _is_random(node)
        return sql(self.ctes(node), "SELECT DISTINCT " if distinct else "SELECT ")

    def ctes(self, node: ast.Select) -> SQL:
        """``WITH totals (author, views) AS (SELECT …)``"""
        if not node.ctes:
            return ()
        word = "WITH RECURSIVE " if any(cte.recursive for cte in node.ctes) else "WITH "
        return sql(word, separated(", ", map(self.cte, node.ctes)), " ")

    def cte(self, node: ast.Cte) -> SQL:
        """``totals (author, views) AS (SELECT …)``; a recursive one is a bare union."""
        if node.named:
            return free.cte(self, node)
        names = ", ".join(map(self.name, node.columns))
        inside = node.select
        if node.recursive and isinstance(inside.table, ast.Compound) and not is_slice(inside):
            text = self.members(inside.table)
        else:
            text = self.numbered(inside)
        return sql(f"{self.name(node.name)} ({names}) AS (", text, ")")

    def tail(self, node: ast.Select) -> SQL:
        """What stands behind the outputs: ``FROM … WHERE … ORDER BY … LIMIT …``"""
        return sql(
            self.rows(node),
            clause("GROUP BY", self.grouped(node)),
            clause("HAVING", self.where(self.having(node))),
            clause("ORDER BY", separated(", ", map(self.order_term, self.ordered(node)))),
            self.window(node),
        )

    def ordered(self, node: ast.Select) -> tuple[ast.OrderTerm, ...]:
        """The order; MariaDB forgets one by what it groups by where there is a window too."""
        if not (self.dialect.forgets_order and node.group_by):
            return node.order_by
        if not ast.contains(node.outputs, ast.Over):
            return node.order_by
        return tuple(
            replace(term, expr=_calculated(term.expr)) if term.expr in node.group_by else term
            for term in node.order_by
        )

    def having(self, node: ast.Select) -> ast.Condition | None:
        """The condition of groups; what is the same in a group may have to be taken from it."""
        if not self.dialect.having_needs_aggregates:
            return node.having
        plain = {expr for expr in node.group_by if isinstance(expr, ast.Column)}

        def change(inner: Any) -> Any:
            if isinstance(inner, ast.Aggregate) or inner in plain:
                return inner
            if inner in node.group_by or isinstance(inner, ast.Column):
                return ast.Aggregate("MIN", (inner,), False, None, (), (), inner.field, True)
            return None

        return ast.changed(node.having, change)

    def rows(self, node: ast.Select) -> SQL:
        """Which rows: ``FROM … JOIN … WHERE …``"""
        return sql(
            " FROM ",
            self.table(node.table, node.alias),
            *(self.join(join) for join in node.joins),
            clause("WHERE", self.where(node.where)),
        )

    def outputs(self, outputs: tuple[ast.Expr, ...]) -> SQL:
        """What is selected; ``1`` where only the existence of rows is asked."""
        return separated(", ", map(self.output, outputs)) if outputs else ("1",)

    def output(self, node: ast.Expr) -> SQL:
        """One output, with its name where it has one."""
        inner = _unnamed(node)
        text = self.expr(inner)
        if isinstance(inner, ast.Param):
            text = self.dialect.selected(text, inner.field)
        return sql(text, " AS ", self.name(node.name)) if isinstance(node, ast.Named) else text

    def grouped(self, node: ast.Select) -> SQL:
        """What makes groups; or makes rows distinct that come in random order, by which DISTINCT
        cannot order.
        """
        if node.distinct and _is_random(node):
            return separated(", ", map(self.expr, node.outputs))
        return separated(", ", map(self.expr, node.group_by))

    def table(self, source: ast.Source | None, alias: str) -> SQL:
        """What rows come from, and its alias where that is not its name."""
        if source is None:
            return (f"(SELECT 1) AS {self.name('row')}",)
        if isinstance(source, ast.Derived):
            if not self.dialect.derived_knows_outside and _reaches_out(source.select):
                raise self.dialect.unsupported(
                    "way for a query in FROM to name the row around it",
                    "Leave out filters on windows and distinct() with fields in the subquery.",
                )
            inner = self.select if source.named else self.numbered
            return sql("(", inner(source.select), f") AS {self.name(alias)}")
        if isinstance(source, ast.Compound):
            members = free.members(self, source) if source.named else self.members(source)
            return sql("(", members, f") AS {self.name(alias)}")
        if isinstance(source, ast.LateralSelect):
            names = ", ".join(map(self.name, source.columns))
            inside = sql("(", self.numbered(source.select), ")")
            return sql(self.dialect.lateral, inside, f" AS {self.name(alias)} ({names})")
        if isinstance(source, ast.Bare):
            return free.table(self, source, alias)
        name = self.name(source.name)
        return (name if alias == source.name else f"{name} AS {self.name(alias)}",)

    def join(self, node: ast.Join | ast.JoinOn) -> SQL:
        """``INNER JOIN … ON …`` or ``LEFT JOIN … ON …``"""
        if isinstance(node, ast.JoinOn):
            return free.join(self, node)
        conditions = [sql(self.column(one), " = ", self.column(other)) for one, other in node.pairs]
        if node.on is not None:
            is_or = isinstance(node.on, ast.Group) and node.on.connector != "AND"
            text = self.where(node.on)
            conditions.append(sql("(", text, ")") if is_or and conditions else text)
        return sql(
            " LEFT JOIN " if node.outer else " INNER JOIN ",
            self.table(node.table, node.alias),
            " ON ",
            separated(" AND ", conditions),
        )

    def where(self, condition: ast.Condition | None) -> SQL:
        """The condition behind WHERE, without brackets round the whole."""
        if condition is None:
            return ()
        self.dialect.check_depth(condition.depth)
        return self.condition(condition)

    def order_term(self, node: ast.OrderTerm) -> SQL:
        """One term of ORDER BY; says where NULLs go only where the database would differ."""
        if isinstance(node.expr, ast.Random):
            return (self.dialect.random,)
        return self.placed(node, self.dialect.comparable(self.expr(node.expr), node.expr.field))

    def placed(self, node: ast.OrderTerm, expr: SQL) -> SQL:
        """A term whose expression is there already, with its direction and its NULLs."""
        usual = node.descending != self.dialect.nulls_are_smallest
        nulls_first = (
            None if node.nulls_first == usual or not node.expr.nullable else node.nulls_first
        )
        return self.dialect.order_term(expr, node.descending, nulls_first)

    def window(self, node: ast.Select) -> SQL:
        """``LIMIT … OFFSET …``"""
        if node.limit is None and node.offset is None:
            return ()
        limit: SQL = self.expr(node.limit) if node.limit is not None else (self.dialect.limit_all,)
        return sql(
            clause("LIMIT", limit if limit != ("",) else ()),
            clause("OFFSET", self.expr(node.offset) if node.offset is not None else ()),
        )

    def lock(self, node: ast.Select) -> SQL:
        """``FOR UPDATE OF … NOWAIT``; nothing where the database locks no rows.

        Raises:
            NotSupportedError: the database cannot lock rows in this way.
        """
        if node.lock is None or not self.dialect.locks_rows:
            return ()
        self.dialect.check_lock(node)
        return sql(
            f" FOR {node.lock.strength}",
            clause("OF", separated(", ", ((self.name(table),) for table in node.lock.tables))),
            f" {node.lock.wait}" if node.lock.wait else "",
        )


def _reaches_out(select: ast.Select) -> bool:
    """Whether a SELECT names tables of a query around it."""
    inside: set[str] = set()
    named: set[str] = set()
    stack: list[ast.Select] = [select]
    while stack:
        for node in ast.walk(stack.pop(), deep=True):
            if isinstance(node, ast.Select | ast.Join | ast.JoinOn):
                inside.add(node.alias)
                source = node.table
                if isinstance(source, ast.Derived | ast.LateralSelect):
                    stack.append(source.select)
                elif isinstance(source, ast.Compound):
                    stack += source.selects
            elif isinstance(node, ast.Column | ast.Output):
                named.add(node.alias)
    return not named <= inside


def _unnamed(node: ast.Expr) -> ast.Expr:
    return node.expr if isinstance(node, ast.Named) else node


def _is_random(select: ast.Select) -> bool:
    return any(isinstance(term.expr, ast.Random) for term in select.order_by)


def _calculated(expr: ast.Expr) -> ast.Expr:
    """The same value, as the outcome of a function."""
    return ast.Call("COALESCE", (expr,), (), expr.field or ANY, expr.nullable)


def is_slice(select: ast.Select) -> bool:
    """Whether only some of the rows are wanted."""
    return select.limit is not None or select.offset is not None
