"""Where a secret of a deployment comes out again, by its templates: in outputs and in properties of resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.review.diff.masking import no_echo
from stackgen.review.diff.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.review.model import Build

_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


def secret_outputs(build: Build, template: str) -> frozenset[str]:
    """The outputs of a template that a NoEcho parameter goes into, also in nested stacks, or whose name says so."""
    if template not in build.templates:
        return frozenset()
    outputs = build.templates[template].section("Outputs")
    return frozenset(
        name for name, output in outputs.items() if is_secret(name) or _holds(build, template, output.get("Value"))
    )


def secret_properties(build: Build, template: str, logical_id: str) -> frozenset[str]:
    """The properties of a resource, the outermost alone, that a NoEcho parameter goes into."""
    if template not in build.templates:
        return frozenset()
    resource = build.templates[template].section("Resources").get(logical_id, {})
    properties = resource.get("Properties") or {}
    return frozenset(name for name, value in properties.items() if _holds(build, template, value))


def _holds(build: Build, template: str, value: Any) -> bool:
    return any(_tells(build, template, each) for each in _references(value))


def _tells(build: Build, template: str, reference: str) -> bool:
    """Whether what is referred to is a hidden parameter, or a nested stack's output that tells one."""
    owner, _, rest = reference.partition(".Outputs.")
    if not rest:
        return reference in no_echo(build.templates[template].section("Parameters"))
    child = build.children(template).get(owner)
    return child is not None and child.name is not None and rest in secret_outputs(build, child.name)


def _references(value: Any) -> Iterator[str]:
    """``Name`` and ``Child.Outputs.Name``, wherever they stand in a value."""
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "Ref":
                yield str(each)
            elif key == "Fn::GetAtt":
                yield ".".join(map(str, each)) if isinstance(each, list) else str(each)
            elif key == "Fn::Sub":
                text = each[0] if isinstance(each, list) and each else each
                yield from _VARIABLE.findall(str(text))
                yield from _references(each[1:] if isinstance(each, list) else [])
            else:
                yield from _references(each)
