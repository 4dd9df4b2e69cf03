from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest

from stackgen.local.errors import LocalError
from tests.local.machines.world import World, one, row, task


def _parts() -> dict[str, Any]:
    """Everything that a module or a class of the interpreter holds, by name."""
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.parser"):
            for key, value in list(vars(module).items()):
                found[f"{name}.{key}"] = value
                if isinstance(value, type) and value.__module__ == name:
                    found.update({f"{name}.{key}.{inner}": held for inner, held in vars(value).items()})
    return {name: value for name, value in found.items() if "_abc" not in name and "__" not in name}


def _rehearse(world: World) -> None:
    world.functions["work"] = lambda event: event
    item = row(("Pause", {"Type": "Wait", "Seconds": 9}), ("Work", task(TimeoutSeconds=5)))
    world.run(one({"Type": "Map", "ItemProcessor": item}), [1, 2, 3])


def test_the_interpreter_is_left_as_it_was() -> None:
    world = World()
    with world.machines.mended():
        pass  # everything is imported now
    before = _parts()

    with world.machines.mended():
        _rehearse(world)

    after = _parts()
    assert {name for name in before if before[name] is not after.get(name)} == set()
    assert set(after) - set(before) == set()


def test_the_interpreter_is_left_as_it_was_after_a_failure() -> None:
    world = World()
    with world.machines.mended():
        pass
    before = _parts()

    with pytest.raises(ZeroDivisionError), world.machines.mended():
        raise ZeroDivisionError

    assert all(before[name] is value for name, value in _parts().items())


def test_no_thread_is_left_when_the_clock_is_closed() -> None:
    before = set(threading.enumerate())
    world = World()
    with world.machines.mended():
        machine = world.create(one({"Type": "Parallel", "Branches": [row(("W", {"Type": "Wait", "Seconds": 99}))]}))
        for _ in range(5):
            world.start(machine)
        assert set(threading.enumerate()) > before
        world.clock.close()
        for thread in set(threading.enumerate()) - before:
            thread.join(5)

    assert set(threading.enumerate()) == before


def test_no_thread_is_left_when_executions_ended() -> None:
    before = set(threading.enumerate())
    world = World()
    with world.machines.mended():
        _rehearse(world)
        for thread in set(threading.enumerate()) - before:
            thread.join(5)

    assert set(threading.enumerate()) == before


def test_two_stand_ins_cannot_run_machines_at_the_same_time() -> None:
    first, second = World(), World()

    with first.machines.mended(), pytest.raises(LocalError, match="another stand-in"), second.machines.mended():
        pass
    with second.machines.mended():
        assert second.run(one({"Type": "Pass"}))["status"] == "SUCCEEDED"


def test_the_interpreter_is_imported_only_when_it_is_needed() -> None:
    program = "import sys, stackgen.local.machines as m; print(sorted({'moto', 'boto3', 'antlr4'} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
