"""What docs/deployment/transcripts.md shows: a deployment and a failure, as a terminal shows them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.local.cloud import Cloud
from stackgen.local.rehearsal.serving import Pace, Stopping
from tests.support import Sandbox

from .places import SECONDS_OF_A_RESOURCE, STORAGE, TIERED, Stage, checkout
from .terminal import shown

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOY = "python -m stackgen deploy -e development -p WorkerImageTag=1.1.0"
SPEED = 60.0
"""Seconds of the stand-in's time in one of ours."""


def _deployment(stage: Stage) -> str:
    """A new image of the worker, in a stack that is there."""
    stage.deploys()
    stage.cloud.formation.operations.steps.durations["*"] = SECONDS_OF_A_RESOURCE
    stage.closing.enter_context(Pace(stage.cloud.clock, SPEED, Stopping()))
    return shown(stage, DEPLOY, "y")


def _failure(stage: Stage) -> str:
    """A bucket that may not be changed, what is found out about it, and the same once it may."""
    stage.deploys("-p", "WorkerImageTag=1.1.0")
    stage.fails("update:AWS::S3::Bucket", "AccessDenied", "Access Denied (Service: S3, Status Code: 403)")
    stage.changes(STORAGE, *TIERED)
    typed = [shown(stage, DEPLOY, "y"), shown(stage, "python -m stackgen diagnose -e development")]
    return "\n".join([*typed, shown(stage, DEPLOY, "y")])


def _text(play: Callable[[Stage], str]) -> str:
    with Cloud() as cloud, ExitStack() as closing, tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        checkout(sandbox, cloud)
        return play(Stage(sandbox, cloud, closing)).rstrip()


TRANSCRIPTS = {"deployment": _deployment, "failure": _failure}


def transcripts() -> dict[str, str]:
    """Each as a block of the page."""
    return {name: f"```text\n{_text(play)}\n```" for name, play in TRANSCRIPTS.items()}
