"""Do lookups of JSON documents mean the same on all databases: what the reference says they do?"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from covet.aio import (
    KT,
    Count,
    Database,
    F,
    IntegerField,
    JSONField,
    JSONNull,
    KeyTransform,
    Model,
    Q,
    QueryTooComplex,
    atomic,
)

from ..oracle import documents as oracle
from ..oracle.story import Undo


class Doc(Model):
    data = JSONField(null=True)
    place = IntegerField()


ROWS = st.lists(oracle.DOCUMENTS, min_size=1, max_size=6)


def at(path: list[str]) -> Any:
    """The expression of what is at a path."""
    found: Any = F("data")
    for key in path:
        found = KeyTransform(key, found)
    return found


def paths(data: Any, rows: list[Any]) -> list[str]:
    """A path that one of the documents has, or any other."""
    known = [path for row in rows for path in oracle.paths_of(row)]
    drawn: list[str] = data.draw(
        st.lists(oracle.KEYS, min_size=1, max_size=2) | st.sampled_from(known or [["a"]])
    )
    return drawn


async def write(rows: list[Any]) -> None:
    """A row for each document."""
    await Doc.objects.bulk_create(
        Doc(data=JSONNull if row is None else row, place=n) for n, row in enumerate(rows)
    )


async def places(query: Any) -> list[int]:
    """The rows that a query finds."""
    return [doc.place for doc in await query.order_by("place").fetch()]


@settings(max_examples=60)
@given(rows=ROWS, data=st.data())
async def test_a_lookup_finds_what_the_reference_finds(
    db: Database, rows: list[Any], data: Any
) -> None:
    try:
        async with atomic():
            await write(rows)
            for _ in range(4):
                path = paths(data, rows)
                lookup = data.draw(st.sampled_from(sorted(oracle.MEANING)))
                right = data.draw(oracle.RIGHT[lookup])
                if lookup in ("exact", "contains", "contained_by") and data.draw(st.booleans()):
                    right = data.draw(st.sampled_from(oracle.parts_of(rows)[1:]))
                there = [oracle.found(row, path) for row in rows]
                meant = oracle.MEANING[lookup]
                wanted = [
                    n
                    for n, value in enumerate(there)
                    if value is not oracle.NOTHING and meant(value, right)
                ]
                condition = at(path).compare(lookup, right)
                try:
                    found = await places(Doc.objects.filter(condition))
                except QueryTooComplex:
                    assert sum(key.strip("-").isdigit() for key in path) > 6
                    continue
                assert found == wanted, (path, lookup, right)
                others = [n for n in range(len(rows)) if n not in wanted]
                assert await places(Doc.objects.exclude(condition)) == others
            raise Undo
    except Undo:
        pass


@settings(max_examples=25)
@given(rows=ROWS, data=st.data())
async def test_whole_documents_and_missing_keys(db: Database, rows: list[Any], data: Any) -> None:
    try:
        async with atomic():
            await write(rows)
            right = data.draw(st.sampled_from(rows) | oracle.DOCUMENTS)
            same = [n for n, row in enumerate(rows) if oracle.key_of(row) == oracle.key_of(right)]
            asked = JSONNull if right is None else right
            assert await places(Doc.objects.filter(data=asked)) == same
            held = [n for n, row in enumerate(rows) if oracle.holds(row, right)]
            assert await places(Doc.objects.filter(data__contains=right)) == held
            path = paths(data, rows)
            missing = [n for n, row in enumerate(rows) if oracle.found(row, path) is oracle.NOTHING]
            assert await places(Doc.objects.filter(at(path).is_null())) == missing
            null = [n for n, row in enumerate(rows) if oracle.found(row, path) is None]
            assert await places(Doc.objects.filter(at(path) == None)) == null  # noqa: E711
            raise Undo
    except Undo:
        pass


@settings(max_examples=30)
@given(rows=ROWS, data=st.data())
async def test_order_groups_and_values_of_a_path(db: Database, rows: list[Any], data: Any) -> None:
    try:
        async with atomic():
            await write(rows)
            path = paths(data, rows)
            there = [oracle.found(row, path) for row in rows]
            docs = Doc.objects.annotate(found=at(path))
            order = sorted(range(len(rows)), key=lambda n: (oracle.order_of(there[n]), n))
            ordered = docs.order_by("found", "place")
            assert await ordered.values_list("place", flat=True).fetch() == order
            values = await docs.order_by("place").values_list("found", flat=True).fetch()
            shown = [None if value is oracle.NOTHING else value for value in there]
            assert list(map(oracle.key_of, values)) == list(map(oracle.key_of, shown))
            groups = await docs.values("found").annotate(n=Count("id")).order_by("found").fetch()
            keys = [oracle.key_of(None if v is oracle.NOTHING else v) for v in there]
            for key in set(keys):
                counted = sum(g["n"] for g in groups if oracle.key_of(g["found"]) == key)
                assert counted == keys.count(key)
            distinct = (
                docs.filter(Q(found__isnull=False)).values_list("found", flat=True).distinct()
            )
            unique = {oracle.key_of(value) for value in there if value is not oracle.NOTHING}
            came = [oracle.key_of(value) for value in await distinct.fetch()]
            assert len(came) == len(unique)
            assert set(came) == unique
            missing = [value is oracle.NOTHING for value in there]
            assert len(groups) == len(set(zip(keys, missing, strict=True)))
            texts = await docs.order_by("place").values_list(KT("found"), flat=True).fetch()
            for text, value in zip(texts, shown, strict=True):
                if isinstance(value, str | bool | int | None):
                    assert text == oracle.text_of(value)
            raise Undo
    except Undo:
        pass
