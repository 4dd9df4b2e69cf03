"""Names of IAM actions: one spelling, wildcards, and whether AWS has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ActionReference", "Allowed", "normal", "without_covered"]

_WILD = re.compile(r"[?*]*\*[?*]*")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")


def normal(action: str) -> str | None:
    """``Batch:tagResource`` as ``batch:TagResource``; None for what cannot be an action. IAM ignores the case."""
    if not _ACTION.fullmatch(action):
        return None
    service, _, name = action.partition(":")
    name = _WILD.sub(lambda run: "?" * run[0].count("?") + "*", name)
    return f"{service.lower()}:{name[0].upper()}{name[1:]}"


class Allowed:
    """Actions, which may hold wildcards, to be asked whether they allow another: ``"s3:GetObject" in Allowed(...)``."""

    def __init__(self, actions: Iterable[str]) -> None:
        self._names = {each.casefold() for each in actions}
        self._wild: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name in sorted(self._names):
            if _is_wild(name):
                self._wild.setdefault(name.partition(":")[0], []).append((name, _pattern(name)))

    def __contains__(self, action: str) -> bool:
        name = action.casefold()
        return name in self._names or self.wider(action) is not None

    def wider(self, action: str) -> str | None:
        """Another action, in lower case, that allows this one; the first of several in the order of the alphabet."""
        name = action.casefold()
        wild = self._wild.get(name.partition(":")[0], ())
        return next((each for each, pattern in wild if each != name and pattern.fullmatch(name)), None)


def without_covered(actions: Iterable[str]) -> dict[str, list[str]]:
    """The actions in order, each once whatever its case, and the ones that each stands for.

    What a wildcard among them allows, the wildcard stands for.
    """
    spelled: dict[str, list[str]] = {}
    for each in sorted(actions, reverse=True):  # of two spellings, UntagResource before UnTagResource
        spelled.setdefault(each.casefold(), []).append(each)
    allowed = Allowed(spelled)
    found: dict[str, list[str]] = {}
    for name, spellings in spelled.items():
        chain = [name]
        while (wider := allowed.wider(chain[-1])) is not None and wider not in chain:
            chain.append(wider)
        found.setdefault(chain[-1], []).extend(spellings)
    return {spelled[name][0]: found[name] for name in sorted(found)}


class ActionReference:
    """AWS's actions by service, as cfn-lint's ``Policies.json`` has them."""

    def __init__(self, services: Mapping[str, Any]) -> None:
        self._services = services

    def has_service(self, action: str) -> bool:
        return action.partition(":")[0].casefold() in self._services

    def has(self, action: str) -> bool:
        """Whether AWS has such an action, or at least one that a wildcard stands for."""
        service, _, name = action.casefold().partition(":")
        known = self._services.get(service, {}).get("Actions", {})
        if _is_wild(name):
            pattern = _pattern(name)
            return any(pattern.fullmatch(each) for each in known)
        return name in known


def _is_wild(name: str) -> bool:
    return "*" in name or "?" in name


def _pattern(name: str) -> re.Pattern[str]:
    """``*`` allows anything, another wildcard too; ``?`` allows any one character, but not what ``*`` does."""
    words = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(words.get(each) or re.escape(each) for each in name))
