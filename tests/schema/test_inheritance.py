"""What can be inherited from a model with a table, what not, and what does each class get?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from covet import aio, sync
from covet.aio import (
    CharField,
    ForeignKey,
    Index,
    IntegerField,
    Manager,
    ManyToManyField,
    Model,
    ModelError,
    OneToOneField,
)


class Owner(Model):
    name = CharField(max_length=9)


class Labelled(Model):
    label = CharField(max_length=9, default="")

    class Meta:
        abstract = True
        app_label = "geo"
        get_latest_by = "label"
        indexes = (Index("label", name="by_label"),)


class Place(Labelled):
    name = CharField(max_length=9)
    owner = ForeignKey(Owner, null=True, related_name="places")
    guests = ManyToManyField(Owner, related_name="guest_of")

    class Meta:
        ordering = ("name",)
        verbose_name = "spot"
        db_table = "spots"
        indexes = (Index("name", name="by_name"),)


class Shop(Place):
    size = IntegerField(default=1)


class Visit(Model):
    place = ForeignKey(Place, related_name="visits", related_query_name="visit")


def declare(name: str, /, *bases: Any, **names: Any) -> Any:
    module = names.pop("module", __name__)
    return type(bases[0])(name, bases, {"__module__": module, "__qualname__": name, **names})


def meta(**words: Any) -> type:
    return type("Meta", (), words)


PROXY = meta(proxy=True)


def refused(make: Callable[[], object]) -> str:
    with pytest.raises(ModelError) as error:
        make()
    return str(error.value)


# --- what a child gets ---------------------------------------------------------------------------


def test_a_child_has_the_parents_fields_first_then_the_link() -> None:
    table = Shop._table

    names = [field.name for field in table.fields]

    assert names == ["id", "label", "name", "owner", "place_ptr", "size"]
    assert [field.name for field in table.local_fields] == ["place_ptr", "size"]
    assert [field.name for field in table.local_relations] == ["place_ptr"]
    assert table.pk.name == "place_ptr"
    assert table.key_names == ("place_ptr_id", "id")
    assert list(table.parents) == [table.pk]
    assert table.parts == (Place._table, table)


def test_positional_values_come_in_that_order() -> None:
    shop = Shop(1, "l", "n", None, 1, 5)

    assert (shop.id, shop.label, shop.name, shop.pk, shop.size) == (1, "l", "n", 1, 5)


def test_fields_of_parents_are_expressions_of_the_child() -> None:
    assert repr(Shop.name) == "Shop.name"
    assert repr(Shop.owner) == "Shop.owner"
    assert "name" in dir(Shop)
    with pytest.raises(AttributeError):
        Shop.colour  # type: ignore[attr-defined]  # noqa: B018


def test_only_order_and_latest_are_inherited_from_a_model_with_a_table() -> None:
    options = Shop._table.options

    assert (options.ordering, options.get_latest_by) == (("name",), ("label",))
    assert (options.verbose_name, options.indexes) == (None, ())
    assert Shop._table.name == "geo_shop"  # the app is that of the abstract model above
    shown = declare("Shown", Labelled)
    assert len(shown._table.options.indexes) == 1
    assert declare("ShownShop", shown)._table.options.indexes == ()
    assert declare("ShownProxy", shown, Meta=PROXY)._table.options.indexes == ()


def test_a_meta_that_says_an_order_has_its_own() -> None:
    plain = declare("PlainShop", Place, Meta=meta(ordering=()))
    other = declare("OtherShop", Place, Meta=meta(verbose_name="o"))

    assert plain._table.options.ordering == ()
    assert other._table.options.ordering == ("name",)


def test_an_abstract_model_in_front_hands_on_its_own_meta_only() -> None:
    front = declare("Front", Model, Meta=meta(abstract=True))

    assert declare("FrontShop", front, Place)._table.options.ordering == ()
    assert declare("BackShop", Place, front)._table.options.ordering == ("name",)


def test_an_abstract_model_between_has_no_rows() -> None:
    between = declare("Between", Place, Meta=meta(abstract=True), extra=IntegerField(default=3))
    leaf = declare("Leaf", between)

    with pytest.raises(TypeError, match="Between is abstract"):
        between()
    with pytest.raises(AttributeError, match="Between is abstract and has no rows"):
        between.objects  # noqa: B018
    assert [field.name for field in leaf._table.local_fields] == ["place_ptr", "extra"]
    assert leaf.objects.model is leaf
    assert (leaf(name="x").extra, leaf(name="x").name) == (3, "x")


def test_a_parent_of_a_parent_is_linked_through_it() -> None:
    both = declare("Both", Shop, Place)

    assert [link.name for link in both._table.parents] == ["shop_ptr"]
    assert both._table.key_names == ("shop_ptr_id", "place_ptr_id", "id")


@pytest.mark.parametrize("to", [Place, "Place", lambda: Place])
def test_a_declared_link_is_taken_however_it_names_the_parent(to: Any) -> None:
    link = OneToOneField(to, parent_link=True, related_name="+")
    child = declare("Linked", Place, spot=link)

    assert [field.name for field in child._table.local_fields] == ["spot"]
    assert child._table.pk.name == "spot"
    assert child(pk=4).id == 4


def test_managers_are_inherited_and_belong_to_the_child() -> None:
    own = type("Own", (Manager,), {})
    parent = declare("Managed", Model, first=own(), second=Manager())
    child = declare("ManagedChild", parent, third=Manager())

    assert [m.model for m in (child.first, child.second, child.third)] == [child] * 3
    assert type(child.first) is own
    assert child._default_manager is child.third
    assert parent._default_manager is parent.first


# --- what a child cannot have --------------------------------------------------------------------


def test_a_field_of_a_parents_name_is_refused() -> None:
    said = "{} clashes with Place.{}, which Bad inherits. Choose another name; only what comes "
    said += "from an abstract model can be replaced."

    for name, value, taken in (
        ("name", IntegerField(), "name"),
        ("owner_id", IntegerField(), "owner"),
        ("label", CharField(max_length=9), "label"),
        ("name", None, "name"),
        ("guests", IntegerField(), "guests"),
        ("owner", ManyToManyField(Owner, related_name="+"), "owner"),
        ("name", property(str), "name"),
    ):
        message = refused(lambda n=name, v=value: declare("Bad", Place, **{n: v}))  # type: ignore[misc]
        assert message == said.format(f"Bad.{name}", taken)
    mixin = declare("Mixin", Model, Meta=meta(abstract=True), name=IntegerField())
    assert refused(lambda: declare("Bad", mixin, Place)) == said.format("Bad.name", "name")


def test_a_field_of_the_name_of_a_way_back_is_refused() -> None:
    for name in ("visits", "visit"):
        assert refused(lambda n=name: declare("Bad", Place, **{n: IntegerField()})) == (  # type: ignore[misc]
            f"Bad.{name} clashes with the way back Place.{name}, which Bad inherits. Choose "
            "another name, or another related_name for <ForeignKey: Visit.place>."
        )


def test_a_way_back_of_the_name_of_a_childs_field_is_refused() -> None:
    key = ForeignKey(Place, related_name="size")

    assert refused(lambda: declare("Bad", Model, place=key)) == (
        "The way back from Place along Bad.place would be called 'size', which Shop has already. "
        'Give Bad.place another name: related_name="…".'
    )


def test_a_key_to_the_parent_needs_a_name_for_its_way_back() -> None:
    assert "would be called 'bad', which Place has already" in refused(
        lambda: declare("Bad", Place, near=ForeignKey(Place, null=True))
    )


def test_parents_with_the_same_fields_are_refused() -> None:
    assert refused(lambda: declare("Bad", Place, Owner)) == (
        "Bad would inherit 'id' from both Place and Owner. "
        "Let Bad have a OneToOneField to one of them instead."
    )


def test_a_link_has_to_be_one() -> None:
    assert refused(lambda: declare("Bad", Place, place_ptr=IntegerField())) == (
        "Bad.place_ptr has the name of the link to Place, which Bad inherits from. Choose another "
        "name, or make it that link: OneToOneField(Place, parent_link=True)."
    )
    assert refused(lambda: declare("Bad", Model, spot=OneToOneField(Place, parent_link=True))) == (
        "Bad.spot has parent_link=True, but Bad does not inherit from a model that it points to. "
        "Leave out parent_link."
    )
    for link in (
        ForeignKey(Place, parent_link=True),
        OneToOneField(Place, parent_link=True, null=True),
        OneToOneField(Place, parent_link=True, to_field="id"),
    ):
        assert refused(lambda f=link: declare("Bad", Place, spot=f)) == (  # type: ignore[misc]
            "Bad.spot has parent_link=True, but is no OneToOneField to the parent's key. "
            "Write spot = OneToOneField(…, parent_link=True), without more."
        )


def test_indexes_and_constraints_over_inherited_columns_are_refused() -> None:
    for word, value in (
        ("indexes", (Index("name", name="n"),)),
        ("unique_together", (("name", "size"),)),
    ):
        words = meta(**{word: value})
        bad = lambda w=words: declare("Bad", Place, Meta=w, size=IntegerField())  # noqa: E731
        assert refused(bad) == (
            f"Bad.Meta.{word} names 'name', whose column is in the table of Place. "
            "Say it in the Meta of Place."
        )


def test_a_relation_may_hide_the_way_back_to_another_child() -> None:
    declare("Sister", Place)
    brother = declare("Brother", Place, sister=ForeignKey("Sister", related_name="brothers"))
    early = declare("Early", Place, late=ForeignKey("Late", related_name="+", null=True))
    late = declare("Late", Place)

    assert repr(brother.sister) == "Brother.sister"
    assert brother._table.names["sister"].column == "sister_id"
    assert early._table.field("late").related_model is late
    assert refused(lambda: declare("Bad", Place, sister=IntegerField())) == (
        "Bad.sister clashes with the way back Place.sister, which Bad inherits. Choose another "
        "name, or another related_name for <OneToOneField: Sister.place_ptr>."
    )


def test_a_refused_child_leaves_nothing_behind() -> None:
    before = set(Place._table.reverse)
    refused(lambda: declare("Bad", Place, near=ForeignKey(Place, null=True)))

    assert set(Place._table.reverse) == before
    assert not hasattr(Place, "bad")


# --- proxies -------------------------------------------------------------------------------------


def test_a_proxy_shares_the_table_but_not_its_name_in_python() -> None:
    proxy = declare("Spot", Place, Meta=PROXY)
    second = declare("Spot2", proxy, Meta=PROXY)
    table = second._table

    assert (table.name, table.model_name, table.concrete) == ("spots", "Spot2", Place._table)
    assert table.fields is Place._table.fields
    assert table.is_proxy
    assert not Place._table.is_proxy
    assert table.options.ordering == ("name",)
    assert repr(second.name) == "Spot2.name"


def test_a_proxy_of_a_child_is_one() -> None:
    proxy = declare("SmallShop", Shop, Meta=PROXY)

    assert proxy._table.concrete is Shop._table
    assert proxy(name="x").size == 1


def test_what_a_proxy_cannot_have() -> None:
    assert refused(lambda: declare("Bad", Place, Meta=PROXY, size=IntegerField())) == (
        "Bad is a proxy and cannot have fields of its own: 'size'. Declare them in Place, or leave "
        "out proxy = True, which gives Bad a table."
    )
    assert refused(lambda: declare("Bad", Model, Meta=PROXY)) == (
        "Bad is a proxy and must inherit from one model with a table, not none. "
        "Leave out proxy = True."
    )
    tags = ManyToManyField(Owner, related_name="+")
    assert "fields of its own: 'tags'" in refused(
        lambda: declare("Bad", Place, Meta=PROXY, tags=tags)
    )
    assert "not Place, Owner" in refused(lambda: declare("Bad", Place, Owner, Meta=PROXY))
    assert refused(lambda: declare("Bad", Place, Meta=meta(proxy=True, db_table="x"))) == (
        "Bad is a proxy and has no table of its own, but its Meta says db_table. "
        "Say it in the Meta of the model that Bad is a proxy of."
    )
    both = meta(proxy=True, abstract=True)
    assert refused(lambda: declare("Bad", Place, Meta=both)) == (
        "Bad.Meta says both abstract and proxy. Leave one out."
    )
    assert "Bad.name clashes with Place.name" in refused(
        lambda: declare("Bad", Place, Meta=PROXY, name=property(str))
    )


def test_a_proxy_or_a_child_that_is_declared_again_replaces_the_earlier_one() -> None:
    declare("Again", Place, Meta=PROXY)
    pointing = declare("Pointing", Model, to=ForeignKey("Again", related_name="pointing"))
    again = declare("Again", Place, Meta=PROXY)
    assert pointing._table.field("to").related_model is again
    assert Place._table.reverse["pointing"].field is pointing._table.field("to")

    declare("Twice", Place, size=IntegerField())
    twice = declare("Twice", Place, size=IntegerField(), depth=IntegerField())
    assert Place._table.reverse["twice"].source is twice._table
    assert Owner._table.reverse["places"].source is Place._table
    assert declare("PlaceKey", Model, at=ForeignKey(Place, related_name="depths")) is not None


def test_twins_are_compared_as_proxies_and_children_too() -> None:
    for face, proxied in ((aio, False), (sync, True)):
        module = f"inherited.{face.__name__.rpartition('.')[2]}"
        base = declare("Base", face.Model, module=module, x=face.IntegerField())
        words = {"Meta": PROXY} if proxied else {}
        if proxied:
            with pytest.raises(ModelError) as error:
                declare("Child", base, module=module, **words)
        else:
            declare("Child", base, module=module)

    assert str(error.value) == (
        "inherited.sync.Child and its twin inherited.aio.Child differ: "
        "proxy of base against child.base_ptr_id foreignkey. Generate the twin again."
    )
