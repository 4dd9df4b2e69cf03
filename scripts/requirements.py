"""Write the table of each ``stacks/*/requirements.toml`` into the README.md beside it.

With ``--check`` nothing is written, and a README that is not as it should be makes the exit code 4.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stackgen.errors import FindingsError, OutputFileError, ProjectError, StackgenError, UsageError, shown
from stackgen.traceability import check_known, proofs_in, requirements_in, table, with_table


def main(arguments: list[str], root: Path) -> int:
    """Do it for the repository at ``root``, and say what was done."""
    if set(arguments) - {"--check"}:
        raise UsageError(f"unknown arguments: {' '.join(arguments)}", "scripts/requirements [--check]")
    systems = {path: requirements_in(path) for path in sorted(root.glob("stacks/*/requirements.toml"))}
    proofs = proofs_in(root / "tests")
    check_known(proofs, [each.id for requirements in systems.values() for each in requirements])
    stale = []
    for path, requirements in systems.items():
        readme = path.with_name("README.md")
        before = read(readme)
        try:
            after = with_table(before, table(requirements, proofs))
        except ProjectError as error:
            error.location = error.location or (str(readme), 0)
            raise
        if after != before:
            stale.append(shown(str(readme)))
            if not arguments:
                readme.write_text(after, "utf-8", newline="\n")
    if arguments and stale:
        raise FindingsError(f"not what the tests say: {', '.join(stale)}", "write them: scripts/requirements")
    done = "every README is right" if arguments else f"{', '.join(stale) or 'nothing'} written"
    print(f"{counted(sum(map(len, systems.values())), 'requirement')} of {counted(len(systems), 'system')}: {done}")
    return 0


def read(path: Path) -> str:
    """A file's text. Raises OutputFileError."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number} {what}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], Path(__file__).parent.parent))
    except StackgenError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
