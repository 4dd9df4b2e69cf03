"""Speed as ratios: each command beside a reference, run in turn on this machine, in this run.

    scripts/bench [--rounds N] [--row WORD] [--systems N]

A reference is a whole process too: bare Python (P), an import of the troposphere modules that the set needs, cfn-lint's
own command. The medians of the ratios, taken pair by pair, are what counts; absolute times belong to the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
DEPLOYER = HERE.parent / "stackgen" / "deployer"
SYSTEMS = 5
COLD_LINT = "cold lint"
REVIEWED = 20  # templates, of about 25 resources each
CHANGES = 40
MORE = {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "arn:aws:s3:::more/*"}
PYPROJECT = '[tool.stackgen]\nstacks = "stacks"\nregions = ["us-east-1", "eu-west-1"]\n'

IMPORT_ALL = """
import sys
from troposphere import (awslambda, cloudwatch, dynamodb, ec2, ecr, ecs, elasticloadbalancingv2, events, iam, kms,
                         logs, rds, s3, secretsmanager, sns, sqs, ssm, stepfunctions)
import awacs.dynamodb, awacs.sqs
"""

EVERY_SCHEMA = """
from stackgen.review.schemas import installed
files = installed()
types = {type_: file for region in [*files.regions, "sam"] for type_, file in files.types(region).items()}
"""
HANDLERS = (
    "s3_trigger", "trigger_build", "acquire_lock", "fetch_targets", "verify_signatures", "promote_images",
    "initialize_deployments", "create_stackset", "deploy_stack_instances", "check_stackset_status", "watch_alarms",
    "revert_targets", "aggregate_results", "release_lock", "update_build_status", "clean_up_execution",
)  # fmt: skip
"""The functions of the deployer."""

READ_THEM = "for type_, file in types.items(): files.schema(type_, file)"
PARSE_THEM = """
import json
for file in types.values():
    with open(files.path("schemas", "resources", f"{file}.json"), "rb") as schema:
        json.load(schema)
"""

Command = list[str]


class Besides(NamedTuple):
    """What a row may take beside its target: what ``command`` takes longer than ``without``, in the same run."""

    what: str
    command: Command
    without: Command


class Row(NamedTuple):
    """One line of the table: a command, its reference, and the ratio that it must not exceed."""

    what: str
    command: Command
    reference: Command
    against: str
    target: float
    aim: float | None = None
    before: Callable[[], None] = lambda: None
    codes: tuple[int, ...] = (0,)
    besides: Besides | None = None
    by_cpu: bool = False
    """Whether the least of the processor's seconds are compared: of long processes, not their wall time."""


def main() -> int:
    """Make the set in a temporary folder, measure, print."""
    parser = argparse.ArgumentParser(description="Speed of stackgen as ratios, measured in one run.")
    parser.add_argument("--rounds", type=int, default=11, help="pairs of runs of each row (default: 11)")
    parser.add_argument("--row", default="", help="only rows whose name holds this word")
    parser.add_argument(
        "--systems", type=int, default=SYSTEMS, help=f"copies of the set, of 5 templates each (default: {SYSTEMS})"
    )
    options = parser.parse_args()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "STACKGEN"))}
    with tempfile.TemporaryDirectory() as folder:
        project = make_set(Path(folder), options.systems)
        run([*stackgen(), "build"], project, environment, (0,))
        templates = sorted(project.glob("build/*/*.json"))
        count = sum(path.read_text().count('"Type": "AWS::') for path in templates)
        parameters = sum(path.read_text().count('"Type": "AWS::EC2::VPC::Id"') for path in templates)
        print(f"{len(templates)} templates, {count - parameters} resources, Python {sys.version.split()[0]}")
        print(f"{'what':<44} {'against':<26} {'ratio':>6} {'(least..most)':>16}  target")
        missed = 0
        for row in rows(project):
            if options.row in row.what:
                missed += not measure(row, project, environment, options.rounds)
    print("all targets reached" if not missed else f"{missed} targets missed")
    return 0 if not missed else 4


def rows(project: Path) -> Iterator[Row]:
    """The table; a command that is not built yet has no row."""
    bare = [sys.executable, "-c", "pass"]
    build, cache = project / "build", project / ".stackgen"

    def from_nothing() -> None:
        shutil.rmtree(build, ignore_errors=True)
        shutil.rmtree(cache, ignore_errors=True)

    imports = [sys.executable, "-c", IMPORT_ALL]
    yield Row("cold build", [*stackgen(), "build"], imports, "import of the same modules", 2.0, 1.25, from_nothing)
    yield Row("build with nothing changed", [*stackgen(), "build"], bare, "bare Python (P)", 2.2)
    yield Row("--help", [*stackgen(), "--help"], bare, "bare Python (P)", 2.4, 1.5)
    yield Row("build --check", [*stackgen(), "build", "--check"], imports, "import of the same modules", 2.0)
    files = [str(path) for path in sorted(build.glob("*/*.json")) if path.name != "manifest.json"]
    linter = [str(Path(sys.executable).with_name("cfn-lint")), "-c", "I", "-r", "us-east-1", "eu-west-1", "--", *files]

    def without_memory() -> None:
        for each in cache.glob("lint*.json"):
            each.unlink()

    lint, codes = [*stackgen(), "lint"], (0, 2, 4, 6, 8, 10, 12, 14)
    yield Row(COLD_LINT, lint, linter, "cfn-lint's own command", 0.7, 0.55, without_memory, codes)
    ours = [*linter[:1], "--append-rules", "stackgen.lint.rules", *linter[1:]]
    yield Row("cfn-lint with our rules", ours, linter, "its CPU time without", 1.1, 1.05, codes=codes, by_cpu=True)

    def with_one_changed() -> None:
        path = Path(files[0])
        path.write_text(path.read_text().replace('"Description": "', '"Description": "Again: ', 1))

    yield Row("lint with one of 25 changed", lint, linter, "cfn-lint's own command", 0.4, 0.2, with_one_changed, codes)
    yield Row("lint with nothing changed", lint, bare, "bare Python (P)", 2.2, 2.0, codes=codes)
    pair = changed_copies(build, project / "pair")
    diff, impact = ([*stackgen(), word, *pair, "--format", "json"] for word in ("diff", "impact"))
    yield Row(f"diff of two builds, {CHANGES} changes", diff, bare, "bare Python (P)", 2.5)
    impact += ["-r", "us-east-1"]
    needed = schemas_of(pair)
    yield Row(f"impact of two builds, {CHANGES} changes", impact, bare, "bare Python (P)", 5.0, besides=needed)
    schemas = ([sys.executable, "-c", EVERY_SCHEMA + text] for text in (READ_THEM, PARSE_THEM))
    yield Row("all schemas of all types", next(schemas), next(schemas), "json reads the same files", 1.0)
    libraries = "import boto3; from aws_lambda_powertools import Logger"
    python = [sys.executable, "-c"]
    for name in HANDLERS:
        function = f"import sys; sys.path.insert(0, {str(DEPLOYER)!r}); import handlers.{name}"
        yield Row(f"cold import of {name}", [*python, function], [*python, libraries], "import of its libraries", 1.4)


