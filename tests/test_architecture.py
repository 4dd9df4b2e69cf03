"""The house: who may import whom, how large a module may be, and that public things say what they are."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [folder for folder in (ROOT / "stackgen", ROOT / "stacks") if folder.is_dir()]

LAYERS: list[set[str]] = [
    {"asl", "bundling", "constraints", "errors", "exemptions", "hashing", "iam_actions", "jsontext", "light", "limits",
     "parameter_types", "physical_names", "policy_documents", "graph", "positions", "profiles", "records", "rule_ids",
     "writer"},
    {
        "adoption", "boundary", "contents", "declaration", "extents", "iam", "logic", "members", "naming", "nesting",
        "notes", "output", "parameter", "references", "rendering", "scope", "sections", "stack", "wiring",
    },
    {"oversights", "template"},
    {"discovery"},
    {"cli", "commands", "goldens", "testing", "traceability", "__main__"},
]  # fmt: skip
"""A module imports its own layer and those before it. What is not listed stands outside the building of templates."""

APART = {"project", "console", "inputs", "assembly", "environments", "remembered", "sources"}
"""The command line's tools: they know errors and each other, and no declaration."""

READERS = {"lint", "review", "deploy"}
"""They read texts."""

HEAVY_HOMES = {
    "aws_lambda_powertools": {"deployer.handlers", "stacks.smart_stream.app", "stacks.tap.images"},
    "boto3": {"deploy.session", "deployer.handlers", "local", "stacks.smart_stream.app", "stacks.tap.images"},
    "botocore": {
        "deploy",
        "deployer.handlers",
        "deployer.operating",
        "local",
        "stacks.smart_stream.app",
        "stacks.tap.images",
    },
    "cfnlint": {"lint"},
    "cloudformation_validate": {"lint"},
    "paho": {"stacks.smart_stream.app.listener"},
    "pymysql": {"stacks.tap.images"},
    "rich": set(),
}
"""Packages that only these modules may import."""

IN_LAMBDA = {*sys.stdlib_module_names, "boto3", "botocore", "aws_lambda_powertools"}
"""What a function of the deployer finds beside itself: Python, its runtime's SDK, and what the bundle brings."""

DEPLOYER_KNOWS: dict[str, set[str]] = {
    "asl": set(),
    "machine": {"asl"},
    "bundle": set(),
    "handlers": {"handlers"},
    "stacks": {"asl", "machine", "bundle", "stacks"},
    "operating": {"handlers", "operating"},
}
"""The parts of the deployer, and which of them each may import."""

