"""Which model does a relation mean that is only named, and declared later or again?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from covet import aio, sync
from covet.schema import registry as registries

MADE = SimpleNamespace()
MOODS = [("good", "Good"), ("bad", "Bad")]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries that know no model of another test."""
    monkeypatch.setattr(registries, "TWINS", {})
    for model in (aio.Model, sync.Model):
        for models in ("models", "named", "pending"):
            monkeypatch.setattr(model._registry, models, {})


@pytest.fixture(params=[aio, sync], ids=["aio", "sync"])
def face(request: pytest.FixtureRequest) -> ModuleType:
    """Each of the two colours."""
    found: ModuleType = request.param
    return found


def declare(face: Any, name: str, module: str = "blog", **fields: Any) -> Any:
    base = face.Model
    return type(base)(name, (base,), {"__module__": module, "__qualname__": name, **fields})


def known(face: Any) -> list[str]:
    return [model.__name__ for model in face.Model._registry.known()]


def links(model: Any, name: str) -> tuple[Any, str, str]:
    """The related model of a many-to-many relation, and the columns of its table between."""
    many = model._table.many[name]
    return many.related_model, many.near.column, many.far.column


# --- each way to name a model ---------------------------------------------------------------------


@pytest.mark.parametrize("relation", ["ForeignKey", "OneToOneField", "ManyToManyField"])
@pytest.mark.parametrize(
    "to", ["Later", "blog.Later", lambda: MADE.later], ids=["name", "path", "function"]
)
@pytest.mark.parametrize("is_early", [False, True])
def test_a_model_may_be_named_before_or_after_it_is_declared(
    face: Any, relation: str, to: Any, is_early: bool
) -> None:
    vars(MADE).clear()

    def later() -> None:
        MADE.later = declare(face, "Later")

    if is_early:
        later()
    post = declare(face, "Post", link=getattr(face, relation)(to, related_name="posts"))
    if not is_early:
        later()

    declared = post._table.many.get("link") or post._table.names["link"]
    assert declared.related_model is MADE.later
    assert MADE.later._table.reverse["posts"].field is declared
    assert not face.Model._registry.pending


@pytest.mark.parametrize("to", ["self", "Node", "blog.Node", lambda: MADE.later])
def test_a_model_may_point_to_itself_by_any_of_its_names(face: Any, to: Any) -> None:
    vars(MADE).clear()
    node = declare(
        face,
        "Node",
        parent=face.ForeignKey(to, null=True, related_name="children"),
        twin=face.OneToOneField(to, null=True, related_name="+"),
        peers=face.ManyToManyField(to, symmetrical=False, related_name="peer_of"),
    )
    MADE.later = node

    assert node._table.names["parent"].related_model is node
    assert node._table.names["twin"].related_model is node
    assert links(node, "peers") == (node, "from_node_id", "to_node_id")


def test_only_self_is_mutual_unless_told_otherwise(face: Any) -> None:
    node = declare(
        face,
        "Node",
        friends=face.ManyToManyField("self"),
        fans=face.ManyToManyField("Node", related_name="fan_of"),
    )

    assert node._table.many["friends"].symmetrical
    assert not node._table.many["fans"].symmetrical


@pytest.mark.parametrize("through", ["Seat", "band.Seat", lambda: MADE.later])
@pytest.mark.parametrize("order", ["Band Person Seat", "Seat Band Person", "Person Seat Band"])
def test_a_table_between_may_be_declared_at_any_time(face: Any, through: Any, order: str) -> None:
    vars(MADE).clear()

    def band() -> Any:
        many = face.ManyToManyField("Person", through=through, related_name="bands")
        return declare(face, "Band", "band", members=many)

    def seat() -> Any:
        band, person = face.ForeignKey("Band"), face.ForeignKey("Person")
        MADE.later = declare(face, "Seat", "band", band=band, person=person)
        return MADE.later

    def person() -> Any:
        return declare(face, "Person", "band")

    makers: dict[str, Callable[[], Any]] = {"Band": band, "Person": person, "Seat": seat}
    made = {name: makers[name]() for name in order.split()}

    assert made["Band"].members.through is made["Seat"]
    assert links(made["Band"], "members") == (made["Person"], "band_id", "person_id")
    assert hasattr(made["Person"](id=1), "bands")
    assert not face.Model._registry.pending


