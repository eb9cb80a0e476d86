# generated from tests/_async/test_oracle_django.py by scripts/generate_sync.py;
# change that file, not this one
"""Does covet answer random questions as Django does, on the very same rows?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

import covet.sync as covet
from covet.sync import Database, atomic

from ..databases import Scratch
from ..oracle import aggregates, saying
from ..oracle.django_twin import saying as django_saying
from ..oracle.django_twin.connecting import Django
from ..oracle.django_twin.differences import DIFFERENCES, IN_TREES, REFUSALS
from ..oracle.django_twin.verdicts import Verdicts
from ..oracle.reference import Reference, Step
from ..oracle.story import told
from ..oracle.strategies import (
    Chains,
    Listing,
    Listings,
    Scenario,
    chains,
    examples,
    listings,
    scenarios,
)
from ..oracle.strategies.values import worlds
from ..oracle.tables import World
from ..oracle.tree import paths
from .test_oracle import BY_TABLE, Author, Post, store

MODELS = [Author, Post]


@pytest.fixture(scope="module")
def django(url: str) -> Iterator[Django]:
    """Django on the same database."""
    django = Django(url)
    yield django
    django.close()


def store_for_all(world: World) -> None:
    """Write the rows, and let other connections see them."""
    with atomic():
        store(world)


def asked(table: str, steps: Sequence[Step]) -> Any:
    """The queryset for a chain of calls."""
    query = BY_TABLE[table].objects.all()
    for step in steps:
        query = getattr(query, step.verb)(saying.q(step.condition, BY_TABLE[table]))
    return query


def keys(table: str, steps: Sequence[Step]) -> set[int]:
    """The primary keys that are left after a chain of calls."""
    return {*asked(table, steps).values_list("pk", flat=True).fetch()}


def django_keys(table: str, steps: Sequence[Step], django: Django) -> set[int]:
    """The primary keys that Django leaves."""
    return {
        *django.rows(
            lambda alias: django_saying.asked(table, steps, alias).values_list("pk", flat=True)
        )
    }


@given(scenario=scenarios())
@examples(8)
def test_filter_and_exclude_keep_what_django_keeps(
    db: Database, scratch: Scratch, kind: str, django: Django, scenario: Scenario
) -> None:
    store_for_all(scenario.world)
    try:
        for question in scenario.questions:
            for verb in ("filter", "exclude"):
                steps = [Step(verb, question.tree)]
                check(scenario.world, question.table, steps, kind, django)
    finally:
        scratch.empty()


@given(chains=chains())
@examples(8)
def test_chains_of_calls_keep_what_django_keeps(
    db: Database, scratch: Scratch, kind: str, django: Django, chains: Chains
) -> None:
    store_for_all(chains.world)
    try:
        for chain in chains.chains:
            check(chains.world, chain.table, chain.steps, kind, django)
    finally:
        scratch.empty()


def check(world: World, table: str, steps: Sequence[Step], kind: str, django: Django) -> None:
    verdicts = Verdicts(Reference(world, table), kind)
    if all(verdicts.can_be_asked(step) for step in steps):
        with told(world, steps, asked(table, steps), django):
            same = verdicts.comparable(steps)
            assert keys(table, steps) & same == django_keys(table, steps, django) & same


@given(listings=listings())
@examples(8)
def test_orderings_and_values_are_those_of_django(
    db: Database, scratch: Scratch, kind: str, django: Django, listings: Listings
) -> None:
    store_for_all(listings.world)
    try:
        for listing in listings.listings:
            check_listing(listings.world, listing, kind, django)
    finally:
        scratch.empty()


def check_listing(world: World, listing: Listing, kind: str, django: Django) -> None:
    table, step = listing.question.table, Step("filter", listing.question.tree)
    verdicts = Verdicts(Reference(world, table), kind)
    if not verdicts.can_be_asked(step):
        return
    terms = [term for term in listing.terms if verdicts.is_alike(term.by)]
    outputs = [path for path in listing.shown if verdicts.is_alike(path)]
    shown = [saying.spelled(path) for path in outputs]
    ours = asked(table, [step]).order_by(*saying.order_by(terms)).values_list("pk", *shown)

    def theirs(alias: str) -> Any:
        query = django_saying.asked(table, [step], alias)
        return query.order_by(*django_saying.order_by(terms)).values_list("pk", *shown)

    with told(world, [step, *terms], ours, django):
        read = [path for part in (*outputs, *(term.by for term in terms)) for path in paths(part)]
        same = verdicts.comparable([step], read)
        found = [row for row in ours.fetch() if row[0] in same]
        assert found == [row for row in django.rows(theirs) if row[0] in same]


@given(world=worlds(), chains=st.lists(aggregates.calls, min_size=2, max_size=6))
@examples(8)
def test_aggregates_groups_and_having_are_those_of_django(
    db: Database, scratch: Scratch, django: Django, world: World, chains: Any
) -> None:
    store_for_all(world)
    try:
        for calls in chains:
            ours = aggregates.said(Author.objects.all(), covet, calls)
            with told(world, calls, ours, django):
                found = aggregates.alike(ours.fetch())
                theirs = django.rows(lambda alias, c=calls: django_saying.aggregated(c, alias))
                assert found == aggregates.alike(theirs)
    finally:
        scratch.empty()


@pytest.mark.parametrize("difference", [*DIFFERENCES, *IN_TREES], ids=lambda one: one.reason[:40])
def test_what_is_listed_as_a_difference_is_one(
    db: Database, kind: str, django: Django, difference: Any
) -> None:
    example = difference.example
    store_for_all(example.world)
    found = keys(example.table, [example.step])
    reference = Reference(example.world, example.table)
    assert found == {row["id"] for row in reference.chained([example.step])}
    if kind in difference.on:
        assert django_keys(example.table, [example.step], django) != found, django.sql()


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.reason[:40])
def test_what_is_listed_as_refused_by_django_is(
    db: Database, kind: str, django: Django, refusal: Any
) -> None:
    example = refusal.example
    store_for_all(example.world)
    reference = Reference(example.world, example.table)
    found = keys(example.table, [example.step])
    assert found == {row["id"] for row in reference.chained([example.step])}
    if kind in refusal.on:
        with pytest.raises((DatabaseError, FieldError, ArithmeticError, ValueError)):
            django_keys(example.table, [example.step], django)
