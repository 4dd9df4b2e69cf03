"""Write the parts of the pages in docs/ that are made from the code, between their marks.

The deployer's machine as it is drawn, each of its functions as its module tells, the parameters of Plot Palette as its
templates and files have them, what a terminal shows of its deployment, the rules of lint, what keeps the guidelines.
With ``--check`` nothing is written, and a page that is not as it should be makes the exit code 4.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.deploy.reference.gathering import gathered
from stackgen.deploy.reference.page import markdown
from stackgen.deploy.resolving import Wish
from stackgen.deployer.asl.drawing import mermaid
from stackgen.deployer.machine import definition
from stackgen.lint.explaining import Told, pack
from stackgen.project import Project
from stackgen.review.reading import read_folder
from tests.guides import guidelines
from tests.guides.terminal import settled
from tests.guides.transcripts import transcripts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEPLOYER = "docs/deployer.md"
PARAMETERS = "docs/deployment/parameter-reference.md"
TRANSCRIPTS = "docs/deployment/transcripts.md"
RULES = "docs/rules.md"
GUIDELINES = "docs/guidelines.md"
HANDLERS = "stackgen/deployer/handlers"
IN_ORDER = (
    "s3_trigger", "trigger_build", "acquire_lock", "fetch_targets", "verify_signatures", "promote_images",
    "initialize_deployments", "create_stackset", "deploy_stack_instances", "check_stackset_status", "watch_alarms",
    "revert_targets", "aggregate_results", "release_lock", "update_build_status", "clean_up_execution",
)  # fmt: skip
"""The functions in the order in which a build meets them."""


def main(arguments: list[str], root: Path) -> int:
    """Do it for the repository at ``root``, and say what was done."""
    code = 0
    for name, make in PAGES.items():
        page = root / name
        before = page.read_text("utf-8")
        after = written(name, before, make(root))
        if settled(before) == settled(after):  # names and times that differ from run to run are left as they are
            print(f"{name} is right")
        elif "--check" in arguments:
            print(f"{name} is not what the code says; write it: scripts/docs", file=sys.stderr)
            code = 4
        else:
            page.write_text(after, "utf-8", newline="\n")
            print(f"{name} written")
    return code


def written(name: str, text: str, blocks: Mapping[str, str]) -> str:
    """A page with its blocks made anew."""
    for mark, block in blocks.items():
        text, count = re.subn(
            rf"(<!-- {mark}: begin, made from the code -->\n).*?(\n<!-- {mark}: end -->)",
            lambda found, block=block: f"{found[1]}{block}{found[2]}",
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise SystemExit(f"{name} has {count} places for {mark}, and one was expected")
    return text


def of_deployer(root: Path) -> dict[str, str]:
    """What docs/deployer.md shows of the deployer."""
    return {
        "machine": f"```mermaid\n{mermaid(definition())}```",
        "functions": functions(root),
        "policy": f"```text\n{policy(root)}\n```",
    }


def of_parameters(root: Path) -> dict[str, str]:
    """What the templates of Plot Palette, its files and its notes say of its parameters."""
    project = Project.find(root)
    notes = str(root / "stacks/plot_palette/parameters/notes.toml")
    build = read_folder(project.build_path)
    found = gathered(project, build, Wish(["plot-palette/master-stack"]), notes)
    (page,) = [markdown(name, entries) for name, entries in found.items()]
    return {"parameters": page.rstrip()}


def policy(root: Path) -> str:
    """The table of a policy's keys."""
    told = ast.get_docstring(ast.parse((root / HANDLERS / "policy.py").read_text("utf-8"))) or ""
    lines = [line for line in told.splitlines() if line.startswith(("===", " ")) or line[:1].islower()]
    return "\n".join(line.replace("``", "") for line in lines if not line.startswith("==="))


def functions(root: Path) -> str:
    """Each function's docstring below its name."""
    parts = []
    for name in IN_ORDER:
        module = ast.parse((root / HANDLERS / f"{name}.py").read_text("utf-8"))
        told = (ast.get_docstring(module) or "").replace("``", "`")
        parts.append(f"### {name}\n\n{told}")
    return "\n\n".join(parts)


def of_transcripts(root: Path) -> dict[str, str]:
    """What a terminal shows of a deployment and of a failure."""
    del root
    return transcripts()


def of_rules(root: Path) -> dict[str, str]:
    """What our rules of lint say of themselves."""
    del root
    rules = pack().values()
    rows = [f"| [{each.id}](#{each.id.lower()}) | {each.title} | {each.pillar} | {_ids(each)} |" for each in rules]
    head = "| id | what it asks for | pillar | guidelines and public ids |\n|---|---|---|---|"
    return {"rules": "\n".join([head, *rows]), "each": "\n\n".join(_section(each) for each in rules)}


def _ids(rule: Told) -> str:
    return ", ".join([*rule.guidelines, *rule.public])


def _section(rule: Told) -> str:
    parts = [f"### {rule.id}", f"{rule.title}. {rule.why} {rule.remedy}"]
    if rule.profiles:
        parts.append(f"It counts for the profiles {', '.join(rule.profiles)}.")
    parts += [f"`{name}` in `.cfnlintrc` configures it; {value!r} by default." for name, value in rule.options.items()]
    if rule.source:
        parts.append(f"See <{rule.source}>.")
    for title, text in (("Passes", rule.passes), ("Is found", rule.fails)):
        if text:
            parts.append(f"{title}:\n\n```yaml\n{text}\n```")
    return "\n\n".join(parts)


PAGES: dict[str, Callable[[Path], dict[str, str]]] = {
    DEPLOYER: of_deployer,
    PARAMETERS: of_parameters,
    TRANSCRIPTS: of_transcripts,
    RULES: of_rules,
    GUIDELINES: guidelines.blocks,
}
"""What makes the blocks of each page."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parent.parent))
