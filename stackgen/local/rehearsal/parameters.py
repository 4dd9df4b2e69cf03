"""The parameters of a deployment against the template that they are for: everything that is wrong, said at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.constraints import refusal
from stackgen.errors import UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.template import Template


def check(root: Template, given: Mapping[str, str]) -> None:
    """See that the template takes these values and misses none. Raises UsageError."""
    declared: dict[str, dict[str, Any]] = json.loads(root.text).get("Parameters", {})
    unknown = [name for name in given if name not in declared]
    missing = [name for name, said in declared.items() if "Default" not in said and name not in given]
    reasons = {name: refusal(declared[name], value) for name, value in given.items() if name in declared}
    refused = {name: reason for name, reason in reasons.items() if reason}
    problems = [f"it has no parameter {name}" for name in unknown]
    problems += [f"{name} needs a value" for name in missing]
    problems += [f"{name} {reason}" for name, reason in refused.items()]
    if not problems:
        return
    spellings = [f"{name}: {likely(name, declared)}" for name in unknown]
    words = [name for name in refused if "ConstraintDescription" in declared[name]]
    wanted = [f"{name} is {declared[name]['ConstraintDescription']}" for name in words]
    flags = " ".join(f"--parameter {name}=..." for name in missing)
    raise UsageError(
        f"{root.name} cannot be deployed so: {'; '.join(problems)}",
        f"give {flags}" if flags else "",
        "; ".join(spellings),
        "; ".join(wanted),
    )


def secret_values(root: Template, given: Mapping[str, str]) -> list[str]:
    """The values that the template wants nobody to see."""
    declared: dict[str, dict[str, Any]] = json.loads(root.text).get("Parameters", {})
    hidden = {name for name, said in declared.items() if str(said.get("NoEcho", "")).lower() == "true"}
    return [str(given.get(name, declared[name].get("Default", ""))) for name in hidden]
