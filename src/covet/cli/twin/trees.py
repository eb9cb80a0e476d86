"""Do the generated trees agree with the authored ones, and how are they brought to?"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ...errors import CovetError
from .render import SCRIPT, Refused, render
from .report import Problem, difference
from .rules import RULES, Renamer, Rule
from .tools import check_pins, formatted

MARKER = re.compile(r"^# covet: no twin\b[ \t]*(?:[—-]+[ \t]*(\S.*))?$", re.M)
MARKED_LINES = 10
RULES_FILE = PurePath("src/covet/cli/twin/rules.py")


@dataclass(frozen=True)
class Tree:
    """A folder of authored files and the folder of their twins, both relative to the root."""

    authored: PurePath
    twin: PurePath
    library: bool = False


@dataclass
class Plan:
    """What the twins should be: their texts, the files without one, and what is refused."""

    texts: dict[PurePath, str] = field(default_factory=dict)
    untwinned: dict[PurePath, str] = field(default_factory=dict)
    refused: set[PurePath] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    used: set[Rule] = field(default_factory=set)


def trees_of(root: Path) -> list[Tree]:
    """The trees of this repository: src, tests and examples, where one side of them exists."""
    examples = {
        folder.parent.relative_to(root)
        for side in ("_async", "_sync")
        for folder in root.glob(f"examples/*/{side}")
    }
    trees = [
        Tree(PurePath("src/covet/_async"), PurePath("src/covet/_sync"), library=True),
        *(
            Tree(folder / "_async", folder / "_sync")
            for folder in (PurePath("tests"), *sorted(examples))
        ),
    ]
    return [t for t in trees if (root / t.authored).is_dir() or (root / t.twin).is_dir()]


def plan(root: Path, trees: Iterable[Tree] | None = None, *, rules: Sequence[Rule] = RULES) -> Plan:
    """The twins of every file in the trees, formatted; nothing is written."""
    made = Plan()
    renamer = Renamer(rules)
    for tree in trees_of(root) if trees is None else trees:
        for path in _files(root, tree.authored):
            _plan_file(made, root, tree, path, renamer)
    made.used |= renamer.used
    made.texts = dict(formatted(made.texts, root))
    return made


def _plan_file(made: Plan, root: Path, tree: Tree, path: PurePath, renamer: Renamer) -> None:
    twin = tree.twin / path.relative_to(tree.authored)
    try:
        source = _read(root, path)
        reason = _untwinned(tree, path, source)
        if reason is not None:
            made.untwinned[twin] = reason
            return
        _refuse_names(path, path.relative_to(tree.authored), renamer)
        made.texts[twin] = render(
            source, path, renamer=renamer, root=root, library=tree.library, by=SCRIPT
        )
    except Refused as refused:
        made.problems += refused.problems
        made.refused.add(twin)
    except SyntaxError as error:
        made.problems.append(Problem(path, f"cannot be parsed: {error.msg}", error.lineno))
        made.refused.add(twin)
        made.used.update(renamer.rules)  # nobody knows what it would have used


def _read(root: Path, path: PurePath) -> str:
    if path.suffix != ".py":
        raise Refused([Problem(path, "only .py files have twins: keep data outside of _async")])
    try:
        return (root / path).read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Refused([Problem(path, "is not UTF-8")]) from error


def _untwinned(tree: Tree, path: PurePath, source: str) -> str | None:
    """Why this file says that it has no twin, or None if it has one."""
    head = "\n".join(source.split("\n")[:MARKED_LINES])
    marker = MARKER.search(head)
    if marker is None:
        return None
    line = head.count("\n", 0, marker.start()) + 1
    if marker[1] is None:
        raise Refused([Problem(path, "`# covet: no twin — <reason>` needs its reason", line)])
    if tree.library:
        raise Refused([Problem(path, "every file of the library has a twin", line)])
    return marker[1]


def _refuse_names(path: PurePath, inner: PurePath, renamer: Renamer) -> None:
    for part in inner.with_suffix("").parts:
        if renamer.changes(part):
            twin = renamer.rename(part)
            reason = f"the twin would be imported as `{twin}`: give it a name without a colour"
            raise Refused([Problem(path, reason)])


def problems(
    root: Path, trees: Iterable[Tree] | None = None, *, rules: Sequence[Rule] = RULES
) -> list[Problem]:
    """Everything in which the trees on disk are not what they should be."""
    trees = list(trees_of(root) if trees is None else trees)
    made = plan(root, trees, rules=rules)
    return [*made.problems, *_wrong(root, trees, made), *_unused(made, rules)]


def _wrong(root: Path, trees: Iterable[Tree], made: Plan) -> Iterator[Problem]:
    for path, text in made.texts.items():
        if not (root / path).is_file():
            yield Problem(path, "missing: it has not been generated")
        else:
            found = difference(path, text.encode(), (root / path).read_bytes())
            if found is not None:
                yield found
    yield from (problem for _, problem in _orphans(root, trees, made))


def _orphans(root: Path, trees: Iterable[Tree], made: Plan) -> Iterator[tuple[PurePath, Problem]]:
    for tree in trees:
        for path in _files(root, tree.twin):
            if path not in made.texts and path not in made.refused:
                source = tree.authored / path.relative_to(tree.twin)
                reason = made.untwinned.get(path)
                why = f"says that it has no twin ({reason})" if reason else "does not exist"
                yield path, Problem(path, f"orphan: {source.as_posix()} {why}")


def _unused(made: Plan, rules: Sequence[Rule]) -> Iterator[Problem]:
    for rule in rules:
        if rule not in made.used:
            reason = f"the rule {rule.find} → {rule.replace} matches nothing: remove it"
            yield Problem(RULES_FILE, reason)


def generate(
    root: Path, trees: Iterable[Tree] | None = None, *, rules: Sequence[Rule] = RULES
) -> tuple[list[str], list[Problem]]:
    """Bring the twins up to date: what was done, and what stands in the way of the rest."""
    trees = list(trees_of(root) if trees is None else trees)
    made = plan(root, trees, rules=rules)
    done = [_write(root, path, text) for path, text in made.texts.items()]
    left = list(made.problems)
    for path, problem in list(_orphans(root, trees, made)):
        if _is_generated(root / path):
            (root / path).unlink()
            done.append(f"removed {path.as_posix()}")
        else:
            left.append(problem)
    return [line for line in done if line], left


def _write(root: Path, path: PurePath, text: str) -> str:
    place, content = root / path, text.encode()
    if place.is_file() and place.read_bytes() == content:
        return ""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return f"wrote {path.as_posix()}"


def _is_generated(file: Path) -> bool:
    # What somebody wrote into a generated folder by hand is theirs to move.
    return b"# generated from " in file.read_bytes()[:200]


def _files(root: Path, folder: PurePath) -> list[PurePath]:
    """The files below a folder, but for caches and whatever hides behind a dot."""
    paths = (file.relative_to(root) for file in (root / folder).rglob("*") if file.is_file())
    return sorted(path for path in paths if not any(map(_is_hidden, path.parts)))


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"


def main(root: Path, arguments: Sequence[str] | None = None) -> int:
    """The command line of scripts/generate_sync.py."""
    parser = argparse.ArgumentParser(
        prog=SCRIPT, description="Generate the sync twins of src, tests and examples."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    check = parser.parse_args(arguments).check
    try:
        check_pins(root)
        return _check(root) if check else _generate(root)
    except CovetError as error:
        print(error, file=sys.stderr)
        return 2


def _check(root: Path) -> int:
    found = problems(root)
    _print(found)
    if found:
        print(f"{len(found)} problems; {SCRIPT} brings twins up to date", file=sys.stderr)
        return 1
    twins = sum(len(_files(root, tree.twin)) for tree in trees_of(root))
    print(f"{twins} twins are up to date")
    return 0


def _generate(root: Path) -> int:
    done, left = generate(root)
    _print(done)
    _print(left)
    if not done and not left:
        print("nothing to do: the twins are up to date")
    return 1 if left else 0


def _print(lines: Iterable[object]) -> None:
    for line in lines:
        print(line)
