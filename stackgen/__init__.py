"""CloudFormation as typed Python classes, built into golden JSON.

The names below are imported when they are first used, so that a command that builds nothing never loads
troposphere.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .adoption import adopt
    from .declaration import typed
    from .exemptions import Exemption
    from .iam import allow, deny, trust
    from .nesting import Attributes, nested
    from .output import Output
    from .parameter import FromParent, Parameter
    from .sections import Assertion, Condition, Mapping, Rule
    from .stack import Stack
    from .template import Template, render

__version__ = "0.1.0"

__all__ = [
    "Assertion",
    "Attributes",
    "Condition",
    "Exemption",
    "FromParent",
    "Mapping",
    "Output",
    "Parameter",
    "Rule",
    "Stack",
    "Template",
    "adopt",
    "allow",
    "deny",
    "nested",
    "render",
    "trust",
    "typed",
]

_HOME = {
    "Assertion": "sections",
    "Attributes": "nesting",
    "Condition": "sections",
    "Exemption": "exemptions",
    "FromParent": "parameter",
    "Mapping": "sections",
    "Output": "output",
    "Parameter": "parameter",
    "Rule": "sections",
    "Stack": "stack",
    "Template": "template",
    "adopt": "adoption",
    "allow": "iam",
    "deny": "iam",
    "nested": "nesting",
    "render": "template",
    "trust": "iam",
    "typed": "declaration",
}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