def stackgen() -> Command:
    """The command under test, in this interpreter."""
    return [sys.executable, "-m", "stackgen"]


def make_set(folder: Path, systems: int = SYSTEMS) -> Path:
    """A project with the set copied once for each system."""
    (folder / "stacks").mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    source = (HERE / "bench_set.py").read_text()
    for number in range(1, systems + 1):
        text = source.replace('SYSTEM = "bench"', f'SYSTEM = "bench{number}"')
        (folder / "stacks" / f"bench{number}.py").write_text(text)
    return folder


def changed_copies(build: Path, folder: Path) -> list[str]:
    """About 500 resources of the build, twice; in the second a description, tag or number of many resources differs."""
    sides = [folder / "before", folder / "after"]
    left = CHANGES
    for path in sorted(build.glob("*/*.json"))[:REVIEWED]:
        before = json.loads(path.read_text())
        after = json.loads(path.read_text())
        for each in list(after["Resources"].values())[::8]:
            properties = each.get("Properties", {})
            if left and "Policies" in properties:
                properties["Policies"][0]["PolicyDocument"]["Statement"].append(MORE)
                left -= 1
            elif left and "Tags" in properties:
                properties["Tags"] = [*properties["Tags"], {"Key": "reviewed", "Value": "yes"}]
                left -= 1
        for side, content in zip(sides, (before, after), strict=True):
            copy = side / path.relative_to(build)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(json.dumps(content, indent=2))
    return [str(side) for side in sides]


def schemas_of(pair: list[str]) -> Besides:
    """To find and read the schemas of all types in two builds; the modules that read them count as the command's."""
    texts = [path.read_text() for side in pair for path in sorted(Path(side).glob("*/*.json"))]
    types = sorted({each["Type"] for text in texts for each in json.loads(text)["Resources"].values()})
    without = "from stackgen.review.schemas import Schemas"
    read = f"{without}; schemas = Schemas('us-east-1'); print(*map(schemas.get, {types}))"
    python = [sys.executable, "-c"]
    return Besides("the schemas that they need", [*python, read], [*python, without])


def measure(row: Row, folder: Path, environment: dict[str, str], rounds: int) -> bool:
    """Run the pair ``rounds`` times after a warm-up, print the line, and say whether the target is reached."""
    if row.what == COLD_LINT:
        rounds = min(rounds, 3)  # seconds each, and steady
    ratios, more, times = [], [], []
    for turn in range(rounds + 1):
        row.before()
        ours = run(row.command, folder, environment, row.codes, by_cpu=row.by_cpu)
        theirs = run(row.reference, folder, environment, row.codes, by_cpu=row.by_cpu)
        besides = [run(each, folder, environment, (0,)) for each in row.besides[1:]] if row.besides else [0.0, 0.0]
        if turn:
            ratios.append(ours / theirs)
            times.append((ours, theirs))
            more.append((besides[0] - besides[1]) / theirs)
    least = [min(some) for some in zip(*times, strict=True)]
    middle = least[0] / least[1] if row.by_cpu else statistics.median(ratios)
    allowed = statistics.median(more)
    target = f"{row.target + allowed:.2f}" + (f", aim {row.aim:.2f}" if row.aim else "")
    if row.besides:
        print(line(f"  {row.besides.what}", row.against, more, allowed))
        target += f": {row.target:.2f} and {row.besides.what}"
    verdict = "" if middle <= row.target + allowed else "  MISSED"
    print(f"{line(row.what, row.against, ratios, middle)}  {target}{verdict}", flush=True)
    return middle <= row.target + allowed


def line(what: str, against: str, ratios: list[float], middle: float) -> str:
    """The ratio that counts, and how far those of the rounds lie apart."""
    spread = f"({min(ratios):.2f}..{max(ratios):.2f})"
    return f"{what:<44} {against:<26} {middle:>6.2f} {spread:>16}"


def run(
    command: Command, folder: Path, environment: dict[str, str], codes: tuple[int, ...], *, by_cpu: bool = False
) -> float:
    """Seconds that a whole process takes. Raises CalledProcessError when it fails."""
    clock = cpu_of_children if by_cpu else time.perf_counter
    start = clock()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603  our own
    taken = clock() - start
    if done.returncode not in codes:
        sys.stderr.buffer.write(done.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)
    return taken


def cpu_of_children() -> float:
    """The processor's seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
