"""``env show``: one environment as a person wants to know it, or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .costing import usd_a_day
from .env_list import GONE, state_of
from .env_opening import add_number, name_of, opened
from .forms import form_of, in_help
from .told import tell_outputs
from .words import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.console import Console
    from stackgen.deploy.environments.finding import Found

    from .env_opening import Opened

FORMS = ("text", "json", "md")
NOTHING = "Nothing of it is there: no stack, no data, no log, no image."
DESCRIPTION = """\
One environment: whether it is there and how it stands, whose it is, until when it lives, what it costs a day, what its
stacks give out, and what notes in [tool.stackgen.ephemeral] say of such. As Markdown (md) it is what a pull request is
told, also when the environment is gone.
"""


def run(console: Console, arguments: list[str]) -> int:
    """Read it, and say what is known."""
    parser = Parser("env show", DESCRIPTION + in_help(*FORMS), "--pr N ...")
    add_number(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with opened(console) as what:
        name = name_of(console, options, what.ephemeral)
        content = _content(console, what, name, what.all().get(name))
    tell_outputs(content["outputs"])
    if form == "json":
        console.json("env-show", content)
    else:
        for line in _markdown(content) if form == "md" else [_first(content)]:
            console.say(line)
        if form == "text":
            table(console, [(key, value) for key, value in content["outputs"].items()])
            for each in (*content["left_over"], *content["notes"]):
                console.say(f"  {each}")
    return 0


def _content(console: Console, what: Opened, name: str, found: Found | None) -> dict[str, Any]:
    from stackgen.deploy.environments.lifetimes import moment

    is_there = found is not None and found.is_alive
    return {
        "environment": name,
        "state": state_of(found) if found else GONE,
        "owner": found.owner if found else "",
        "lives_until": moment(found.expires(what.ephemeral)) if found and is_there else "",
        "usd_a_day": usd_a_day(console, what.project, what.ephemeral),
        "outputs": _outputs(what, name, found) if found else {},
        "left_over": [each.arn for each in found.left] if found else [],
        "notes": list(what.ephemeral.notes) if is_there else [],
    }


def _outputs(what: Opened, name: str, found: Found) -> dict[str, str]:
    """What all of its stacks give out, without what is secret by the build's templates."""
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.resolving import Wish, resolve

    from .deploying import read_build

    project = what.ephemeral.project_with(what.project, name)
    build = read_build(project)
    accounts = {place.region: place.access.account for place in what.places}
    wish = Wish(what.ephemeral.stacks, (name,), every_stack=True)
    resolved = resolve(project, build, wish, lambda access: accounts[access.region])
    states = {(each.place.region, each.state.name): each.state for each in found.stacks}
    outputs: dict[str, str] = {}
    for target in (each.target for each in resolved):
        state = states.get((target.region, target.stack_name))
        outputs |= Hiding(target, build).outputs(state.outputs) if state else {}
    return outputs


def _first(content: dict[str, Any]) -> str:
    """``pr-7 is ready, of ann, lives until 2026-01-04 12:00 UTC, costs about USD 0.22 a day``."""
    parts = [f"{content['environment']} is {content['state']}"]
    if content["lives_until"]:
        parts.append(f"of {content['owner'] or 'nobody'}, lives until {content['lives_until']}")
    if content["usd_a_day"]:
        parts.append(f"costs about USD {content['usd_a_day']:.2f} a day")
    return ", ".join(parts)


def _markdown(content: dict[str, Any]) -> Iterator[str]:
    name, cost = content["environment"], content["usd_a_day"]
    cost_of = f" About USD {cost:.2f} a day" if cost else ""
    if content["state"] == GONE:
        yield f"### There is no environment `{name}`"
        yield ""
        what = "It has no stack; what is named below was left over." if content["left_over"] else NOTHING
        yield f"{what}{cost_of and cost_of + ' less than with one.'}"
    else:
        yield f"### Environment `{name}`: {content['state']}"
        yield ""
        if content["outputs"]:
            yield "| output | value |"
            yield "|---|---|"
            for key, value in content["outputs"].items():
                text = value.replace("|", "\\|")
                yield f"| {key} | {text if text.startswith('https://') else f'`{text}`'} |"
            yield ""
        until = content["lives_until"] or "nobody knows when"
        yield f"It lives until {until}, and goes when the pull request is closed.{cost_of and cost_of + '.'}"
    for arn in content["left_over"]:
        yield f"- left over: `{arn}`"
    for note in content["notes"]:
        yield f"- {note}"