def test_keys_of_a_table_between_that_only_a_query_settles(face: Any) -> None:
    """Names of other modules are looked for once all modules have had their turn."""
    band = declare(
        face, "Band", "a", members=face.ManyToManyField("Person", through="Seat", related_name="b")
    )
    seat = declare(
        face, "Seat", "b", band=face.ForeignKey("Band"), person=face.ForeignKey("Person")
    )
    person = declare(face, "Person", "c")

    assert person.objects.filter(b__id=1).sql("sqlite")
    assert band.members.through is seat


def test_the_nearest_of_several_models_of_a_name_is_meant(face: Any) -> None:
    declare(face, "Tag", "other")
    post = declare(face, "Post", "blog", tags=face.ManyToManyField("Tag", related_name="posts"))
    tag = declare(face, "Tag", "blog")

    assert post.tags.related_model is tag


def test_choices_do_not_look_for_models_too_early(face: Any) -> None:
    declare(face, "Tag", "other")
    post = declare(face, "Post", "blog", tag=face.ForeignKey("Tag"))
    declare(face, "Mood", "blog", mood=face.CharField(max_length=9, choices=MOODS))
    tag = declare(face, "Tag", "blog")

    assert post._table.names["tag"].related_model is tag


# --- circles --------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Writes the modules of a package ``ring``, given their text."""
    (tmp_path / "ring").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def write(**modules: str) -> None:
        for name, text in {"__init__": "", **modules}.items():
            text = f"from covet.sync import *\n{text}" if text else ""
            (tmp_path / "ring" / f"{name}.py").write_text(text)

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == "ring"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "a",
    [
        "import ring.b\nclass A(Model):\n    bs = ManyToManyField(lambda: ring.b.B)",
        "class A(Model):\n    bs = ManyToManyField('B')\nimport ring.b",
        "class A(Model):\n    bs = ManyToManyField('ring.b.B')\nimport ring.b",
    ],
)
def test_models_of_two_modules_may_be_related_in_both_directions(
    package: Callable[..., None], a: str
) -> None:
    package(
        a=a,
        b="import ring.a\n"
        "class B(Model):\n    mine = ManyToManyField(lambda: ring.a.A, related_name='of')\n"
        "    one = OneToOneField('A', null=True)",
    )

    import ring.a  # type: ignore[import-not-found]

    a_model, b_model = ring.a.A, ring.b.B
    assert a_model.bs.related_model is b_model
    assert b_model.mine.related_model is a_model
    assert b_model.one.path == "one"
    assert a_model(id=1).of.model is b_model
    assert b_model(id=1).a_set.model is a_model


def test_a_function_may_import_the_module_that_it_waits_for(package: Callable[..., None]) -> None:
    package(
        a="def b():\n    from ring.b import B\n    return B\n"
        "class A(Model):\n    bs = ManyToManyField(b, related_name='a_s')",
        b="class B(Model):\n    back = ManyToManyField('A', related_name='+')",
    )

    import ring.a

    assert ring.a.A.bs.related_model.back.related_model is ring.a.A


# --- what is never declared -----------------------------------------------------------------------


def said(use: Callable[[], Any]) -> str:
    with pytest.raises(sync.ModelError) as error:
        use()
    return str(error.value)


IMPORT = "Import the module of that model before the first query."


def test_what_is_missing_of_a_relation_is_named(face: Any) -> None:
    person = declare(face, "Person")
    lost = declare(face, "Lost", people=face.ManyToManyField("Nobody", related_name="+"))
    band = declare(
        face, "Band", people=face.ManyToManyField(person, through="Seat", related_name="+")
    )

    assert said(lambda: lost.people.through) == (
        f"Lost.people points to 'Nobody', which no module that was imported declares. {IMPORT}"
    )
    assert said(lambda: band(id=1).people) == (
        f"Band.people points to 'Seat', which no module that was imported declares. {IMPORT}"
    )

    declare(
        face,
        "Seat",
        band=face.ForeignKey(band),
        person=face.ForeignKey(person),
        hall=face.ForeignKey("Hall"),
    )
    assert said(lambda: band.people.related_model) == (
        f"Seat.hall points to 'Hall', which no module that was imported declares. {IMPORT}"
    )


