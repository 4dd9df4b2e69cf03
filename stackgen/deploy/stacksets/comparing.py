"""What differs between a StackSet and what the project says of it, in words that a person can check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.actions import HIDDEN
from stackgen.deployer.handlers.definitions import has_text
from stackgen.review.diff.compare import compare
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.review.diff.result import Diff

    from .reading import Instance, SetState
    from .wanted import Wanted

TEMPLATE, PARAMETER, TAGS, MANAGED = "template", "parameter", "tags", "managed execution"


class Difference(NamedTuple):
    """One thing of the set's definition."""

    what: str
    before: str
    after: str

    @property
    def shown(self) -> str:
        """``parameter Size: small -> large``."""
        if self.before == self.after:
            return self.what
        return f"{self.what}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


def differences(wanted: Wanted, state: SetState, *, with_secrets: bool = False) -> tuple[Difference, ...]:
    """What is not as it should be. Values of NoEcho parameters come back masked: *with_secrets* takes them for other.

    A description that the project does not give, and AWS's defaults of what it does not say, are no difference.
    """
    found = () if has_text(state.template, wanted.text) else (Difference(TEMPLATE, "", ""),)
    return (*found, *_of_parameters(wanted, state, with_secrets=with_secrets), *_of_settings(wanted, state))


def _of_parameters(wanted: Wanted, state: SetState, *, with_secrets: bool) -> Iterator[Difference]:
    for name in dict.fromkeys([*state.parameters, *wanted.parameters]):
        before, value = state.parameters.get(name), wanted.parameters.get(name)
        if name in wanted.secrets and before is not None and value is not None:
            if with_secrets:
                yield Difference(f"{PARAMETER} {name}", "", "")
        elif value is None or before != value.text:
            shown = HIDDEN if before and name in wanted.secrets else before or ""
            yield Difference(f"{PARAMETER} {name}", shown, value.shown if value else "")


def _of_settings(wanted: Wanted, state: SetState) -> Iterator[Difference]:
    said = wanted.declared
    both = [
        (TAGS, _pairs(state.tags), _pairs(wanted.tags)),
        ("capabilities", ", ".join(sorted(state.capabilities)), ", ".join(sorted(wanted.capabilities))),
        ("description", state.description, said.text("description") or state.description),
        (MANAGED, _switch(is_on=state.is_managed), _switch(is_on=bool(said.values.get("managed_execution")))),
    ]
    if not said.is_service_managed:
        both.append(("administration role", state.administration_role, wanted.administration_role))
        both.append(("execution role", state.execution_role, wanted.execution_role))
    yield from (Difference(what, before, after) for what, before, after in both if before != after)


def auto_deployment(said: Mapping[str, Any]) -> dict[str, bool]:
    """As the API has it. Without being enabled it must not say what happens to stacks (API_AutoDeployment)."""
    if not said.get("enabled"):
        return {"Enabled": False}
    return {"Enabled": True, "RetainStacksOnAccountRemoval": bool(said.get("retain_stacks_on_account_removal"))}


def automatic_difference(wanted: Wanted, state: SetState) -> Difference | None:
    """Whether accounts that join are to be deployed to otherwise than now; no rollout changes that."""
    before = _flags(state.auto_deployment)
    after = _flags(auto_deployment(wanted.declared.values.get("auto_deployment", {})))
    is_other = wanted.declared.is_service_managed and before != after
    return Difference("automatic deployment", before, after) if is_other else None


def has_other_values(
    wanted: Wanted, overrides: Mapping[str, str], instance: Instance, *, with_secrets: bool = False
) -> bool:
    """Whether a cell's stack has other values than it should, the set's own taken as they should be.

    An override that says what the set says is none. *with_secrets* takes NoEcho values of its own for other ones.
    """
    if with_secrets and overrides.keys() & wanted.secrets:
        return True
    names = {*overrides, *instance.overrides} - wanted.secrets
    common = {name: value.text for name, value in wanted.parameters.items()}
    return any(
        instance.overrides.get(name, common.get(name)) != overrides.get(name, common.get(name))
        for name in names
        if name in wanted.parameters
    )


def _pairs(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(tags.items()))


def _switch(*, is_on: bool) -> str:
    return "on" if is_on else "off"


def _flags(switches: Mapping[str, bool]) -> str:
    return ", ".join(
        f"{name}={_switch(is_on=value)}" for name, value in sorted(switches.items()) if name != "DependsOn"
    )


def template_difference(before: str, after: str, name: str) -> Diff | None:
    """What differs between two templates; None where one of them is not JSON."""
    builds = []
    for label, text in (("the StackSet", before), ("the build", after)):
        try:
            content = json.loads(text)
        except ValueError:
            return None
        builds.append(Build(label, {name: Template(name, name, content, text)}))
    return compare(*builds)
