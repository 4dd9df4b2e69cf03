"""``multi lock``: who holds the lock of a repository in an environment, and how it is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .arguments import Parser
from .asking import add_yes, confirm
from .forms import form_of, in_help
from .multi_words import add_environment, add_repository, environment_of, installation_of, parser_of
from .words import by_function, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.locks import Lock

WORDS = {
    "show": "who holds it, since when, until when, and whether that execution still runs",
    "break": "take it away from a build whose execution is gone",
}


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Hand on to the function of the second word."""
    parser = Parser(
        "multi lock",
        "One build at a time works on a repository in an environment; the lock says which. It is given back when the "
        "build ends, and expires by itself a few hours after its execution last renewed it." + in_help("text", "json"),
        "WORD REPO ...",
    )
    names = parser.add_argument_group("words; each has a --help of its own")
    for name, text in WORDS.items():
        names.add_argument(name, nargs="?", help=text)
    return by_function(console, parser, {"show": _show, "break": _break}, arguments)


def _show(console: Console, arguments: Sequence[str]) -> int:
    parser = parser_of("lock show", "Who holds the lock of a repository.", "REPO")
    add_repository(parser)
    add_environment(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import locks

        env = environment_of(console, installation, options.repo)
        lock = locks.find(installation, options.repo, env)
        if lock is None:
            _see_that_it_exists(installation, options.repo, env)
            status = ""
        else:
            status = locks.execution_status(installation, lock.execution_arn)
        verdict = _verdict(options.repo, env, lock, status)
        if console.form == "json":
            console.json("multi-lock", {"verdict": verdict, "repo": options.repo, "env": env, **_content(lock, status)})
        else:
            _say(console, verdict, lock, status)
    return 0


def _see_that_it_exists(installation: Installation, repo: str, env: str) -> None:
    """A lock of a repository that nobody knows is free too, and was hardly meant. Raises UsageError."""
    from stackgen.deployer.operating.installation import known, no_such

    there = known(installation, env)
    if repo not in there.repositories or env not in there.of(repo):
        raise no_such(installation, repo, env, "lock")


def _verdict(repo: str, env: str, lock: Lock | None, status: str) -> str:
    from stackgen.deployer.handlers import moments

    where = f"the lock of {repo} in {env}"
    if lock is None:
        return f"{where} is free"
    if lock.has_expired:
        return f"{where} has expired {span(moments.now() - lock.ttl)} ago: the next build takes it"
    held = f"{where} is held by build {lock.build_id} for {span(moments.now() - lock.acquired_at)}"
    if status == "RUNNING":
        return f"{held}, and its execution runs"
    if status == "UNKNOWN":
        return f"{held}, by no execution that it names"
    return f"{held}, but its execution {'is not there' if status == 'GONE' else f'ended as {status}'}"


def _content(lock: Lock | None, status: str) -> dict[str, Any]:
    if lock is None:
        return {"state": "free", "build_id": "", "execution_status": ""}
    state = "expired" if lock.has_expired else "held" if status == "RUNNING" else "stale"
    return {
        "state": state,
        "build_id": lock.build_id,
        "execution_arn": lock.execution_arn,
        "execution_status": status,
        "acquired_at": lock.acquired_at,
        "expires_at": lock.ttl,
    }


def _say(console: Console, verdict: str, lock: Lock | None, status: str) -> None:
    from stackgen.deployer.handlers import moments

    console.say(verdict)
    if lock is None:
        return
    console.say(f"  build      {lock.build_id}")
    console.say(f"  execution  {lock.execution_arn or 'none'} ({status})")
    console.say(f"  since      {moments.stamp(lock.acquired_at)}")
    console.say(f"  expires    {moments.stamp(lock.ttl)}, unless it is renewed")
    if not lock.has_expired and status not in ("RUNNING", "UNKNOWN"):
        console.say("  clean-up gives it back within minutes; where it does not: multi lock break --reason TEXT")


def _break(console: Console, arguments: Sequence[str]) -> int:
    parser = parser_of(
        "lock break",
        "Take the lock away from the build that holds it, after asking. Only the lock that was shown is deleted, never "
        "one that another build has taken since. The reason stands on the build afterwards. An execution that still "
        "runs fails at its next step: multi stop ends it in order.",
        "REPO --reason TEXT",
    )
    add_repository(parser)
    add_environment(parser)
    parser.add_argument("--reason", metavar="TEXT", help="why; it is kept on the build")
    add_yes(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    reason = (options.reason or "").strip()
    if not reason:
        raise UsageError("lock break needs --reason TEXT: whoever looks at the build later wants to know")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import locks

        env = environment_of(console, installation, options.repo)
        lock = locks.find(installation, options.repo, env)
        if lock is None:
            _see_that_it_exists(installation, options.repo, env)
            verdict = f"0 broken: {_verdict(options.repo, env, None, '')}"
        else:
            status = locks.execution_status(installation, lock.execution_arn)
            console.tell(_verdict(options.repo, env, lock, status))
            if status == "RUNNING":
                console.warn("its execution runs: it will fail at its next step; multi stop ends it in order")
            question = f"break the lock of {options.repo} in {env}, held by build {lock.build_id}?"
            confirm(console, question, yes=options.yes)
            broken = locks.break_(installation, lock, reason)
            verdict = f"1 broken: the lock of {options.repo} in {env}, held by build {lock.build_id}"
            if not broken:
                verdict = f"0 broken: build {lock.build_id} gave the lock of {options.repo} in {env} back meanwhile"
        if console.form == "json":
            console.json("multi-lock-break", {"verdict": verdict, "repo": options.repo, "env": env, "reason": reason})
        else:
            console.say(verdict)
    return 0
