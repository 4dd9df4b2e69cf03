"""The words of a command line as a record of targets: groups of accounts and regions, and a rollout policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import OutputFileError, UsageError, likely

from .words import listed

if TYPE_CHECKING:
    import argparse

    from .arguments import Parser

_GROUP = ("account_ids", "account_id", "regions")
_MODES = {"soft": "SOFT_FAILURE_TOLERANCE", "strict": "STRICT_FAILURE_TOLERANCE"}


def add_whose(parser: Parser) -> None:
    """The options that say whose record it is."""
    parser.add_argument("--repo", metavar="REPO", help="a repository, by its last name: shop of acme/shop")
    parser.add_argument("--default", action="store_true", help="every repository that has no record of its own")


def whose_of(options: argparse.Namespace, *, needed: bool = True) -> str:
    """The repository, ``$`` for the default. Raises UsageError unless it is exactly one."""
    from stackgen.deployer.handlers.keys import DEFAULT_REPO
    from stackgen.deployer.operating.installation import check_name

    if options.default and options.repo is not None:
        raise UsageError("--default and --repo exclude each other")
    if not options.default and options.repo is None:
        if needed:
            raise UsageError("--repo REPO or --default was expected: whose targets?")
        return DEFAULT_REPO
    return DEFAULT_REPO if options.default else check_name(options.repo, "--repo")


def add_targets(parser: Parser) -> None:
    """The options that say where to."""
    add = parser.add_argument_group("where to: every account in every region, or groups of them").add_argument
    add("--accounts", metavar="ID,ID...", help="account ids of 12 digits")
    add("--regions", metavar="NAME,NAME...", help="regions")
    add(
        "--targets-json",
        metavar="JSON",
        help='instead of both: a file, or [{"account_ids": [...], "regions": [...]}, ...]; each group by itself',
    )


def add_policy(parser: Parser) -> None:
    """The options that say how carefully."""
    add = parser.add_argument_group("how carefully; what is left out keeps its default").add_argument
    add("--policy-json", metavar="JSON", help="a file, or an object of the keys that docs/deployer.md lists")
    add("--mode", help="fail-fast (default): stop at a failure; collect-all: try every target")
    add("--max-concurrent", metavar="N[%]", help="accounts at a time in a region; 10 by default")
    add("--failure-tolerance", metavar="N[%]", help="accounts that may fail in a region; 0 by default")
    add("--concurrency-mode", choices=_MODES, help="soft (default), or strict: no more at a time than may fail, plus 1")
    add("--region-order", metavar="NAME,NAME...", help="regions that come first")
    add("--parallel-regions", action="store_true", default=None, help="all regions at once, not one after the other")
    add("--canary", metavar="ID,ID...", help="accounts of a first wave")
    add("--wave", metavar="ID,ID...", action="append", help="instead: accounts of the next wave; may be repeated")
    add("--alarm", metavar="NAME", action="append", help="a CloudWatch alarm to watch in each wave; may be repeated")
    add("--bake-minutes", metavar="N", help="how long alarms are watched after each wave")
    add("--rollback-on-failure", action="store_true", default=None, help="go back to the last good build")
    add("--managed-execution", action="store_true", default=None, help="let AWS queue operations that conflict")
    add("--auto-expand", action="store_true", default=None, help="CAPABILITY_AUTO_EXPAND, for templates with macros")


def groups_of(options: argparse.Namespace) -> list[dict[str, Any]] | None:
    """The groups of targets; None where nothing says any. Raises UsageError."""
    plain = options.accounts is not None or options.regions is not None
    if options.targets_json is not None:
        if plain:
            raise UsageError("--targets-json and --accounts or --regions: one way to say where to was expected")
        return _groups(content_of(options.targets_json, "--targets-json"))
    if not plain:
        return None
    if options.accounts is None or options.regions is None:
        missing = "--accounts" if options.accounts is None else "--regions"
        raise UsageError(f"targets set needs {missing} too: targets are accounts x regions")
    return [{"account_ids": listed(options.accounts, "--accounts"), "regions": listed(options.regions, "--regions")}]


def _groups(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not content or not all(isinstance(each, dict) for each in content):
        raise UsageError('--targets-json: a list such as [{"account_ids": [...], "regions": [...]}] was expected')
    for group in content:
        for key in group:
            if key not in _GROUP:
                raise UsageError(f"--targets-json: unknown key {key!r} of a group", likely(key, _GROUP))
        if not {"account_ids", "account_id"} & set(group) or not group.get("regions"):
            raise UsageError(f"--targets-json: {json.dumps(group)} needs account_ids and regions")
    return content


def policy_of(options: argparse.Namespace) -> dict[str, Any] | None:
    """The policy as the record holds it; None where nothing says any. Raises UsageError."""
    policy: dict[str, Any] = {}
    if options.policy_json is not None:
        content = content_of(options.policy_json, "--policy-json")
        if not isinstance(content, dict):
            raise UsageError('--policy-json: an object such as {"mode": "collect-all"} was expected')
        policy = dict(content)
    said = {
        "mode": options.mode,
        "concurrency_mode": _MODES.get(options.concurrency_mode or ""),
        "region_order": listed(options.region_order, "--region-order") if options.region_order else None,
        "region_concurrency_type": "PARALLEL" if options.parallel_regions else None,
        "canary_accounts": listed(options.canary, "--canary") if options.canary else None,
        "waves": [listed(each, "--wave") for each in options.wave] if options.wave else None,
        "alarms": options.alarm,
        "bake_minutes": _number(options.bake_minutes, "--bake-minutes"),
        "rollback_on_failure": options.rollback_on_failure,
        "managed_execution": options.managed_execution,
        "auto_expand": options.auto_expand,
    }
    for name, text in (("max_concurrent", options.max_concurrent), ("failure_tolerance", options.failure_tolerance)):
        if text is not None:
            for kind in ("count", "percentage"):
                policy.pop(f"{name}_{kind}", None)
            kind = "percentage" if text.endswith("%") else "count"
            said[f"{name}_{kind}"] = _number(text.removesuffix("%"), f"--{name.replace('_', '-')}")
    policy |= {name: value for name, value in said.items() if value is not None}
    return policy if policy or options.policy_json is not None else None


def _number(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004  more than AWS has accounts for anybody
        raise UsageError(f"{option} {text!r}: a whole number was expected")
    return int(text)


def content_of(text: str, option: str) -> Any:
    """The JSON that an option holds, or that of the file that it names. Raises UsageError, OutputFileError."""
    given = text.strip()
    if not given.startswith(("[", "{")):
        try:
            given = Path(text).read_text("utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise OutputFileError(f"cannot be read: {why}", location=(text, 0)) from error
    try:
        return json.loads(given)
    except ValueError as error:
        raise UsageError(f"{option} is no JSON: {error}", "in a shell it stands in '...'") from error
