"""What the guidelines refuse in code that runs in AWS, read from its syntax tree; each check tells where."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

CACHES = {"lru_cache", "cache", "cached_property"}
"""They keep what they were given for as long as the process lives."""
RAW_READS = {"get_secret_value", "batch_get_secret_value", "get_parameter", "get_parameters", "get_parameters_by_path"}
KEPT_READS = {"get_secret", "get_parameters_by_name"}
"""Those of aws_lambda_powertools; ``get(..., decrypt=)`` of a provider is one too."""
LAMBDAS_OWN = {"AWS_REGION", "AWS_SESSION_TOKEN"}
"""Set by Lambda for every function, and changed while it lives: nothing that anybody configures."""
TRIES = re.compile(r"attempt|fail|retr|tr(y|ies)|number")
BROAD = {"Exception", "BaseException"}
Functions = ast.FunctionDef | ast.AsyncFunctionDef


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """Every call, by the dotted name of what is called."""
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def functions(tree: ast.AST) -> list[Functions]:
    return [node for node in ast.walk(tree) if isinstance(node, Functions)]


def last(name: str) -> str:
    return name.rpartition(".")[2]


def secrets_kept_for_ever(modules: Mapping[Path, ast.Module]) -> Iterator[str]:
    """A cache without an end around a read of parameters or secrets, however many calls lie between; or an import."""
    every = [(path, each) for path, tree in modules.items() for each in functions(tree)]
    reading = {each.name for _, each in every if any(_reads(name, call) for name, call in calls(each))}
    while more := {
        each.name for _, each in every if each.name not in reading and reading & {name for name, _ in calls(each)}
    }:
        reading |= more
    for path, each in every:
        kept = {last(ast.unparse(one).partition("(")[0]) for one in each.decorator_list} & CACHES
        if kept and (each.name in reading):
            yield f"{path.name}:{each.lineno}: {each.name} keeps what it read for ever"
    for path, tree in modules.items():
        for statement in tree.body:
            if not isinstance(statement, (*Functions.__args__, ast.ClassDef)) and any(
                _reads(name, call) or name in reading for name, call in calls(statement)
            ):
                yield f"{path.name}:{statement.lineno}: read once, when the module is imported"


def secrets_without_a_term(path: Path, tree: ast.Module, single: Iterable[str] = ()) -> Iterator[str]:
    """A read that says no ``max_age``, or none that is more than 0; but in the functions named in *single*."""
    spared = {id(call) for each in functions(tree) if each.name in single for _, call in calls(each)}
    for name, call in calls(tree):
        if not _reads(name, call) or id(call) in spared:
            continue
        age = next((each.value for each in call.keywords if each.arg == "max_age"), None)
        if age is None or (isinstance(age, ast.Constant) and not age.value):
            yield f"{path.name}:{call.lineno}: {name} is kept for no time, or for an unknown one: max_age"


def _reads(name: str, call: ast.Call) -> bool:
    return last(name) in RAW_READS | KEPT_READS or (
        last(name) == "get" and "decrypt" in {each.arg for each in call.keywords}
    )


def settings_read_elsewhere(path: Path, tree: ast.Module) -> Iterator[str]:
    """``os.environ`` beside ``settings.py``; handed over whole to ``settings()`` it is judged there."""
    if path.name == "settings.py":
        return
    fine: set[int] = set()
    for name, call in calls(tree):
        if name == "os.environ.get" and call.args and ast.unparse(call.args[0]).strip("'") in LAMBDAS_OWN:
            fine.add(id(getattr(call.func, "value", None)))
        if last(name) == "settings":
            fine |= {id(each) for each in call.args}
    for node in ast.walk(tree):
        is_read = isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            is_read = bool({each.name for each in node.names} & {"environ", "environb", "getenv"})
        if is_read and id(node) not in fine:
            yield f"{path.name}:{getattr(node, 'lineno', 0)}: reads a variable of its own"


def endless_retries(path: Path, tree: ast.Module) -> Iterator[str]:
    """A loop that goes round again after an error, or sleeps, and that nothing counted or timed ends."""
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            again = any(not _leaves(each) for each in _inside(node) if isinstance(each, ast.ExceptHandler))
            sleeps = any(last(name) in {"sleep", "_sleep"} for name, _ in calls(node))
            if (again or sleeps) and not _asks_whether_to_go_on(node.test) and not _ends_by_comparison(node):
                yield f"{path.name}:{node.lineno}: tries again for ever"
        if isinstance(node, ast.For) and _is_endless(node.iter) and not _ends_by_comparison(node):
            yield f"{path.name}:{node.lineno}: counts for ever"
    for each in functions(tree):
        handlers = [node for node in ast.walk(each) if isinstance(node, ast.ExceptHandler)]
        if any(last(name) == each.name for handler in handlers for name, _ in calls(handler)):
            yield f"{path.name}:{each.lineno}: {each.name} calls itself after an error"


def _is_endless(counted: ast.expr) -> bool:
    return last(ast.unparse(counted).partition("(")[0]) in {"count", "repeat", "cycle"}


def _asks_whether_to_go_on(test: ast.expr) -> bool:
    """The loop of a program that lives until it is told to stop; how long it waits is judged by its pauses."""
    return any(last(name).lstrip("_") == "goes_on" for name, _ in calls(test))


def _ends_by_comparison(loop: ast.While | ast.For) -> bool:
    return any(
        isinstance(node, ast.If)
        and any(isinstance(each, ast.Compare) for each in ast.walk(node.test))
        and any(isinstance(each, ast.Return | ast.Break | ast.Raise) for each in node.body)
        for node in _inside(loop, into_try=False)
    )


def _inside(loop: ast.AST, *, into_try: bool = True) -> Iterator[ast.AST]:
    """What is in a loop, but not in a function made there."""
    for child in ast.iter_child_nodes(loop):
        if isinstance(child, Functions) or (isinstance(child, ast.Try) and not into_try):
            continue
        yield child
        yield from _inside(child, into_try=into_try)


def _leaves(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break)


def careless_pauses(path: Path, tree: ast.Module) -> Iterator[str]:
    """A sleep without a bound or without chance in its length; and a length that doubles without them."""
    chance = {
        f"self.{node.target.id}" for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        and node.value is not None and ast.unparse(node.value).startswith("random.")
    }  # fmt: skip
    for each in functions(tree):
        if each.name == "sleep":  # the one that the others call
            continue
        counted = any(
            isinstance(node, ast.For) and ast.unparse(node.iter).startswith("range(") for node in ast.walk(each)
        )
        lengths = [(call.lineno, call.args[0]) for name, call in calls(each) if last(name) == "sleep" and call.args]
        lengths += [(node.lineno, node) for node in ast.walk(each) if isinstance(node, ast.expr) and _doubles(node)]
        for line, length in lengths:
            parts = [ast.unparse(length), *_sources(each, length)]
            if _doubles(length):  # what it becomes counts: all of the function
                parts.append(ast.unparse(each))
            if not any("random." in part or any(f"{one}(" in part for one in chance) for part in parts):
                yield f"{path.name}:{line}: waits for a length without chance"
            if not counted and not any("min(" in part for part in parts):
                yield f"{path.name}:{line}: waits for a length without a bound"


def _doubles(node: ast.AST) -> bool:
    return bool(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        and isinstance(node.left, ast.Constant) and node.left.value == 2 and TRIES.search(ast.unparse(node.right))
    )  # fmt: skip


def _sources(function: Functions, expression: ast.expr) -> list[str]:
    """What the names of an expression are assigned in the function, and what those are made of."""
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for one, value in pairs:
                    if isinstance(one, ast.Name):
                        given.setdefault(one.id, []).append(value)
    found: list[str] = []
    seen: set[str] = set()
    left: list[ast.expr] = [expression]
    while left:
        for node in ast.walk(left.pop()):
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                found += [ast.unparse(each) for each in given.get(node.id, ())]
                left += given.get(node.id, ())
    return found


def swallowed_errors(path: Path, tree: ast.Module, spared: Iterable[str] = ()) -> Iterator[str]:
    """Whatever goes wrong becomes a result, or nothing; but in the functions named in *spared*."""
    for each in (*functions(tree), tree):
        name = getattr(each, "name", "")
        if name in spared:
            continue
        own = [each, *(node for node in _inside(each))]
        for node in own:
            if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not isinstance(node.body[-1], ast.Raise):
                yield f"{path.name}:{node.lineno}: {name} takes whatever goes wrong for a result"
            if isinstance(node, ast.Call) and _is_broad_suppress(node):
                yield f"{path.name}:{node.lineno}: {name} takes no notice of whatever goes wrong"


def _is_broad_suppress(call: ast.Call) -> bool:
    return last(ast.unparse(call.func)) == "suppress" and bool({ast.unparse(each) for each in call.args} & BROAD)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return bool({ast.unparse(each) for each in kinds} & BROAD)
