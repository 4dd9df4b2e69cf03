"""An image of TapStack's under Lambda's runtime client.

    with Runtime("migration", folder, variables) as function:
        answered = function.invoke(event)

The folder gets what the image's Dockerfile copies, and the client begins at the Dockerfile's command.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests import runtime
from tests.support import ROOT

IMAGES = ROOT / "stacks" / "tap" / "images"


class Runtime(runtime.Runtime):
    """One execution environment of an image's function; it ends with the block."""

    def __init__(self, image: str, folder: Path, variables: dict[str, str], seconds: float = 300) -> None:
        task = folder / "task"
        super().__init__(task, _laid_out(image, task), variables, folder / "log", name=image, seconds=seconds)


def _laid_out(image: str, folder: Path) -> str:
    """Copy into the folder what the Dockerfile copies into the task's root; the command of the image."""
    dockerfile = (IMAGES / image / "Dockerfile").read_text("utf-8")
    folder.mkdir()
    ignored = shutil.ignore_patterns("__pycache__")
    for source, target in re.findall(r'^COPY (\S+) "\$\{LAMBDA_TASK_ROOT\}/(.+)"$', dockerfile, re.MULTILINE):
        shutil.copytree(IMAGES / source, folder / target, ignore=ignored)
    (command,) = re.findall(r'^CMD \["(.+)"\]$', dockerfile, re.MULTILINE)
    return str(command)
