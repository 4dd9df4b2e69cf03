"""``multi setup``: which template goes into which account, and what is still missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import UsageError

from .asking import add_yes, confirm
from .forms import form_of
from .multi_words import installation_of, parser_of
from .words import counted, listed, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.setup import Check

FINDINGS = 4


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Look at everything that an installation needs; 4 where something is missing."""
    parser = parser_of(
        "setup",
        "Which template goes into which account, and what is still missing, with the command that brings it about. "
        "Nothing is changed: this looks, with the credentials at hand, at the deployer's account or, with --account, "
        "at target accounts: with credentials of their own (--profile), or through their reader role where that lets "
        "one in. Exit code 4 where something is missing.",
        "",
    )
    parser.add_argument(
        "--account", metavar="ID", action="append", default=[], help="look at a target account instead; may be repeated"
    )
    parser.add_argument(
        "--upload-code",
        metavar="BUCKET",
        help="instead of looking: make the bundle of the deployer's functions, and put it there, after asking",
    )
    add_yes(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    if console.environments:
        raise UsageError("setup takes no -e: an installation serves every environment", "--installation names another")
    if options.upload_code is not None:
        return _upload(console, options)
    accounts = [account for text in options.account for account in listed(text, "--account")]
    for account in accounts:
        if len(account) != 12 or not account.isdecimal():  # noqa: PLR2004  the length of every account id
            raise UsageError(f"--account {account!r} is not an account id of 12 digits")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import setup

        found = {f"target {account}": setup.target(installation, account) for account in dict.fromkeys(accounts)}
        if not found:
            found[f"deployer {installation.account()}/{installation.region}"] = setup.deployer(installation)
    missing = sum(check.state == setup.MISSING for checks in found.values() for check in checks)
    unknown = sum(check.state == setup.UNKNOWN for checks in found.values() for check in checks)
    total = sum(map(len, found.values()))
    verdict = f"installation {options.installation}: {missing} of {counted(total, 'thing')} missing"
    verdict += f", {unknown} could not be looked at" if unknown else ""
    if console.form == "json":
        content = {where: [check._asdict() for check in checks] for where, checks in found.items()}
        templates = [dict(zip(("template", "where", "what"), each, strict=True)) for each in setup.TEMPLATES]
        console.json("multi-setup", {"verdict": verdict, "templates": templates, "checks": content})
    else:
        console.say(verdict)
        console.say()
        console.say("templates of build/deployer, in this order")
        table(console, setup.TEMPLATES)
        for where, checks in found.items():
            _say(console, where, checks)
    return FINDINGS if missing else 0


def _upload(console: Console, options: argparse.Namespace) -> int:
    """The functions' code, under the key that the deployer's template names."""
    from stackgen.deployer.bundle import bundle, key

    if options.account:
        raise UsageError("--account and --upload-code exclude each other: the code belongs to the deployer's account")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import setup

        place = f"s3://{options.upload_code}/{key()}"
        uploaded = not setup.has_code(installation, options.upload_code, key())
        if uploaded:
            content = bundle()
            size = f"{len(content) / 1_000_000:.1f} MB"
            confirm(console, f"upload the code of the deployer's functions, {size}, to {place}?", yes=options.yes)
            setup.upload_code(installation, options.upload_code, key(), content)
    verdict = f"1 uploaded: {place}, {size}" if uploaded else f"0 uploaded: {place} is there already"
    if console.form == "json":
        told = {"uploaded": int(uploaded), "bucket": options.upload_code, "key": key()}
        console.json("multi-setup-code", {"verdict": verdict, **told})
    else:
        console.say(verdict)
    return 0


def _say(console: Console, where: str, checks: Sequence[Check]) -> None:
    console.say()
    console.say(where)
    table(console, [(check.state, check.what, check.detail) for check in checks])
    commands = dict.fromkeys(check.next for check in checks if check.next and check.state != "ok")
    for command in commands:
        console.say(f"  next: {command}")