def test_a_function_of_a_many_to_many_relation_that_fails_is_named(face: Any) -> None:
    post = declare(face, "Post", tags=face.ManyToManyField(lambda: time.nothing))  # type: ignore[attr-defined]

    assert said(lambda: post.tags.through) == (
        "Post.tags points to a function that raises AttributeError: module 'time' has no "
        f"attribute 'nothing'. {IMPORT}"
    )


def test_a_relation_of_an_abstract_model_leads_nowhere(face: Any) -> None:
    meta = type("Meta", (), {"abstract": True})
    base = declare(face, "Base", tags=face.ManyToManyField("Tag"), Meta=meta)

    assert said(lambda: vars(base)["tags"].through) == (
        "A many-to-many relation of an abstract model leads nowhere. "
        "Ask a model that inherits from it."
    )


@pytest.mark.parametrize("name", ["a__b", "a_", "a b"])
@pytest.mark.parametrize("option", ["related_name", "related_query_name"])
def test_a_way_back_has_a_plain_name(face: Any, option: str, name: str) -> None:
    tag = declare(face, "Tag")

    for relation in (face.ForeignKey, face.OneToOneField, face.ManyToManyField):
        with pytest.raises(face.ModelError) as error:
            declare(face, "Post", tag=relation(tag, **{option: name}))
        assert str(error.value) == (
            f"Post.tag cannot have a way back that is called {name!r}: '__' and a trailing '_' are "
            'the marks of lookups. Choose a plain name, or "+" for none.'
        )


def test_a_way_back_may_be_named_after_its_model(face: Any) -> None:
    tag = declare(face, "Tag")
    key = face.ForeignKey(tag, related_name="%(class)ss", related_query_name="a_%(class)s")
    declare(face, "Post", tag=key)
    declare(face, "Odd__", tag=face.ForeignKey(tag))

    assert tag._table.reverse["a_post"].name == "posts"
    assert tag._table.reverse["odd__"].name == "odd___set"


# --- declared again, as the cells of a notebook are -----------------------------------------------


def test_the_owner_of_many_to_many_relations_is_declared_again(face: Any) -> None:
    tag = declare(face, "Tag", "__main__")
    for _ in range(2):
        post = declare(
            face,
            "Post",
            "__main__",
            tags=face.ManyToManyField(tag, related_name="posts"),
            friends=face.ManyToManyField("self"),
        )

    assert known(face) == ["Tag", "Post", "Post_tags", "Post_friends"]
    assert tag._table.reverse["posts"].source is post._table
    assert links(post, "friends") == (post, "from_post_id", "to_post_id")
    assert tag(id=1).posts.filter(id=1).sql("sqlite")


def test_a_relation_that_is_not_declared_again_leaves_nothing_behind(face: Any) -> None:
    tag = declare(face, "Tag", "__main__")
    declare(face, "Post", "__main__", tags=face.ManyToManyField(tag, related_name="posts"))

    declare(face, "Post", "__main__")

    assert known(face) == ["Tag", "Post"]
    assert not tag._table.reverse
    assert not tag._table.ways
    assert not hasattr(tag(id=1), "posts")


@pytest.mark.parametrize("by_name", [False, True])
def test_the_target_of_a_many_to_many_relation_is_declared_again(face: Any, by_name: bool) -> None:
    tag = declare(face, "Tag", "__main__")
    to = "Tag" if by_name else tag
    post = declare(face, "Post", "__main__", tags=face.ManyToManyField(to, related_name="posts"))

    again = declare(face, "Tag", "__main__")

    assert sorted(known(face)) == ["Post", "Post_tags", "Tag"]
    assert links(post, "tags") == (again, "post_id", "tag_id")
    assert post.tags.through._table.names["tag"].related_model is again
    assert again(id=1).posts.filter(tags=3).sql("sqlite")
    assert post(id=1).tags.model is again


