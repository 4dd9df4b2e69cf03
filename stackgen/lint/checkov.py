"""checkov's findings beside ours, where it is installed: in its own environment, for it holds boto3 at an old release.

It is started offline, reads the template files, and answers in JSON. Its checks are excepted like any rule: by their
id, with a reason, on the resource.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import StackgenError

from .suppressions import applied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .finding import BuiltTemplate, Finding

COMMAND = "checkov"


def found_program() -> str:
    """Its path. Raises StackgenError where it is not there: asked before all else, so that nobody waits for that."""
    program = shutil.which(COMMAND)
    if program is None:
        raise StackgenError(
            "checkov is not installed: no such command on the PATH",
            "install it in an environment of its own: uv tool install checkov, or pipx install checkov",
        )
    return program


def findings(templates: Sequence[BuiltTemplate]) -> tuple[list[Finding], str]:
    """What checkov finds in the templates, but for what they except, and its version.

    Raises StackgenError where it is not there, ends with an error or says what cannot be read.
    """
    program = found_program()
    files = {str(Path(each.file).resolve()): each for each in templates}
    words = ["--framework", "cloudformation", "--output", "json", "--skip-download", "--quiet", "--compact",
             "--soft-fail", "--file", *files]  # fmt: skip
    ran = subprocess.run([program, *words], capture_output=True, text=True, check=False)  # noqa: S603  from the PATH
    try:
        reports = json.loads(ran.stdout)
    except ValueError:
        reports = None
    if ran.returncode or reports is None:
        last = (ran.stderr.strip() or ran.stdout.strip() or "it said nothing").splitlines()[-1]
        raise StackgenError(f"checkov ended with {ran.returncode}: {last}", "run it by itself: checkov --file FILE")
    found: dict[str, list[Finding]] = {each.name: [] for each in templates}
    version = ""
    for report in reports if isinstance(reports, list) else [reports]:
        version = str(report.get("summary", report).get("checkov_version", version))
        for failed in report.get("results", {}).get("failed_checks", ()):
            template = files.get(str(Path(failed["file_abs_path"]).resolve()))
            if template is not None:
                found[template.name].append(_finding(template, failed))
    left = [one for each in templates for one in applied(each, found[each.name], tell_unused=False)]
    return sorted(left, key=lambda each: (each.file, each.line, each.rule)), version


def _finding(template: BuiltTemplate, failed: dict[str, Any]) -> Finding:
    title = str(failed["resource"]).rpartition(".")[2]
    return template.finding(str(failed["check_id"]), f"{title}: {failed['check_name']}", "Resources", title)
