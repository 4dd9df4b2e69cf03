"""The calls of AWS that each function of the deployer can come to, read from the handlers' sources.

From the ``handler`` of a module the reader follows every name that leads to a function, a method or a constant of
the package, through its modules. A call is an attribute that is named after an operation of boto3, or such a name as a
text, as where the operation is looked up in a table. What is asked of a ``reader`` or a ``target`` is done by a role of
a target account, and counts apart. For DynamoDB the table counts: the name in ``settings.table("...")`` beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import botocore.session
from botocore import xform_name

HANDLERS = Path(__file__).parents[3] / "stackgen" / "deployer" / "handlers"
SERVICES = {
    "cloudformation": "cloudformation", "cloudwatch": "cloudwatch", "dynamodb": "dynamodb", "ecr": "ecr", "s3": "s3",
    "signer": "signer", "ssm": "ssm", "stepfunctions": "states", "sts": "sts",
}  # fmt: skip
"""The services that functions use: boto3's name, and the prefix of their actions."""

IN_TARGET = ("reader", "target")
"""What the handlers call a client of a target account."""

AS = {"s3:HeadObject": "s3:GetObject", "s3:ListObjectsV2": "s3:ListBucket", "sts:GetCallerIdentity": ""}
"""Operations that are allowed by another name, or to everybody."""

WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
"""What a transaction is made of, as actions."""

Name = tuple[str, str]
"""A module of the package, and what it defines; of a method ``Class.method``."""


class Call(NamedTuple):
    """An action, on a table if it is one of DynamoDB; ``in_target`` where a role of the target account does it."""

    action: str
    table: str = ""
    in_target: bool = False


@cache
def operations() -> dict[str, set[str]]:
    """The actions by the name of their method; several where services share a name."""
    session = botocore.session.get_session()
    found: dict[str, set[str]] = {}
    for service, prefix in SERVICES.items():
        for name in session.get_service_model(service).operation_names:
            action = AS.get(f"{prefix}:{name}", f"{prefix}:{name}")
            found.setdefault(xform_name(name), set()).update({action} if action else ())
    return found


@cache
def definitions() -> dict[Name, ast.AST]:
    """Every function, class, method and constant of the package."""
    found: dict[Name, ast.AST] = {}
    for path in HANDLERS.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found[path.stem, node.name] = node
            elif isinstance(node, ast.ClassDef):
                found |= {
                    (path.stem, f"{node.name}.{each.name}"): each
                    for each in node.body
                    if isinstance(each, ast.FunctionDef)
                }
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        found[path.stem, target.id] = node.value
    return found


@cache
def imported(module: str) -> dict[str, Name]:
    """What a module's names stand for in the others; the second part is empty for a module itself."""
    found: dict[str, Name] = {}
    for node in ast.parse((HANDLERS / f"{module}.py").read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            for alias in node.names:
                name = alias.asname or alias.name
                found[name] = (node.module, alias.name) if node.module else (alias.name, "")
    return found


def body(node: ast.AST) -> Iterator[ast.AST]:
    """All of a definition but its annotations and decorators."""
    pending: list[ast.AST] = list(node.body) if isinstance(node, ast.FunctionDef) else [node]
    while pending:
        each = pending.pop()
        yield each
        pending += [
            child
            for field, value in ast.iter_fields(each)
            if field not in ("annotation", "returns", "decorator_list")
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        ]


def leads_to(module: str, node: ast.AST) -> Iterator[Name]:
    """The definitions that another one names."""
    names = imported(module)
    for each in body(node):
        if isinstance(each, ast.Name):
            home, name = names.get(each.id, (module, each.id))
            yield home, name or each.id
        elif isinstance(each, ast.Attribute):
            home, name = ("", "")
            if isinstance(each.value, ast.Name):
                home, name = names.get(each.value.id, (module, each.value.id))
            yield home, f"{name}.{each.attr}" if name else each.attr  # of a module, or of a class
            yield "", each.attr  # perhaps a method of an object


@cache
def reached(module: str) -> frozenset[Name]:
    """Every definition that the handler of a module can come to."""
    methods: dict[str, set[Name]] = {}
    for (home, name), node in definitions().items():
        if "." in name and not is_classmethod(node):
            methods.setdefault(name.rpartition(".")[2], set()).add((home, name))
    found: set[Name] = set()
    pending: set[Name] = {(module, "handler")}
    while pending:
        this = pending.pop()
        if this in definitions() and this not in found:
            found.add(this)
            for other in leads_to(this[0], definitions()[this]):
                pending |= {other} if other[0] else methods.get(other[1], set())
    return frozenset(found)


@cache
def calls(module: str) -> frozenset[Call]:
    """What the handler of a module can ask of AWS."""
    found: set[Call] = set()
    for home, name in reached(module):
        found |= own_calls(home, name)
    return frozenset(found)


@cache
def own_calls(home: str, name: str) -> frozenset[Call]:
    """What one definition itself asks of AWS."""
    if home == "items":  # it is told the table: see whoever calls it
        return frozenset()
    nodes = list(body(definitions()[home, name]))
    tables = {text for node in nodes if is_call(node, "table") for text in literals(node)} or {""}
    found: set[Call] = set()
    for node in nodes:
        in_target = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in IN_TARGET
        for action in actions(node):
            if action == "dynamodb:TransactWriteItems":
                continue
            owners = tables if action.startswith("dynamodb:") else {""}
            found |= {Call(action, table, in_target) for table in owners}
        for other in leads_to(home, node) if isinstance(node, ast.Attribute) else ():
            if other[0] == "items" and other in definitions():
                inner = body(definitions()[other])
                found |= {Call(action, table) for each in inner for action in actions(each) for table in tables}
    return frozenset(found)


def actions(node: ast.AST) -> set[str]:
    """The action that a node names."""
    if isinstance(node, ast.Attribute):
        return operations().get(node.attr, set())
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "_" in node.value:
        return operations().get(node.value, set())
    if isinstance(node, ast.Dict):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        whole = [value for value in node.values if isinstance(value, ast.Dict)]
        if len(keys) == len(whole) == 1 and keys[0] in WRITES:
            return {f"dynamodb:{WRITES[keys[0]]}"}
    return set()


def is_call(node: ast.AST, method: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method


def is_classmethod(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(ast.unparse(each) == "classmethod" for each in node.decorator_list)


def literals(node: ast.AST) -> list[str]:
    assert isinstance(node, ast.Call)
    return [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]


@cache
def settings_read(module: str) -> frozenset[str]:
    """The fields of Settings that the handler of a module can come to read."""
    fields = {
        node.target.id
        for cls in ast.parse((HANDLERS / "settings.py").read_text("utf-8")).body
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    found: set[str] = set()
    for home, name in reached(module):
        if home != "settings":
            for node in body(definitions()[home, name]):
                if isinstance(node, ast.Attribute):
                    found.add(node.attr)
                elif is_call(node, "needed"):
                    found.update(literals(node))
    return frozenset(found & fields)