@pytest.mark.parametrize("name", ["Band", "Person", "Seat"])
@pytest.mark.parametrize("by_name", [False, True])
def test_any_model_of_a_relation_through_another_is_declared_again(
    face: Any, name: str, by_name: bool
) -> None:
    made: dict[str, Any] = {}

    def to(model: str) -> Any:
        return model if by_name or model not in made else made[model]

    def make(model: str) -> None:
        fields = {
            "Band": lambda: {
                "members": face.ManyToManyField(
                    to("Person"), through=to("Seat"), related_name="bands"
                )
            },
            "Seat": lambda: {
                "band": face.ForeignKey(to("Band")),
                "person": face.ForeignKey(to("Person")),
            },
            "Person": dict,
        }[model]()
        made[model] = declare(face, model, "__main__", **fields)

    for model in ("Person", "Band", "Seat"):
        make(model)
    make(name)

    band, person, seat = made["Band"], made["Person"], made["Seat"]
    assert band.members.through is seat
    assert links(band, "members") == (person, "band_id", "person_id")
    assert band._table.many["members"].far is seat._table.names["person"]
    assert person(id=1).bands.filter(seat__id=1).sql("sqlite")
    assert band(id=1).members.filter(seat__id=1).sql("sqlite")
    assert len(face.Model._registry.known()) == 3
    assert len(person._table.reverse) == len(band._table.reverse) + 1 == 2


def test_the_order_of_rows_is_their_owners_as_long_as_they_say_so(face: Any) -> None:
    def answer(**words: str) -> None:
        question = face.ForeignKey("Question", related_name="+")
        declare(face, "Answer", "__main__", question=question, Meta=type("Meta", (), words))

    answer(order_with_respect_to="question")
    for _ in range(2):
        question = declare(face, "Question", "__main__")
        assert hasattr(question, "get_answer_order")

    answer()
    assert not hasattr(question, "get_answer_order")
    assert not hasattr(question, "set_answer_order")
    answer(order_with_respect_to="question")
    assert hasattr(question, "set_answer_order")


def test_instances_of_a_model_that_was_declared_again_say_so(face: Any) -> None:
    tag = declare(face, "Tag", "__main__")
    old = declare(face, "Post", "__main__", tags=face.ManyToManyField(tag, related_name="posts"))
    declare(face, "Post", "__main__", tags=face.ManyToManyField(tag, related_name="posts"))

    assert said(lambda: old(id=1).tags) == (
        "Post.tags belongs to a Post whose place another model of that name has taken. "
        "Make instances of that one."
    )


def test_a_model_that_is_refused_leaves_no_table_between(face: Any) -> None:
    tag = declare(face, "Tag", posts=face.CharField(max_length=9))

    with pytest.raises(face.ModelError) as error:
        declare(
            face,
            "Post",
            first=face.ManyToManyField(tag, related_name="firsts"),
            tags=face.ManyToManyField(tag, related_name="posts"),
        )

    assert str(error.value) == (
        "The way back from Tag along Post.tags would be called 'posts', which Tag has already. "
        'Give Post.tags another name: related_name="…".'
    )
    assert known(face) == ["Tag"]
    assert not tag._table.reverse


def test_a_waiting_relation_that_is_refused_is_refused_again(face: Any) -> None:
    post = declare(face, "Post", tags=face.ManyToManyField("Tag", related_name="posts"))

    for _ in range(2):
        with pytest.raises(face.ModelError):
            declare(face, "Tag", posts=face.CharField(max_length=9))
    assert known(face) == ["Post"]

    tag = declare(face, "Tag")
    assert links(post, "tags") == (tag, "post_id", "tag_id")


# --- many -----------------------------------------------------------------------------------------


def seconds(face: Any, count: int) -> float:
    """How long it takes to declare models that all wait for later ones, in every way."""
    began = time.perf_counter()
    models = []
    for n in range(count):
        module = f"big.m{n}"
        later = f"M{n + 1}"
        models.append(
            declare(
                face,
                f"M{n}",
                module,
                next=face.ForeignKey(f"big.m{n + 1}.{later}", related_name="+"),
                plain=face.ManyToManyField(later, related_name="+"),
                linked=face.ManyToManyField(later, through=f"Link{n}", related_name="+"),
                mood=face.CharField(max_length=9, choices=MOODS, default="good"),
            )
        )
        declare(
            face,
            f"Link{n}",
            module,
            left=face.ForeignKey(f"M{n}", related_name="+"),
            right=face.ForeignKey(later, related_name="+"),
        )
    models.append(declare(face, f"M{count}", f"big.m{count}"))
    took = time.perf_counter() - began
    assert models[0].plain.related_model is models[1]
    assert links(models[-2], "linked") == (models[-1], "left_id", "right_id")
    return took


def test_many_models_with_all_kinds_of_relations_are_declared_quickly() -> None:
    small = seconds(sync, 50)
    large = seconds(sync, 300)

    assert large < 20 * small + 0.5  # six times as many; 36 times as long if each looked at all
