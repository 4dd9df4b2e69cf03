"""``deploy`` killed by SIGKILL at random moments, a process like any other: the next run tells the truth and finishes.

The stand-in's time goes on while nobody looks, as CloudFormation does.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from stackgen.local.rehearsal.serving import Pace, Stopping

from .deployed import BUCKET, NAME, Deployed
from .typed import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.gateway import Note

    from .typed import Typed

DEPLOY = ("deploy", "--yes", "--every", "0.1")
RESOURCE, SPEED = 3.0, 40.0
"""Seconds that each resource takes in the stand-in's time, and how much faster that goes than ours."""
CREATION, UPDATE = 33, 40
"""Calls that a run makes at least, until CloudFormation has done its part."""
GOING = "an earlier run of this deployment still goes on; it is followed first"


class Moment:
    """A call after which a process is killed, and how many seconds after."""

    def __init__(self, seed: int, calls: int) -> None:
        chance = random.Random(seed)  # noqa: S311  the same moments in every run
        self.call = chance.randint(1, calls)
        self.later = chance.choice((0.0, 0.0, chance.uniform(0, 0.1)))
        self.made = 0

    def watch(self, process: subprocess.Popen[bytes], _: Note) -> None:
        """Count one call; the answer of the last one finds nobody any more."""
        self.made += 1
        if self.made == self.call:
            time.sleep(self.later)
            process.send_signal(signal.SIGKILL)
            process.wait()


@contextmanager
def time_goes_on(typed: Typed, begin: threading.Event | None = None, speed: float = SPEED) -> Iterator[None]:
    """Let the stand-in's time run, from *begin* on."""
    ended = threading.Event()

    def run() -> None:
        if begin is not None:
            begin.wait()
        with Pace(typed.cloud.clock, speed, Stopping()):
            ended.wait()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        if begin is not None:
            begin.set()
        ended.set()
        thread.join()


def killed(typed: Typed, moment: Moment, *words: str) -> None:
    """Start the command, and kill it."""
    started = threading.Event()
    processes: list[subprocess.Popen[bytes]] = []

    def watch(note: Note) -> None:
        started.wait()
        moment.watch(processes[0], note)

    typed.cloud.gateway.watchers.append(watch)
    command = [sys.executable, "-m", "stackgen", *DEPLOY, *words]
    processes.append(subprocess.Popen(command, cwd=typed.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    started.set()
    with time_goes_on(typed):
        code = processes[0].wait(60)
    typed.cloud.gateway.watchers.remove(watch)
    assert code == -signal.SIGKILL, f"it ended with {code} after {moment.made} calls"


def status(typed: Typed) -> str:
    found = typed.cloud.client("cloudformation").describe_stacks()["Stacks"]
    return str(next((each["StackStatus"] for each in found if each["StackName"] == NAME), ""))


def finished(typed: Typed, *words: str) -> None:
    """The next run: it says whether CloudFormation was at work, and ends well."""
    was = status(typed)
    begin = threading.Event()
    typed.cloud.gateway.watchers.append(lambda note: begin.set() if note.operation == "DescribeStackEvents" else None)
    with time_goes_on(typed, begin if was.endswith("_IN_PROGRESS") and was != "REVIEW_IN_PROGRESS" else None):
        ran = typed.run(*DEPLOY, *words)
    typed.cloud.gateway.watchers.clear()
    assert ran.code == 0, ran.err
    assert (GOING in ran.err) == (was.endswith("_IN_PROGRESS") and was != "REVIEW_IN_PROGRESS"), (was, ran.err)
    if was.endswith("COMPLETE") and (NAME, was) != (NAME, "CREATE_COMPLETE"):
        assert "nothing to do" in ran.out or "settings alone" in ran.out


def see_that_all_is_there(typed: Typed, wanted: str, delay: str) -> None:
    """Everything is as an undisturbed run leaves it, and a further run has nothing to do."""
    shop = Deployed(typed.cloud)
    found = shop.stack()
    assert found["StackStatus"] == wanted
    assert found["EnableTerminationProtection"] is True
    assert {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}["Delay"] == delay
    cloudformation = shop.client("cloudformation")
    assert cloudformation.get_stack_policy(StackName=NAME)["StackPolicyBody"]
    assert len(shop.change_sets()) <= 1
    roots = [each for each in cloudformation.describe_stacks()["Stacks"] if "ParentId" not in each]
    assert [each["StackName"] for each in roots] == [NAME]
    keys = shop.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert len(keys) == len(shop.build.templates)
    assert all(shop.client("s3").get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())


@pytest.fixture
def slow(typed: Typed) -> Typed:
    """A project in a protected environment, where resources take their time."""
    typed.write("pyproject.toml", SETTINGS + "protect = true\n")
    return typed


@pytest.mark.requirement("PP-30", "PP-33")
@pytest.mark.parametrize("seed", range(10))
def test_a_first_deployment_that_was_killed_is_finished_by_the_next_run(slow: Typed, seed: int) -> None:
    """Something is made twice, left behind or missing, or the next run says another thing than AWS."""
    slow.cloud.formation.operations.steps.durations["*"] = RESOURCE
    killed(slow, Moment(seed, CREATION))
    finished(slow)
    see_that_all_is_there(slow, "CREATE_COMPLETE", "5")


@pytest.mark.requirement("PP-30", "PP-27")
@pytest.mark.parametrize("seed", range(10, 20))
def test_an_update_that_was_killed_is_finished_by_the_next_run(slow: Typed, seed: int) -> None:
    """An update is lost or done twice, or the stack's settings are not set any more."""
    assert slow.run("deploy", "--yes").code == 0
    slow.cloud.formation.operations.steps.durations["*"] = RESOURCE
    killed(slow, Moment(seed, UPDATE), "-p", "Delay=7")
    finished(slow, "-p", "Delay=7")
    see_that_all_is_there(slow, "UPDATE_COMPLETE", "7")
