"""Which models does the registry know: many, declared in circles, in two colours, or again?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from covet import aio, sync
from covet.schema import registry as registries


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries that know no model of another test."""
    monkeypatch.setattr(registries, "TWINS", {})
    for model in (aio.Model, sync.Model):
        for models in ("models", "named", "pending"):
            monkeypatch.setattr(model._registry, models, {})


def declare(name: str, module: str, base: Any = sync.Model, **fields: Any) -> Any:
    return type(base)(name, (base,), {"__module__": module, "__qualname__": name, **fields})


def target(model: Any, name: str) -> Any:
    return model._table.field(name).related_model


# --- many ----------------------------------------------------------------------------------------


def chain(count: int) -> tuple[list[Any], float]:
    """Models that each wait for the next, each in a module of its own, and how long they took."""
    began = time.perf_counter()
    models = [
        declare(f"M{n}", f"big.m{n}", next=sync.ForeignKey(f"M{n + 1}", related_name="+"))
        for n in range(count)
    ]
    return models, time.perf_counter() - began


def test_many_models_that_wait_for_each_other_are_declared_quickly() -> None:
    models, seconds = chain(600)

    assert seconds < 2  # 0.1; it took 10 when each looked at all
    assert target(models[0], "next") is models[1]
    assert target(models[598], "next") is models[599]


def test_a_model_is_found_by_the_names_that_waited_for_it() -> None:
    first = declare("First", "a", plain=sync.ForeignKey("Last", related_name="+"))
    second = declare("Second", "b", far=sync.ForeignKey("a.Last", related_name="+"))
    last = declare("Last", "a", me=sync.ForeignKey("self", null=True, related_name="+"))

    assert not sync.Model._registry.pending
    assert target(first, "plain") is target(second, "far") is target(last, "me") is last


# --- circles -------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Writes the modules of a package ``circle``, given their text."""
    (tmp_path / "circle").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def write(**modules: str) -> None:
        for name, text in {"__init__": "", **modules}.items():
            text = f"from covet.sync import ForeignKey, Model\n{text}"
            (tmp_path / "circle" / f"{name}.py").write_text(text)

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == "circle"]:
        del sys.modules[name]


@pytest.mark.parametrize("way", ["attribute", "import"])
def test_a_function_may_name_a_model_of_a_module_that_is_half_imported(
    package: Callable[..., None], way: str
) -> None:
    inner = {
        "attribute": "key = lambda: circle.a.A",
        "import": "def key():\n    from circle.a import A\n    return A",
    }[way]
    package(
        a="import circle.b\nclass A(Model):\n    b = ForeignKey(lambda: circle.b.B)",
        b=f"import circle.a\n{inner}\nclass B(Model):\n    c = ForeignKey(key, related_name='d')",
    )

    import circle.a  # type: ignore[import-not-found]

    assert target(circle.a.A, "b") is circle.b.B
    assert target(circle.b.B, "c") is circle.a.A
    assert circle.a.A(id=1).d.model is circle.b.B


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda: nobody, NameError),  # type: ignore[name-defined]  # noqa: F821
        (lambda: time.Nobody, AttributeError),  # type: ignore[attr-defined]
        (lambda: __import__("no_such_module"), ImportError),
    ],
)
def test_a_function_that_fails_to_the_end_is_named_with_its_relation(
    function: Callable[[], Any], cause: type[Exception]
) -> None:
    post = declare("Post", "blog", author=sync.ForeignKey(function, null=True))
    other = declare("Other", "blog")
    assert other.objects.filter(id=1).sql("sqlite")  # whoever does not ask for it goes on

    with pytest.raises(sync.ModelError) as error:
        post.objects.filter(author__name="Ann")

    assert isinstance(error.value.__cause__, cause)
    found = type(error.value.__cause__).__name__
    assert str(error.value) == (
        f"Post.author points to a function that raises {found}: {error.value.__cause__}. "
        "Import the module of that model before the first query."
    )


# --- twins and models declared again -------------------------------------------------------------


def text() -> Any:
    return sync.CharField(max_length=9)


def test_a_model_that_differs_from_its_twin_is_refused_and_the_earlier_one_stays() -> None:
    declare("Post", "blog.aio", aio.Model, title=text(), views=sync.IntegerField())
    earlier = declare("Post", "blog.sync", title=text(), views=sync.IntegerField())
    key = declare("Note", "blog.sync", post=sync.ForeignKey(earlier))

    with pytest.raises(sync.ModelError) as error:
        declare("Post", "blog.sync", title=text(), likes=sync.IntegerField(null=True), body=text())

    assert str(error.value) == (
        "blog.sync.Post and its twin blog.aio.Post differ: post.likes integer null, post.body char "
        "against post.views integer. Generate the twin again."
    )
    assert sync.Model._registry.known() == [earlier, key]
    assert target(key, "post") is earlier
    assert earlier(id=1).note_set.model is key
    declare("Post", "blog.sync", title=text(), views=sync.IntegerField())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["one"], "nothing against post.two char"),
        (["one", "two", "three"], "post.three char against nothing"),
        (
            ["two", "one"],
            "post.id bigauto, post.two char, post.one char "
            "against post.id bigauto, post.one char, post.two char",
        ),
    ],
)
def test_what_differs_between_twins_is_named(names: list[str], said: str) -> None:
    declare("Post", "blog.aio", aio.Model, one=text(), two=text())

    with pytest.raises(sync.ModelError) as error:
        declare("Post", "blog.sync", **{name: text() for name in names})

    assert str(error.value) == (
        f"blog.sync.Post and its twin blog.aio.Post differ: {said}. Generate the twin again."
    )
    assert sync.Model._registry.known() == []


def test_in_a_notebook_models_of_two_colours_and_one_name_are_no_twins() -> None:
    post = declare("Post", "__main__", aio.Model, title=text())
    declare("Post", "__main__", title=text())
    changed = declare("Post", "__main__", title=text(), views=sync.IntegerField())

    assert sync.Model._registry.known() == [changed]
    assert aio.Model._registry.known() == [post]


# --- many to many --------------------------------------------------------------------------------


def test_a_model_that_is_never_declared_is_named() -> None:
    lonely = declare("Lonely", "blog", others=sync.ManyToManyField("NeverDeclared"))

    with pytest.raises(sync.ModelError) as error:
        lonely.others.through  # noqa: B018

    assert str(error.value) == (
        "Lonely.others points to 'NeverDeclared', which no module that was imported declares. "
        "Import the module of that model before the first query."
    )
