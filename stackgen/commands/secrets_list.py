"""``secrets list``: which secrets stacks need, and whether they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .deploying import add_stacks, add_values, deployment_of
from .for_each import ForEach
from .forms import form_of, in_help
from .secrets import add_name, chosen
from .secrets_put import as_json
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

DESCRIPTION = """\
The secrets that stacks need before they are deployed, who reads each, and whether it is there; no value is read.
"""
FINDINGS = 4


def run(console: Console, arguments: Sequence[str]) -> int:
    """List them; with --check 4 where one is missing."""
    parser = Parser("secrets list", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add_name(parser)
    parser.add_argument("--check", action="store_true", help="exit with 4 where one is not there")
    add_values(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        each = ForEach(console, deployment.sessions)
        found = each.do(lambda one: _listed(deployment, one, options.name), deployment.targets, lambda one: one.place)
    rows = [row for rows in found for row in rows]
    missing = [row for row in rows if not row["version"]]
    if form == "json":
        console.json("secrets-list", {"secrets": rows})
    else:
        console.say(f"{counted(len(rows), 'secret')}: {len(rows) - len(missing)} there, {len(missing)} missing")
        told = [
            (f"{row['name']} in {row['account']}/{row['region']}", row["store"], _state(row), _readers(row))
            for row in rows
        ]
        table(console, told)
        if missing:
            console.say("secrets put makes what is missing")
    return each.code(len(found)) or (FINDINGS if missing and options.check else 0)


def _listed(deployment: Deployment, target: Target, names: Sequence[str]) -> list[dict[str, Any]]:
    from stackgen.deploy.secrets.stores import store_of
    from stackgen.deploy.secrets.wanted import wanted

    rows = []
    for one in chosen(wanted(deployment.build, target), names, target):
        stored = store_of(one, deployment.sessions.of(target)).find(one.name)
        changed = stored.changed.isoformat(timespec="seconds") if stored and stored.changed else ""
        uses = [{"path": use.path, "property": use.name, "version": use.version} for use in one.uses]
        own = {"version": stored.version if stored else "", "changed": changed, "key": stored.key if stored else ""}
        rows.append({**as_json(target, one), **own, "read_by": uses})
    return rows


def _state(row: dict[str, Any]) -> str:
    return f"version {row['version']} of {row['changed']}" if row["version"] else "missing"


def _readers(row: dict[str, Any]) -> str:
    of_version = [f"{use['path']} ({'version ' + use['version'] if use['version'] else 'newest'})"
                  for use in row["read_by"]]  # fmt: skip
    return "for " + (", ".join(of_version) or f"what runs in {row['stack']}")
