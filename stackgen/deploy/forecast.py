"""What the deletion of a stack will do, before anybody is asked: what goes, what stays, what will fail. Reads only.

Source: CloudFormation User Guide, "DeletionPolicy attribute"; "Delete a stack".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.model import Build
from stackgen.review.schemas import installed
from stackgen.review.schemas.stateful import loses

from . import contents
from .stacks import NESTED
from .verdicts import template_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.review.evaluation.tree import Resource as Evaluated

    from .contents import Content
    from .stacks import Resource, Tree
    from .targets import Target

DELETED, RETAINED, SNAPSHOT, FAILS = "deleted", "retained", "snapshot", "will fail"
_RETAINING = ("Retain", "RetainExceptOnCreate")
_TAKEN_BY_DEFAULT = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
"""A snapshot is made of these where the template says nothing; of an instance only outside of a cluster."""

_PROTECTING = ("DeletionProtection", "DeletionProtectionEnabled")
_ON = ("true", "active", "enabled")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one resource."""

    path: str
    type: str
    physical_id: str
    fate: str
    why: str = ""
    lost: str = ""
    """``its data``, where it goes without a snapshot."""
    content: Content | None = None
    """What must be emptied before."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of everything in a tree of stacks."""

    tree: Tree
    fates: tuple[Fate, ...]
    is_protected: bool
    imports: Mapping[str, tuple[str, ...]]
    """Exports of the tree that other stacks use, with their names."""

    def of(self, *fates: str) -> list[Fate]:
        """The resources with these fates."""
        return [each for each in self.fates if each.fate in fates]

    @property
    def lost(self) -> list[Fate]:
        """What goes with its data."""
        return [each for each in self.fates if each.lost]

    @property
    def fillings(self) -> list[Content]:
        """What must be emptied before it can go."""
        return [each.content for each in self.fates if each.content]

    def as_json(self) -> dict[str, Any]:
        return {
            "protected": self.is_protected,
            "exports_in_use": {name: list(stacks) for name, stacks in self.imports.items()},
            "resources": [
                {"path": each.path, "type": each.type, "physical_id": each.physical_id, "fate": each.fate,
                 "why": each.why, "lost": each.lost}
                for each in self.fates
            ],
        }  # fmt: skip


def forecast(tree: Tree, target: Target, client: Callable[[str], Any]) -> Forecast:
    """Look at templates, contents and exports; what may not be looked at is told as not known."""
    fates = tuple(_fates(tree, target, client, kept=""))
    imports = _imports(tree, client("cloudformation"))
    return Forecast(tree, fates, tree.state.is_protected, imports)


def _fates(tree: Tree, target: Target, client: Callable[[str], Any], kept: str) -> Iterator[Fate]:
    """*kept* is the nested stack above that is retained with all that is in it."""
    evaluated = _evaluated(tree, target, client("cloudformation")) if tree.resources else {}
    for each in tree.resources:
        if not each.physical_id:
            continue
        policy = _policy(each, evaluated.get(each.logical_id))
        if kept:
            yield Fate(each.path, each.type, each.physical_id, RETAINED, f"{kept} is retained with all that is in it")
        elif policy in _RETAINING:
            yield Fate(each.path, each.type, each.physical_id, RETAINED, f"DeletionPolicy {policy}")
        elif policy == "Snapshot":
            yield Fate(each.path, each.type, each.physical_id, SNAPSHOT, "a last snapshot is taken, and it goes")
        else:
            yield _gone(each, evaluated.get(each.logical_id), target, client)
        below = tree.children.get(each.logical_id)
        if below is not None:
            inner = kept or (each.path if policy in _RETAINING else "")
            yield from _fates(below, target, client, inner)


def _gone(each: Resource, said: Evaluated | None, target: Target, client: Callable[[str], Any]) -> Fate:
    """The fate of what the template does not keep."""
    lost = "" if each.type == NESTED else loses(each.type, installed()) or ""
    properties = said.properties if said else {}
    for name in _PROTECTING:
        if str(properties.get(name, "")).lower() in _ON:
            why = f"{name} is on: AWS refuses to delete it until an update of the stack turns it off"
            return Fate(each.path, each.type, each.physical_id, FAILS, why)
    content = contents.of(each, properties, target.account, client)
    if content is not None and content.why:
        return Fate(each.path, each.type, each.physical_id, FAILS, content.why, lost, content)
    return Fate(each.path, each.type, each.physical_id, DELETED, "", lost)


def _policy(each: Resource, said: Evaluated | None) -> str:
    """Its DeletionPolicy, or that of its type where the template says nothing."""
    policy = said.attributes.get("DeletionPolicy") if said else None
    if policy is not None:
        return str(policy)
    in_cluster = said is not None and bool(said.properties.get("DBClusterIdentifier"))
    return "Snapshot" if each.type in _TAKEN_BY_DEFAULT and not in_cluster else "Delete"


def _evaluated(tree: Tree, target: Target, cloudformation: Any) -> dict[str, Evaluated]:
    """The resources of one stack by logical ID, as its deployed template makes them with its own values."""
    template = template_of(tree, tree.path, cloudformation)
    environment = Environment(target.env, target.region, target.account, dict(tree.state.parameters))
    found = evaluate(Build("deployed", {template.name: template}), template.name, environment)
    return {each.logical_id: each for each in found.resources()}


def _imports(tree: Tree, cloudformation: Any) -> dict[str, tuple[str, ...]]:
    """What other stacks import of this tree."""
    own = {each.state.id for each in tree.stacks()}
    names = {each.state.name for each in tree.stacks()}
    found = {}
    for page in cloudformation.get_paginator("list_exports").paginate():
        for export in page["Exports"]:
            if export["ExportingStackId"] in own:
                importers = set(contents.importers_of(export["Name"], cloudformation)) - names
                if importers:
                    found[export["Name"]] = tuple(sorted(importers))
    return found
