"""Two values side by side, down to where they differ in meaning."""

from __future__ import annotations

from .canonical import BELOW, FREE, HERE, STATEMENT, as_list, function_of, is_statement, members, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .paths import Path

    Difference = tuple[Path, str, Any, Any]


class Walk:
    """Collects the differences of two values as ``(path, kind, before, after)`` in ``found``."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Difference] = []

    def values(
        self, path: Path, before: Any, after: Any, key: str = "", *, exact: bool = False, depth: int = 0
    ) -> None:
        """Compare two values that stand under ``key``; see ``canonical()`` for ``exact`` and ``depth``."""
        if same(before, after):
            return
        if depth == HERE and (isinstance(before, list) or isinstance(after, list)):
            before, after = as_list(before), as_list(after)
        if isinstance(before, list) and isinstance(after, list):
            self._lists(path, before, after, key, exact=exact, depth=depth)
            return
        if isinstance(before, dict) and isinstance(after, dict):
            functions = function_of(before), function_of(after)
            if functions == ("", ""):
                self._objects(path, before, after, exact=exact, depth=depth)
                return
            if functions == ("Fn::If", "Fn::If") and _have_one_condition(before["Fn::If"], after["Fn::If"]):
                for number in (1, 2):
                    here = (*path, "Fn::If", number)
                    branches = before["Fn::If"][number], after["Fn::If"][number]
                    self.values(here, *branches, key, exact=exact, depth=depth)
                return
        if text_of(before, key, exact=exact, depth=depth) != text_of(after, key, exact=exact, depth=depth):
            self.found.append((path, "changed", before, after))

    def _objects(self, path: Path, before: dict[str, Any], after: dict[str, Any], *, exact: bool, depth: int) -> None:
        depths = STATEMENT if not exact and is_statement(before) and is_statement(after) else {}
        below = depth - 1 if depth >= BELOW else 0
        left, right = members(before, exact=exact), members(after, exact=exact)
        for key, value in left.items():
            if key not in right:
                self.found.append(((*path, key), "removed", value, None))
            else:
                inner = exact or key in FREE
                self.values((*path, key), value, right[key], key, exact=inner, depth=depths.get(key, below))
        for key, value in right.items():
            if key not in left:
                self.found.append(((*path, key), "added", None, value))

    def _lists(self, path: Path, before: list[Any], after: list[Any], key: str, *, exact: bool, depth: int) -> None:
        from .lists import pairs_of

        steps, order = pairs_of(before, after, key, exact=exact, depth=depth)
        for element, left, right in steps:
            here = (*path, element)
            if left is None and right is not None:
                self.found.append((here, "added", None, after[right]))
            elif right is None and left is not None:
                self.found.append((here, "removed", before[left], None))
            elif left is not None and right is not None:
                self.values(here, before[left], after[right], exact=exact)
        if order is not None:
            self.found.append((path, "reordered", *order))


def differences(before: Any, after: Any, key: str = "", *, exact: bool = False, depth: int = 0) -> list[Difference]:
    """Where two values differ in meaning."""
    walk = Walk()
    walk.values((), before, after, key, exact=exact, depth=depth)
    return walk.found


def same(before: Any, after: Any) -> bool:
    """Whether two values are the same JSON: not so are true and 1, which Python takes for equal."""
    return bool(before == after) and _of_same_types(before, after)


def _of_same_types(before: Any, after: Any) -> bool:
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        for key, value in before.items():
            if type(value) is not str and not _of_same_types(value, after[key]):
                return False
    elif isinstance(before, list):
        for left, right in zip(before, after, strict=True):
            if type(left) is not str and not _of_same_types(left, right):
                return False
    return True


def _have_one_condition(before: Any, after: Any) -> bool:
    three = 3  # the condition and two branches
    both = isinstance(before, list) and isinstance(after, list) and len(before) == len(after) == three
    return both and before[0] == after[0]
