"""What does tracking cost while nobody watches? Instructions of a point query, with and without it.

    python benchmarks/tracking_cost.py

Needs valgrind. The package is copied once more with tracking taken out: every ``WATCH.on`` becomes
False, every look at the observers finds none, and the argument that carries the question to the
connection is gone. Both run ``Item.objects.get(id=1)`` on SQLite in memory under callgrind, which
counts instructions: the same number on every run, whatever else the machine does. Each is run with
two numbers of queries, and the difference is divided by that of the numbers, so that imports and
the first query's plan are not counted. CPython's cache of attributes is a table by addresses, in
which two names may get into each other's way by chance; so each is run with several layouts of its
memory, and the best counts.
"""

from __future__ import annotations

import ast
import compileall
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "covet"
FEW, MANY = 100, 400
LAYOUTS = 4
TRACKED = ("connection.py", "database.py", "pool.py", "queryset.py", "stream.py", "transaction.py")
OBSERVERS = ("on_pool", "on_transaction", "on_connect")

PROGRAM = """
import gc, sys
sys.path.insert(0, sys.argv[1])
padding = [f"padding {n}" for n in range(997 * int(sys.argv[3]))]
from covet.sync import IntegerField, Model, connect, create_tables

class Item(Model):
    number = IntegerField()

with connect("sqlite:///:memory:"):
    create_tables(Item)
    Item.objects.create(number=1)
    gc.disable()  # it runs after so many allocations, imports included
    for _ in range(int(sys.argv[2])):
        Item.objects.get(id=1)
"""


class Without(ast.NodeTransformer):
    """Takes tracking out of a module of the package."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """``WATCH.on`` is False, and nobody observes anything."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) == ("WATCH", "on"):
                return ast.copy_location(ast.Constant(False), node)
            if node.value.id in OBSERVERS and node.attr == "functions":
                return ast.copy_location(ast.Constant(()), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """The question is not handed on."""
        self.generic_visit(node)
        node.args = [arg for arg in node.args if not _is_asked(arg)]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:
        """The question is not made."""
        self.generic_visit(node)
        return None if any(map(_is_asked, node.targets)) else node


def _is_asked(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "asked"


def copy(folder: Path, change: ast.NodeTransformer) -> None:
    """Copy the package into a folder, its sync half changed, and compile it."""
    shutil.copytree(PACKAGE, folder / "covet", ignore=shutil.ignore_patterns("__pycache__"))
    for file in map((folder / "covet" / "_sync").joinpath, TRACKED):
        tree = change.visit(ast.parse(file.read_text()))
        file.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    compileall.compile_dir(folder, quiet=1)


def instructions(source: Path, program: Path, queries: int, layout: int) -> int:
    """How many instructions the program takes for so many queries."""
    counting = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*counting, sys.executable, str(program), str(source), str(queries), str(layout)],
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1])


def of_one_query(source: Path, program: Path) -> float:
    """The instructions of one query."""
    found = []
    for layout in range(LAYOUTS):
        few, many = (instructions(source, program, number, layout) for number in (FEW, MANY))
        found.append((many - few) / (MANY - FEW))
    return min(found)


def main() -> None:
    """Measure both, and say how they compare."""
    if shutil.which("valgrind") is None:
        sys.exit("This needs valgrind: apt install valgrind")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "program.py"
        program.write_text(PROGRAM)
        copy(folder / "with", ast.NodeTransformer())
        copy(folder / "without", Without())
        within = of_one_query(folder / "with", program)
        without = of_one_query(folder / "without", program)
    print(f"instructions of Item.objects.get(id=1) with tracking   {within:>9,.0f}")
    print(f"instructions of Item.objects.get(id=1) without it      {without:>9,.0f}")
    print(f"ratio                                                  {within / without:>9.4f}")


if __name__ == "__main__":
    main()
