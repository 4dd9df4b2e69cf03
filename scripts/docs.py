"""Write what docs/deployer.md shows of the code: the machine as it is drawn, each function as its module tells.

With ``--check`` nothing is written, and a page that is not as it should be makes the exit code 4.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from stackgen.deployer.asl.drawing import mermaid
from stackgen.deployer.machine import definition

PAGE = "docs/deployer.md"
HANDLERS = "stackgen/deployer/handlers"
IN_ORDER = (
    "s3_trigger", "trigger_build", "acquire_lock", "fetch_targets", "verify_signatures", "promote_images",
    "initialize_deployments", "create_stackset", "deploy_stack_instances", "check_stackset_status", "watch_alarms",
    "revert_targets", "aggregate_results", "release_lock", "update_build_status", "clean_up_execution",
)  # fmt: skip
"""The functions in the order in which a build meets them."""


def main(arguments: list[str], root: Path) -> int:
    """Do it for the repository at ``root``, and say what was done."""
    page = root / PAGE
    before = page.read_text("utf-8")
    after = written(before, root)
    if before == after:
        print(f"{PAGE} is right")
        return 0
    if "--check" in arguments:
        print(f"{PAGE} is not what the code says; write it: scripts/docs", file=sys.stderr)
        return 4
    page.write_text(after, "utf-8", newline="\n")
    print(f"{PAGE} written")
    return 0


def written(text: str, root: Path) -> str:
    """The page with its blocks made anew."""
    blocks = {
        "machine": f"```mermaid\n{mermaid(definition())}```",
        "functions": functions(root),
        "policy": f"```text\n{policy(root)}\n```",
    }
    for name, block in blocks.items():
        text, count = re.subn(
            rf"(<!-- {name}: begin, made from the code -->\n).*?(\n<!-- {name}: end -->)",
            lambda found, block=block: f"{found[1]}{block}{found[2]}",
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise SystemExit(f"{PAGE} has {count} places for {name}, and one was expected")
    return text


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parent.parent))
