"""How does a query give the rows that it changes or deletes?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..query.reach import changes_others
from ..query.writes import Assigned
from ..rows import returning, saving
from ..rows.locks import locking_own, locks
from ..schema.peers import Origin
from ..watch.reasons import changing
from ..watch.switch import WATCH
from .database import Database
from .deletion import delete, is_observed, keys_of, rows_of
from .transaction import atomic

if TYPE_CHECKING:
    from .queryset import QuerySet

T = TypeVar("T")


class Returning(Generic[T]):
    """A query whose ``update()`` and ``delete()`` give the rows, in no certain order.

    Made by ``QuerySet.returning()``.
    """

    def __init__(self, query: QuerySet[Any], fields: tuple[str, ...]) -> None:
        self._query = query
        self._wanted = returning.Wanted(query._spec, fields)

    def __repr__(self) -> str:
        return f"<Returning {', '.join(self._wanted.fields) or 'instances'} of {self._query!r}>"

    async def update(self, /, **values: Any) -> list[T]:
        """All rows of the query changed: ``UPDATE … SET … RETURNING …``.

        On MariaDB and MySQL the rows are locked, changed and read again, in one transaction.

        Args:
            **values: as for a queryset's ``update()``.

        Returns:
            The rows with their new values.

        Raises:
            UnknownField: a name that the model does not have.
            ValidationError: a value that its field does not accept.
            NotSupportedError: the primary key is changed, and the database cannot give the rows.

        Example:
            >>> await Post.objects.filter(id=7).returning("views").update(views=F("views") + 1)
            [Row(views=8)]
        """
        query, wanted = self._query, self._wanted
        spec = query._spec
        written = saving.check_settable(spec.table, values, "update")
        query._changing()
        if spec.nothing:
            return []
        db = query._database()
        if not returning.updates_natively(spec, db.dialect):
            return wanted.given(await self._update_by_keys(db, written, values))
        plan = returning.update_plan(query.model, spec, written, wanted, db.dialect)
        bound = plan.bind(spec.values + spec.window_values + written.values)
        asked = changing("update", query.model, spec) if WATCH.on else None
        rows = await db.write_rows(spec.table.name, *bound, asked)
        return wanted.given(plan.load(rows, Origin(db.alias, query._mode)))

    async def _update_by_keys(
        self, db: Database, written: Assigned, values: dict[str, Any]
    ) -> list[Any]:
        query, wanted = self._query, self._wanted
        returning.check_keys_stay(query._spec.table, written, db.dialect)
        saving.check_values(written, db.dialect)
        found: list[Any] = []
        async with atomic(using=db.alias):
            keys = await keys_of(db, locking_own(query._spec, db.dialect))
            most = db.dialect.most_keys
            for start in range(0, len(keys), most):
                some = keys[start : start + most]
                await query._with(query._spec.among(some)).update(**values)
                found += await rows_of(db, wanted.of_keys(some), query._mode)
        return found

    async def delete(self) -> list[T]:
        """All rows of the query deleted, and what hangs on them as ``on_delete`` says.

        ``DELETE … RETURNING …`` if nothing does; else the rows are locked and read first, in one
        transaction. Of what else is deleted with them nothing is given.

        Returns:
            The rows with the values that they had.

        Raises:
            ProtectedError: other rows refer to them, with ``on_delete=PROTECT``.
            RestrictedError: rows that stay refer to them, with ``on_delete=RESTRICT``.
            IntegrityError: the database refuses, as a row would refer to none.

        Example:
            >>> await Post.objects.filter(views=0).returning().delete()
            [<Post: Bread>]
        """
        query, wanted = self._query, self._wanted
        spec = query._spec
        query._changing()
        if spec.nothing:
            return []
        db = query._database()
        if not returning.deletes_natively(spec, db.dialect, is_observed()):
            return wanted.given(await self._delete_by_keys(db))
        plan = returning.delete_plan(query.model, spec, wanted, db.dialect)
        table = None if changes_others(spec.table) else spec.table.name
        asked = changing("delete", query.model, spec) if WATCH.on else None
        rows = await db.write_rows(table, *plan.bind(spec.values + spec.window_values), asked)
        return wanted.given(plan.load(rows, Origin(db.alias, query._mode)))

    async def _delete_by_keys(self, db: Database) -> list[Any]:
        query, wanted = self._query, self._wanted
        async with atomic(using=db.alias):
            spec = query._spec
            if not locks(spec, db.dialect):
                spec = wanted.rows_of(await keys_of(db, spec))
            locked = wanted.locked(spec, db.dialect)
            found, keys = wanted.apart(await rows_of(db, locked, query._mode))
            most = db.dialect.most_keys
            for start in range(0, len(keys), most):
                await delete(query._spec.among(keys[start : start + most]), db.alias, query)
        return found
