"""``release record``: remember what is deployed as a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import StackgenError

from .arguments import Parser
from .forms import form_of, in_help
from .looking import add_looked, looking
from .told import tell_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.releases import Release
    from stackgen.deploy.stacks import StackState
    from stackgen.review.model import Build

    from .looking import Looked

FORMS = ("text", "json", "md")
DESCRIPTION = """\
Remember what is deployed now, by the templates of this build and the commit of the work tree, as a release. A stack
that is being worked on, has failed, or differs from this build is refused. As Markdown (md) it says what was deployed
where, for the summary of a workflow; the outputs of the stack are those of the step too.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Look at each stack, and record it. Raises StackgenError for what is none."""
    parser = Parser("release record", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with looking(console, options) as what:
        commit = _commit(str(what.project.root))
        told = [_recorded(console, each, what.build, commit) for each in what.looked]
    if form == "json":
        from dataclasses import asdict

        releases = [{**asdict(release), "outputs": outputs} for release, outputs in told]
        console.json("release-record", {"releases": releases})
        return 0
    for release, outputs in told:
        plain = f"{release.stack} in {release.account}/{release.region}: release {release.id} recorded"
        for line in _markdown(release, outputs) if form == "md" else [plain]:
            console.say(line)
    return 0


def _recorded(console: Console, looked: Looked, build: Build, commit: str) -> tuple[Release, dict[str, str]]:
    from stackgen.deploy.artifacts import digest_of
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.releases import Release, image_digests, listed, recorded, too_old

    target = looked.target
    state = _well(looked, build)
    secrets = {*target.secrets, *(name for name, value in state.parameters.items() if value == "****")}
    values = {name: value for name, value in state.parameters.items() if name not in secrets}
    release = Release(
        f"{_now(looked)}-{commit[:12]}",
        target.stack_name,
        target.env,
        target.account,
        target.region,
        target.template,
        digest_of(build.templates[target.template].text),
        commit,
        values,
        tuple(sorted(secrets)),
        image_digests(values, looked.client("ecr"), target.region),
    )
    performer = Performer(looked.client, lambda action: console.detail(action.why))
    performer.perform(recorded(release))
    for action in too_old(listed(target.stack_name, looked.client("ssm"))):
        performer.perform(action)
    outputs = looked.hiding.outputs(state.outputs)
    tell_outputs(outputs)
    return release, outputs


def _well(looked: Looked, build: Build) -> StackState:
    """The stack, where it is what the build says. Raises StackgenError."""
    from stackgen.deploy.next_steps import command_for
    from stackgen.deploy.stacks import HEALTHY
    from stackgen.deploy.standing import standing

    target = looked.target
    found = standing(target, build, looked.client("cloudformation"))
    if found.state is None or found.state.status not in HEALTHY or "ROLLBACK" in found.state.status:
        said = found.state.status if found.state else "does not exist"
        raise StackgenError(f"{target.place} is no release: {said}", found.next_step)
    if found.compared.templates or found.compared.owner:
        differs = ", ".join(found.compared.templates) or f"it is {found.compared.owner}'s"
        problem = f"{target.place} is not what this build says: {differs}"
        raise StackgenError(problem, f"{command_for(target, 'deploy')} deploys this build")
    return found.state


def _now(looked: Looked) -> str:
    """By the clock of AWS: ``20261129-201500``."""
    from datetime import UTC, datetime

    from stackgen.deploy.environments.lifetimes import now_of

    return f"{datetime.fromtimestamp(now_of(looked.client('sts')), UTC):%Y%m%d-%H%M%S}"


def _commit(root: str) -> str:
    from stackgen.review.git import commit_of, repository_of

    return commit_of("HEAD", repository_of(root))


def _markdown(release: Release, outputs: dict[str, str]) -> Iterator[str]:
    rows: dict[str, Any] = {
        "environment": release.environment,
        "region": release.region,
        "commit": f"`{release.commit}`",
        "templates": f"`{release.digest}`",
        **{name: f"`{digest}`" for name, digest in release.images.items()},
        **{name: value if value.startswith("https://") else f"`{value}`" for name, value in outputs.items()},
    }
    yield f"### `{release.stack}`: release {release.id}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in rows.items():
        yield f"| {name} | {value} |"
