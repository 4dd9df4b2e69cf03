"""The ways of a state machine that only AWS knows, taken out of it so that the rest can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.asl.graph import edges_of, is_end, mapping

if TYPE_CHECKING:
    from .values import Values


def is_open(value: object) -> bool:
    """Whether a part of it only AWS knows."""
    return isinstance(value, str) and "${" in value


class Closing:
    """Makes of each open way an end; a parameter leads where its default says, and may lead elsewhere.

    ``open_in`` holds the states of scopes with such ways: nobody knows which of them are reached.
    """

    def __init__(self, values: Values) -> None:
        self._values = values
        self.open_in: set[str] = set()

    def scope(self, given: Any) -> dict[str, Any] | None:
        """A machine, a branch or an iteration without open ways. None where nobody knows which states it has."""
        states = mapping(given).get("States")
        if is_open(given) or is_open(states) or any(map(is_open, mapping(states))):
            return None
        ways: list[str] = []
        closed = {name: self._state(state, ways) for name, state in mapping(states).items()}
        start = self._told(mapping(given).get("StartAt"), ways)
        if ways:
            self.open_in |= {str(name) for name in closed}
        return {**mapping(given), "StartAt": next(iter(closed), "") if is_open(start) else start, "States": closed}

    def _state(self, given: Any, ways: list[str]) -> Any:
        if is_open(given):
            ways.append(given)
            return {"Type": "Pass", "End": True}
        if not isinstance(given, dict):
            return given
        asked = len(ways)
        state = {field: value for field, value in given.items() if not is_open(value)}
        for field in ("Next", "Default", "Type", "End", "Choices"):
            told = self._told(given.get(field), ways)
            if told is not None and not is_open(told) and field != "End":
                state[field] = told
        self._inside(state, ways)
        if len(ways) > asked:
            state.setdefault("Type", "Task")
            if not is_end(state) and not any(not each.caught for each in edges_of("", state)):
                state["End"] = True
        return state

    def _inside(self, state: dict[str, Any], ways: list[str]) -> None:
        for field in ("Choices", "Catch", "Retry"):
            if isinstance(state.get(field), list):
                state[field] = [self._rule(each, ways) for each in state[field] if not is_open(each)]
        for field in ("ItemProcessor", "Iterator"):
            if field in state:
                state[field] = self.scope(state[field])
        if isinstance(state.get("Branches"), list):
            state["Branches"] = [self.scope(each) for each in state["Branches"]]

    def _rule(self, given: Any, ways: list[str]) -> Any:
        rule = dict(mapping(given))
        if is_open(rule.get("Next")):
            rule["Next"] = self._told(rule["Next"], ways)
        if is_open(rule.get("Next")):
            del rule["Next"]
        if is_open(rule.get("ErrorEquals")):
            rule["ErrorEquals"] = [rule["ErrorEquals"]]
        return rule

    def _told(self, value: Any, ways: list[str]) -> Any:
        if not is_open(value):
            return value
        ways.append(value)
        return self._values.spelled(value)