LONG = {"stackgen/physical_names.py": "a table"}
"""Modules of more than 300 lines, and why."""


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(name: str, *, typing: bool = False, inside: bool = True) -> frozenset[str]:
    """The modules that a module imports: for type checkers too, inside functions too."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= _named(node, package)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not typing:
            pending += node.orelse
        elif inside or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += ast.iter_child_nodes(node)
    return frozenset(found)


def _named(node: ast.ImportFrom, package: str) -> set[str]:
    base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    start = ".".join([*base, *([node.module] if node.module else [])])
    return {f"{start}.{alias.name}" if f"{start}.{alias.name}" in modules() else start for alias in node.names}


def ours(name: str) -> set[str]:
    return {each for each in imports(name) if each.split(".")[0] == "stackgen"}


def part(name: str) -> str:
    """``stackgen.lint.rules.x`` belongs to ``lint``; the package itself to its face."""
    return [*name.split("."), ""][1]


def layer(name: str) -> int | None:
    return next((number for number, names in enumerate(LAYERS) if part(name) in names), None)


LIBRARY = [name for name in modules() if name.startswith("stackgen.")]


def test_every_module_that_builds_templates_has_a_layer() -> None:
    known = {*APART, *READERS, "deployer", "local", *(name for names in LAYERS for name in names)}
    assert {part(name) for name in LIBRARY} <= known


@pytest.mark.parametrize("name", [name for name in LIBRARY if layer(name) is not None])
def test_a_module_imports_no_layer_above_its_own(name: str) -> None:
    own = layer(name)
    assert own is not None
    above = {each for each in ours(name) if (layer(each) or 0) > own}
    assert not above


@pytest.mark.parametrize("name", [f"stackgen.{each}" for each in sorted(APART)])
def test_the_tools_of_the_command_line_know_no_declaration(name: str) -> None:
    assert {part(each) for each in ours(name)} <= {*APART, "errors", "hashing", "jsontext", "limits", "records"}


def test_the_declaring_layers_know_no_tool_of_the_command_line() -> None:
    for name in LIBRARY:
        if layer(name) in (0, 1, 2):
            assert not {part(each) for each in ours(name)} & {*APART, *READERS}, name


@pytest.mark.parametrize("kind", ["cli", "commands", "testing"])
def test_nothing_imports_the_command_line(kind: str) -> None:
    allowed = {"cli": {"__main__"}, "commands": {"commands", "cli"}, "testing": set()}[kind]
    for name in LIBRARY:
        if part(name) not in allowed:
            assert kind not in {part(each) for each in ours(name)}, name


@pytest.mark.parametrize("name", [name for name in LIBRARY if part(name) in READERS])
def test_what_reads_texts_knows_no_declaration_and_no_troposphere(name: str) -> None:
    assert not {each.split(".")[0] for each in imports(name)} & {"troposphere", "awacs"}
    declaring = set.union(*LAYERS[1:4])
    assert not {part(each) for each in ours(name)} & declaring


def test_only_the_command_line_uses_the_stand_in_for_aws() -> None:
    """It is an extra: what builds, reviews or deploys must work where it is not installed."""
    for name in modules():
        if part(name) not in {"local", "commands"}:
            assert "local" not in {part(each) for each in ours(name)}, name


@pytest.mark.parametrize("package", ["ministack", "moto"])
def test_what_the_stand_in_is_made_of_is_imported_inside_functions_alone(package: str) -> None:
    """Both take long to import, and ministack must not be before its settings are made."""
    for name in modules():
        found = {each.split(".")[0] for each in imports(name, inside=False)}
        assert package not in found, name


@pytest.mark.parametrize("package", HEAVY_HOMES)
def test_a_heavy_package_lives_in_few_places(package: str) -> None:
    for name in modules():
        if package in {each.split(".")[0] for each in imports(name)}:
            inner = name.removeprefix("stackgen.")
            homes = HEAVY_HOMES[package]
            assert any(inner == home or inner.startswith(f"{home}.") for home in homes), name


@pytest.mark.parametrize("name", [name for name in LIBRARY if name.startswith("stackgen.deployer.handlers")])
def test_a_function_of_the_deployer_imports_what_it_finds_in_lambda(name: str) -> None:
    found = {each for each in imports(name) if not each.startswith("stackgen.deployer.handlers")}
    assert {each.split(".")[0] for each in found} <= IN_LAMBDA


@pytest.mark.parametrize("name", [name for name in LIBRARY if name.startswith("stackgen.deployer.")])
def test_a_part_of_the_deployer_imports_the_parts_it_may(name: str) -> None:
    own = name.split(".")[2]
    parts = {each.split(".")[2] for each in ours(name) if each.startswith("stackgen.deployer.")}
    assert parts <= {own, *DEPLOYER_KNOWS[own]}


def test_building_reviewing_and_linting_know_no_deployer() -> None:
    """It is one user of the library; the command line and what deploys may know its StackSets."""
    for name in LIBRARY:
        if part(name) not in {"deployer", "deploy", "commands", "local"}:
            assert "deployer" not in {part(each) for each in ours(name)}, name


def test_stacks_use_the_library_as_another_repository_would() -> None:
    closed = {"cli", "commands", "discovery", "assembly", "inputs", "console", "project", "rendering", "wiring"}
    for name in modules():
        if name.startswith("stacks"):
            assert not {part(each) for each in ours(name)} & closed, name


def test_no_module_imports_itself_by_way_of_others() -> None:
    edges = {name: {each for each in imports(name, inside=False) if each in modules()} for name in modules()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for each in sorted(edges[name]):
                visit(each, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize("name", modules())
def test_a_module_fits_on_a_few_screens_and_says_what_it_is_for(name: str) -> None:
    path = modules()[name]
    text = path.read_text("utf-8")
    if path.relative_to(ROOT).as_posix() not in LONG:
        assert len(text.splitlines()) <= 300
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a docstring"


def test_no_exception_from_the_length_is_idle() -> None:
    assert all(len((ROOT / name).read_text("utf-8").splitlines()) > 300 for name in LONG)
