"""``outputs``: what deployed stacks give out; with a name only its value, for a script."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .context import project_of
from .deploying import names_of, read_build
from .events import of_stack
from .forms import form_of, in_help
from .looking import existing, looking
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.outputs import Output

    from .looking import Found

    Told = list[tuple[Found, list[Output]]]

FORMS = ("text", "json", "env")
DESCRIPTION = """\
What deployed stacks give out, and under which names other stacks may import it. With a NAME only its value is printed,
in a line for each stack (outputs master-stack ApiEndpoint -e dev).

The format env is lines of NAME=value, which a shell takes with eval. A value with a secret in it is shown as ****.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print them in the wanted form."""
    parser = Parser("outputs", DESCRIPTION + in_help(*FORMS), "[STACK] [NAME]")
    text = "a class, a file or system/file; the environment's only stack needs no name; then the name of an output"
    parser.add_argument("stacks", nargs="*", metavar="STACK NAME", help=text)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    if len(options.stacks) > 2:  # noqa: PLR2004  a stack and a name
        raise UsageError(f"outputs: one stack and one name were expected, not {' '.join(options.stacks)}")
    name = _name(console, options.stacks)
    options.stacks = options.stacks[: len(options.stacks) - bool(name)]
    with looking(console, options) as what:
        from stackgen.deploy.outputs import outputs_of

        told: Told = [
            (each, outputs_of(each.state.id, each.client("cloudformation"), each.hiding))
            for each in existing(console, what.looked)
        ]
    if name:
        told = [(found, [_named(found, outputs, name)]) for found, outputs in told]
    for found, outputs in told:
        hidden = [each.name for each in outputs if each.is_hidden]
        if hidden:
            console.warn(f"{found.place}: hidden, for a secret is in it: {', '.join(hidden)}")
    _print(console, form, told, only_values=bool(name))
    return 0


def _name(console: Console, words: Sequence[str]) -> str:
    """The word that names an output: the second, or the only one where no stack has that name."""
    if len(words) == 2:  # noqa: PLR2004  a stack and a name
        return words[1]
    if not words or words[0].startswith("arn:"):
        return ""
    from stackgen.deploy.settings import names_of as known_names

    project = project_of(console)
    word, build = words[0], read_build(project)
    stacks = {name for template in build.templates for name in known_names(template)}
    outputs = {name for root in build.roots for name in build.templates[root].section("Outputs")}
    if word.removesuffix(".json") in stacks:
        return ""
    if word in outputs:
        return word
    close = likely(word, outputs)
    if close.startswith("did you mean") and not set(names_of(console, project, build, [word])) & stacks:
        raise UsageError(f"no stack and no output {word!r}", close)
    return ""


def _named(found: Found, outputs: Sequence[Output], name: str) -> Output:
    for each in outputs:
        if each.name == name:
            return each
    names = [each.name for each in outputs]
    raise UsageError(f"{found.place} has no output {name!r}", likely(name, names) or "it has none at all")


def _print(console: Console, form: str, told: Told, *, only_values: bool) -> None:
    if form == "json":
        stacks = [
            {
                **of_stack(found),
                "outputs": {each.name: each.value for each in outputs},
                "exports": {each.name: each.export for each in outputs if each.export},
            }
            for found, outputs in told
        ]
        console.json("outputs", {"verdict": _verdict(told), "stacks": stacks})
    elif form == "env":
        _refuse_twice(told)
        for _, outputs in told:
            for each in outputs:
                console.say(f"{each.name}={quote(each.value)}")
    elif only_values:
        for _, outputs in told:
            console.say(outputs[0].value)
    else:
        console.say(_verdict(told))
        for found, outputs in told:
            if len(told) > 1:
                console.say()
                console.say(f"{found.place}: {counted(len(outputs), 'output')}")
            exports = [f"exported as {each.export}" if each.export else "" for each in outputs]
            table(console, [(each.name, each.value, text) for each, text in zip(outputs, exports, strict=True)])


def _refuse_twice(told: Told) -> None:
    """Raises UsageError where a shell would take one value for another of the same name."""
    names = [each.name for _, outputs in told for each in outputs]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        places = " and ".join(found.place for found, outputs in told if twice[0] in {each.name for each in outputs})
        raise UsageError(
            f"--format env: {twice[0]} is given out by {places}", "-r REGION or -e ENV chooses one of them"
        )


def _verdict(told: Told) -> str:
    count = sum(len(outputs) for _, outputs in told)
    exported = sum(bool(each.export) for _, outputs in told for each in outputs)
    where = told[0][0].place if len(told) == 1 else counted(len(told), "stack")
    gone = sum(found.state.status == "DELETE_COMPLETE" for found, _ in told)
    end = f"; {counted(gone, 'stack')} deleted, and nothing of it is there" if gone else ""
    return f"{counted(count, 'output')}, {exported} exported: {where}{end}"
