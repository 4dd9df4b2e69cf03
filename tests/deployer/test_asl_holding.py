"""What a machine takes hold of is let go on every way to an end."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.asl import Holding, Machine, Pass, Problem, Step, Succeed, problems
from stackgen.errors import MachineError

LOCK = Holding(
    what="the lock",
    acquired=(Step("Take", "Work"), Step("Take", how="Catch")),
    released=("Release", "ReleaseAfterError"),
    handed_over=(Step("HandOver", "Done"),),
)


def definition() -> dict[str, Any]:
    """Take, work, release; an error of the work, and of taking, releases too; the work may be handed over."""
    error = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ReleaseAfterError"}]
    task = {"Type": "Task", "Resource": "r", "ResultPath": None, "Catch": error}
    return {
        "StartAt": "Take",
        "States": {
            "Take": {**task, "Next": "Work"},
            "Work": {**task, "Next": "Enough"},
            "Enough": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.x", "BooleanEquals": True, "Next": "HandOver"}],
                "Default": "Release",
            },
            "HandOver": {**task, "Next": "Done"},
            "Release": {"Type": "Task", "Resource": "r", "ResultPath": None, "Next": "Done"},
            "ReleaseAfterError": {"Type": "Task", "Resource": "r", "ResultPath": None, "Next": "Failed"},
            "Done": {"Type": "Succeed"},
            "Failed": {"Type": "Fail"},
        },
    }


def found(changed: dict[str, Any], holding: Holding = LOCK) -> list[Problem]:
    return problems(changed, holdings=[holding])


def test_a_machine_that_lets_go_on_every_way_is_sound() -> None:
    assert found(definition()) == []


def plant(state: str, **changes: Any) -> dict[str, Any]:
    changed = definition()
    changed["States"][state].update(changes)
    changed["States"][state] = {name: value for name, value in changed["States"][state].items() if value != "gone"}
    return changed


KEPT: dict[str, tuple[dict[str, Any], str]] = {
    "a normal way around": (
        plant("Enough", Default="Done"),
        "the lock is still held at the end Done: Take -> Work -> Enough -> Done",
    ),
    "an error that skips it": (
        plant("Work", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]),
        "the lock is still held at the end Failed: Take -> Work -> Failed",
    ),
    "an error that is not caught": (
        plant("Work", Catch="gone"),
        "the lock is still held when Work fails, for it does not catch States.ALL: Take -> Work",
    ),
    "some errors that are not caught": (
        plant("Work", Catch=[{"ErrorEquals": ["Busy"], "Next": "ReleaseAfterError"}]),
        "the lock is still held when Work fails, for it does not catch States.ALL: Take -> Work",
    ),
    "an end in the middle": (
        plant("Work", Next="gone", End=True),
        "the lock is still held at the end Work: Take -> Work",
    ),
    "an error of who takes it": (
        plant("Take", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]),
        "the lock is still held at the end Failed: Take -> Failed",
    ),
    "an error of who hands it over": (
        plant("HandOver", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]),
        "the lock is still held at the end Failed: Take -> Work -> Enough -> HandOver -> Failed",
    ),
}


@pytest.mark.parametrize(("changed", "message"), KEPT.values(), ids=KEPT)
def test_a_way_that_keeps_it_is_told(changed: dict[str, Any], message: str) -> None:
    assert message in [each.message for each in found(changed) if each.rule == "kept"]


def test_what_is_handed_over_must_be_said() -> None:
    silent = Holding("the lock", LOCK.acquired, LOCK.released)
    (problem,) = found(definition(), silent)
    assert problem.message.endswith("Take -> Work -> Enough -> HandOver -> Done")
    assert problem.hint == "lead it through Release or ReleaseAfterError"


@pytest.mark.parametrize(
    ("holding", "message", "hint"),
    [
        (
            Holding("the lock", LOCK.acquired, ("Relaese",)),
            "the lock is said to be released by Relaese, which is no state",
            "did you mean Release?",
        ),
        (
            Holding("the lock", (Step("Take", "Wrok"),), LOCK.released),
            "the lock is said to be acquired on Take -> Wrok, where no way leads",
            "did you mean Work?",
        ),
        (
            Holding("the lock", (Step("Tale", "Work"),), LOCK.released),
            "the lock is said to be acquired on Tale -> Work, where no way leads",
            "did you mean Take?",
        ),
        (
            Holding("the lock", (Step("Enough", how="Catch"),), LOCK.released),
            "the lock is said to be acquired on Enough -Catch-> ..., where no way leads",
            "it has: Default, Choices[0]",
        ),
        (
            Holding("the lock", (Step("Done"),), LOCK.released),
            "the lock is said to be acquired on Done -> ..., where no way leads",
            "it is an end",
        ),
        (
            Holding("the lock", LOCK.acquired, LOCK.released, (Step("Work", "Done"),)),
            "the lock is said to be handed over on Work -> Done, where no way leads",
            "known: Enough, ReleaseAfterError",
        ),
    ],
)
def test_a_declaration_that_fits_nothing_is_refused(holding: Holding, message: str, hint: str) -> None:
    assert [(each.rule, each.message, each.hint) for each in found(definition(), holding)] == [
        ("idle-holding", message, hint),
    ]


def test_a_machine_that_keeps_what_it_holds_is_not_made() -> None:
    states = (Pass("Take", Next="Work"), Pass("Work", Next="Done"), Pass("Release", Next="Done"), Succeed("Done"))
    with pytest.raises(MachineError, match="no way leads to Release"):
        Machine(*states, StartAt="Take", holdings=[Holding("it", (Step("Take"),), ("Release",))])
