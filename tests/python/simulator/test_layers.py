"""The simulator stands alone, and its folders read each other in one direction."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulator

FOLDER = Path(simulator.__file__).parent
MODULES = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.py"))

# What a module may import of the simulator besides its own folder. Every folder may also import SHARED.
SHARED = {"clock", "config", "parameters", "randomness"}
READS = {
    "files": set(),
    "company": {"files"},
    "months": {"company", "files"},
    "books": {"months", "company", "files"},
    "export": {"months", "company", "files"},
}


def imported_modules(module: Path) -> Iterator[str]:
    """The full names of the modules that a module of the simulator imports."""
    for node in ast.walk(ast.parse((FOLDER / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            # `from a.b import c` imports a.b and, where c is a module, a.b.c.
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_nothing_of_the_warehouse_is_imported(module: Path) -> None:
    roots = {name.split(".")[0] for name in imported_modules(module)}
    assert roots.isdisjoint({"orchestration", "benchmarks", "tests"})


@pytest.mark.parametrize("module", [path for path in MODULES if len(path.parts) > 1], ids=str)
def test_a_folder_reads_only_the_folders_below_it(module: Path) -> None:
    folder = module.parts[0]
    read = {name.split(".")[1] for name in imported_modules(module) if name.startswith("simulator.")}
    assert read <= READS[folder] | SHARED | {folder}


def test_the_folders_are_the_ones_listed_and_each_says_what_is_in_it() -> None:
    folders = {path.parts[0] for path in MODULES if len(path.parts) > 1}
    assert folders == READS.keys()
    for folder in folders:
        text = ast.get_docstring(ast.parse((FOLDER / folder / "__init__.py").read_text(encoding="utf-8")))
        assert text
