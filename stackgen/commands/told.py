"""What a command tells the workflow that it runs in: values for later steps, and the job's summary."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import OutputFileError

if TYPE_CHECKING:
    from collections.abc import Mapping


def tell_outputs(values: Mapping[str, str]) -> None:
    """Outputs of stacks as those of the step, but for what has several lines."""
    lines = (f"{name}={value}\n" for name, value in values.items() if value.isprintable())
    tell_workflow("GITHUB_OUTPUT", "".join(lines))


def tell_workflow(variable: str, text: str) -> None:
    """Append to the file that a variable names, as GitHub wants it; nothing where there is none.

    Raises OutputFileError.
    """
    name = os.environ.get(variable, "")
    if not name:
        return
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OutputFileError(f"{variable}: {name} cannot be written: {error.strerror}") from error
