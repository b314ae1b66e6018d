"""The rule of the house: who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
OURS = {"scanner", "detectors", "connectors", "tests", "bench"}
MODULES = sorted(
    path.relative_to(REPOSITORY)
    for package in ("scanner", "detectors", "connectors")
    for path in (REPOSITORY / package).rglob("*.py")
)

LAYERS = (
    {"cli", "__main__"},
    {"pipeline", "watch", "web"},
    {"extract", "index", "privacy"},
    {"model"},
)
"""From top to bottom: a module of one layer imports nothing of a layer above it.

Modules that stand in no layer are free, but what a layer imports through them counts as its own.
"""


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Yield the full names of the modules that a source imports, wherever in it."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> set[str]:
    source = (REPOSITORY / path).read_text("utf-8")
    return set(imports(source, module_name(path), is_package=path.name == "__init__.py"))


def layer_of(module: str) -> int | None:
    parts = module.split(".")
    if parts[0] != "scanner" or len(parts) < 2:
        return None
    return next((index for index, layer in enumerate(LAYERS) if parts[1] in layer), None)


def test_there_is_something_to_check() -> None:
    assert {path.parts[0] for path in MODULES} == {"scanner", "detectors", "connectors"}


@pytest.mark.parametrize(
    ("source", "module", "found"),
    [
        pytest.param("import scanner.model", "connectors.x", "scanner.model", id="import"),
        pytest.param("from scanner import model", "connectors.x", "scanner.model", id="from"),
        pytest.param("def f():\n import scanner", "detectors.x", "scanner", id="inside a function"),
        pytest.param("from . import y", "scanner.extract.x", "scanner.extract.y", id="relative"),
        pytest.param("from ..index import y", "scanner.extract.x", "scanner.index.y", id="upwards"),
    ],
)
def test_imports_are_seen(source: str, module: str, found: str) -> None:
    assert found in set(imports(source, module))


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.parts[0] in ("connectors", "detectors")],
    ids=lambda path: path.as_posix(),
)
def test_detectors_and_connectors_import_nothing_of_ours_but_themselves(path: Path) -> None:
    mine = path.parts[0]
    strangers = {name for name in imports_of(path) if name.split(".")[0] in OURS - {mine}}
    assert not strangers


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.parts[0] == "scanner"],
    ids=lambda path: path.as_posix(),
)
def test_the_scanner_imports_no_tests(path: Path) -> None:
    assert not {name for name in imports_of(path) if name.split(".")[0] in {"tests", "bench"}}


def test_no_layer_reaches_upwards_even_through_others() -> None:
    known = {module_name(path) for path in MODULES}
    edges = {module_name(path): imports_of(path) & known for path in MODULES}
    wrong = []
    for start in known:
        layer = layer_of(start)
        if layer is None:
            continue
        seen, pending = {start}, [start]
        while pending:
            for name in edges[pending.pop()] - seen:
                seen.add(name)
                reached = layer_of(name)
                if reached is None:
                    pending.append(name)
                elif reached < layer:
                    wrong.append(f"{start} reaches {name}")
    assert not sorted(wrong)
