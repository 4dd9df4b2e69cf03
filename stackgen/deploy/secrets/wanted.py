"""Which secrets a stack needs to be there before it is deployed, by its templates and this deployment's values.

They are what dynamic references name (``{{resolve:ssm-secure:...}}``, ``{{resolve:secretsmanager:...}}``), and what
parameters of the root such as ``DatabasePasswordParameterName`` say. A secret whose name is not known before the
deployment is one that the stack makes by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.diff.secret_names import is_secret
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import Live, symbols_in
from stackgen.review.evaluation.tree import evaluate

from .values import Rule, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.deploy.targets import Target
    from stackgen.review.evaluation.symbols import Path
    from stackgen.review.model import Build

PARAMETER_STORE, SECRETS_MANAGER = "ssm", "secretsmanager"
_REFERENCE = re.compile(r"\{\{resolve:(ssm-secure|secretsmanager):([^{}]+)\}\}")
_ARN_PARTS = {PARAMETER_STORE: 6, SECRETS_MANAGER: 7}
_NAME_OF_PARAMETER = "ParameterName"


class Use(NamedTuple):
    """Where a secret is read: by CloudFormation, for a property of a resource."""

    stack: Path
    logical_id: str
    name: str
    """The property."""
    version: str = ""
    """Nothing where the newest is read."""
    key: str = ""
    """Of the JSON that the secret is, where it is some."""
    rule: Rule = Rule()

    @property
    def path(self) -> str:
        """``TapStack/Database/AuroraCluster``."""
        return "/".join([self.stack[0].rpartition("/")[2], *self.stack[1:], self.logical_id])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A secret."""

    store: str
    name: str
    uses: tuple[Use, ...] = ()
    """None where only what runs reads it."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What those take that read it."""
        return tuple(use.rule for use in self.uses) or (Rule(),)

    @property
    def keys(self) -> tuple[str, ...]:
        """The members that it has, where it is JSON."""
        return tuple(sorted({use.key for use in self.uses if use.key}))

    @property
    def where(self) -> str:
        """For people."""
        return {PARAMETER_STORE: "Parameter Store", SECRETS_MANAGER: "Secrets Manager"}[self.store]


def wanted(build: Build, target: Target) -> tuple[Wanted, ...]:
    """The secrets of a stack and of all nested in it, in order of their names."""
    found: dict[tuple[str, str], list[Use]] = {}
    for name, value in target.texts.items():
        secret = name.removesuffix(_NAME_OF_PARAMETER)
        if secret != name and is_secret(secret) and value.startswith("/"):
            found[PARAMETER_STORE, value] = []
    for store, name, use in _references(build, target):
        found.setdefault((store, name), []).append(use)
    return tuple(Wanted(store, name, tuple(uses)) for (store, name), uses in sorted(found.items()))


def _references(build: Build, target: Target) -> Iterator[tuple[str, str, Use]]:
    tree = evaluate(build, target.template, Environment(target.env, target.region, target.account, target.texts))
    for resource in tree.resources():
        if resource.exists is False:
            continue
        for path, symbol in symbols_in(resource.properties):
            if not isinstance(symbol, Live):
                continue
            for kind, rest in _REFERENCE.findall(symbol.text):
                store = PARAMETER_STORE if kind == "ssm-secure" else SECRETS_MANAGER
                name, *more = _parts(store, rest)
                rule = rule_of(resource.type, path[-1], resource.properties.get("Engine", ""))
                version, key = (more[0] if more else "", "") if store == PARAMETER_STORE else _of_manager(more)
                yield store, name, Use(resource.stack, resource.logical_id, path[0], version, key, rule)


def _parts(store: str, rest: str) -> list[str]:
    """The parts between colons; an ARN, which has some itself, is one of them."""
    parts = rest.split(":")
    end = _ARN_PARTS[store] if parts[0] == "arn" else 1
    return [":".join(parts[:end]), *parts[end:]]


def _of_manager(more: list[str]) -> tuple[str, str]:
    """Version and key of ``SecretString:key:stage:version``."""
    _, key, stage, version = [*more, "", "", "", ""][:4]
    return version or ("" if stage in ("", "AWSCURRENT") else stage), key
