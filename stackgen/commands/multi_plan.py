"""``multi plan``: what a rollout would create, update and delete, in which order, and how far a bad release gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .forms import form_of
from .multi_words import add_environment, add_repository, environment_of, installation_of, parser_of
from .words import counted, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.rollouts import Rollout
    from stackgen.deployer.operating.steps import Step

MOST_PAIRS = 10
"""Pairs of each kind that are named, unless -v asks for all."""

MEANING = {
    "skip": "as they should be",
    "inoperable": "no operation reaches them",
    "orphans": "exist, and nobody asks for them any more",
}


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Read what is wanted and what is there, and print the difference; nothing is changed."""
    parser = parser_of(
        "plan",
        "What a rollout would do: targets minus the stack instances that are there, operation by operation. Nothing is "
        "changed. Without a release it is assumed that the template or a parameter differs, so that every stack is "
        "updated; --s3-key, --build or --same say which it is.",
        "REPO",
    )
    add_repository(parser)
    add_environment(parser)
    add = parser.add_argument_group("the release").add_argument
    add("--s3-key", metavar="KEY", help="where it is in the artifact bucket: REPO/BRANCH/N.HASH")
    add("--version", metavar="N.HASH", help="its version; of --s3-key unless given")
    add("--branch", metavar="B", help="its branch; of --s3-key unless given")
    add("--bucket", metavar="NAME", help="the artifact bucket; by default that of the installation")
    add("--build", metavar="SK", help="that of a build, as multi redeploy would roll it out")
    add("--same", action="store_true", help="one that changes neither template nor parameters")
    parser.add_argument("--prune", action="store_true", help="with the deletion of what is no target any more")
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    if sum((options.s3_key is not None, options.build is not None, options.same)) > 1:
        raise UsageError("--s3-key, --build and --same exclude each other: which release?")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating.rollouts import planned

        env = environment_of(console, installation, options.repo)
        release = _release(installation, options, env)
        rollout = planned(installation, options.repo, env, release, is_same=options.same, prunes=options.prune)
    verdict = _verdict(options.repo, env, rollout)
    if console.form == "json":
        console.json("multi-plan", {"verdict": verdict, **_content(options.repo, env, rollout)})
    else:
        _say(console, options.repo, env, rollout)
    return 0


def _release(installation: Installation, options: argparse.Namespace, env: str) -> dict[str, Any] | None:
    from stackgen.deployer.operating import builds, uploading

    if options.build is not None:
        return builds.named(installation, options.repo, env, options.build)
    if options.s3_key is None:
        return None
    release = uploading.release_of(options.repo, options.s3_key, options.version, options.branch)
    bucket = uploading.bucket_of(installation, options.bucket)
    uploading.see_that_it_is_there(installation, bucket, release["s3_key"])
    return {**release, "s3_bucket": bucket}


def _verdict(repo: str, env: str, rollout: Rollout) -> str:
    from stackgen.deployer.operating.rollouts import counts

    number = counts(rollout)
    done = [f"{number[name]:,} to {name}" for name in ("create", "update", "delete")]
    more = [f"{number['skip']:,} to skip", f"{number['inoperable']:,} inoperable"]
    orphans = number["orphans"] - number["delete"]
    more += [f"{counted(orphans, 'orphan')} left alone"] if orphans else []
    return f"{repo} in {env}: {', '.join([*done, *more])}; {counted(len(rollout.steps), 'operation')}"


