"""The guidelines as rules of cfn-lint, one in each module: ``cfn-lint --append-rules stackgen.lint.rules``."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from stackgen.lint.kit import rule as _rule  # no class: cfn-lint takes every one that it sees here for a rule


def _rules() -> dict[str, type[_rule.Rule]]:
    names = sorted(each.name for each in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, _rule.Rule) and value.__module__ == module.__name__
    }


globals().update(_rules())