def _say(console: Console, repo: str, env: str, rollout: Rollout) -> None:
    from stackgen.deployer.handlers.planning import INOPERABLE_HINT
    from stackgen.deployer.operating.rollouts import counts

    policy, plan = rollout.configured.policy, rollout.plan
    console.say(_verdict(repo, env, rollout))
    console.say(f"  {_definition(rollout)}")
    if rollout.configured.is_default:
        console.say(f"  the targets are the default ones of {env}: {repo} has none of its own")
    touched = sum(step.pairs for step in rollout.steps)
    if touched and policy.stops_at_failure:
        most = f"at most {rollout.most:,} of {counted(touched, 'target')} are touched"
        console.say(f"  {policy.mode}: if every one fails, {most} before it stops")
    elif touched:
        console.say(f"  {policy.mode}: every one of {counted(touched, 'target')} is tried, whatever fails")
    if policy.alarms:
        console.say(f"  alarms {', '.join(policy.alarms)} are watched, {policy.bake_minutes} min after each wave")
    if policy.rollback_on_failure:
        console.say("  after a failure what was touched goes back to the last good build")
    _say_operations(console, rollout)
    for name, pairs in (("skip", plan.skipped), ("inoperable", plan.inoperable), ("orphans", plan.orphans)):
        if pairs and not (name == "orphans" and counts(rollout)["delete"]):
            console.say()
            console.say(f"{name}, {MEANING[name]}: {_pairs(console, pairs)}")
    if plan.inoperable:
        console.say(f"  {INOPERABLE_HINT}")
    if plan.orphans and not counts(rollout)["delete"]:
        console.say("  --prune deletes them and their stacks")


def _definition(rollout: Rollout) -> str:
    if rollout.is_new:
        return "there is no StackSet yet: it is created"
    if rollout.basis == "assumed":
        return "assumed: template or parameters differ from those that are there; --s3-key KEY compares them"
    if rollout.basis == "said":
        return "as said, template and parameters are those that are there"
    same = "are those that are there" if not rollout.is_changed else "differ from those that are there"
    return f"template and parameters of the release {same}"


def _say_operations(console: Console, rollout: Rollout) -> None:
    from stackgen.deployer.operating.rollouts import by_wave

    number = 0
    waves = by_wave(rollout.steps)
    for wave, steps in waves.items():
        console.say()
        console.say(f"wave {wave + 1}" if len(waves) > 1 else "operations, one after the other")
        rows = []
        for step in steps:
            number += 1
            rows.append(_row(console, number, step))
        table(console, rows)


def _row(console: Console, number: int, step: Step) -> tuple[str, ...]:
    accounts, regions = step.batch.rectangle
    if not accounts:
        return (f"{number}", step.batch.action, "nowhere", "", "")
    shown = accounts if console.verbose else accounts[:3]
    more = f" +{len(accounts) - len(shown)}" if len(accounts) > len(shown) else ""
    places = f"{', '.join(shown)}{more} x {', '.join(regions)}"
    return (f"{number}", step.batch.action, counted(step.pairs, "target"), f"{step.concurrency} at a time", places)


def _pairs(console: Console, pairs: Sequence[Pair]) -> str:
    names = [str(pair) for pair in (pairs if console.verbose else pairs[:MOST_PAIRS])]
    more = len(pairs) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _content(repo: str, env: str, rollout: Rollout) -> dict[str, Any]:
    from stackgen.deployer.handlers.planning import CREATE, DEFINE, DELETE, UPDATE
    from stackgen.deployer.operating.rollouts import counts

    plan, policy = rollout.plan, rollout.configured.policy
    lists = {
        "create": rollout.pairs(CREATE),
        "update": rollout.pairs(DEFINE, UPDATE),
        "delete": rollout.pairs(DELETE),
        "skip": plan.skipped,
        "inoperable": plan.inoperable,
        "orphans": plan.orphans,
    }
    return {
        "repo": repo,
        "env": env,
        "counts": counts(rollout),
        "stack_set_is_new": rollout.is_new,
        "definition_changes": rollout.is_changed,
        "basis": rollout.basis,
        "targets_are_default": rollout.configured.is_default,
        "most_touched_before_it_stops": rollout.most,
        "policy": {name: value for name, value in policy._asdict().items() if value not in (None, ())},
        "operations": [
            {
                "action": step.batch.action,
                "wave": step.batch.wave,
                "accounts": list(step.batch.rectangle.accounts),
                "regions": list(step.batch.rectangle.regions),
                "targets": step.pairs,
                "concurrency": step.concurrency,
                "most_touched": step.most,
            }
            for step in rollout.steps
        ],
        **{name: list(map(str, pairs)) for name, pairs in lists.items()},
    }
