"""One stack on its way out: forecast, question, backup, emptying, deletion, what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deploy import contents, destroying, stacks
from stackgen.deploy.actions import token_of
from stackgen.deploy.backup import wanted
from stackgen.deploy.backup_kinds import KINDS, instead
from stackgen.deploy.emptying import emptied
from stackgen.deploy.errors import BusyError
from stackgen.deploy.events import began
from stackgen.deploy.executor import Performer
from stackgen.deploy.following import carried_out, ended
from stackgen.deploy.forecast import DELETED, FAILS, RETAINED, SNAPSHOT, forecast
from stackgen.deploy.hiding import Hiding
from stackgen.deploy.next_steps import command_for
from stackgen.deploy.owners import see_that_it_is_ours
from stackgen.deploy.polling import Pace
from stackgen.deploy.safeguard import Safeguard, saved
from stackgen.deploy.secrets.destroyed import Secrets
from stackgen.errors import DeclinedError, FindingsError, UsageError, shown

from .asking import confirm, confirm_by_name
from .backup_make import folder_of
from .interrupting import cut_off_in
from .staying import STAYS, kept_lines, left_lines, lost_lines
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.actions import Action
    from stackgen.deploy.destroying import Left
    from stackgen.deploy.events import Event
    from stackgen.deploy.following import Ended
    from stackgen.deploy.forecast import Fate, Forecast
    from stackgen.deploy.stacks import StackState, Tree
    from stackgen.deploy.targets import Target

    from .deploying import Deployment


class Destroying:
    """Deletes one target."""

    def __init__(self, console: Console, deployment: Deployment, target: Target, options: argparse.Namespace) -> None:
        self._console = console
        self._target = target
        self._options = options
        self._client = deployment.sessions.of(target)
        self._folder = folder_of(deployment.project, options.folder)
        self._executor = Performer(self._client, lambda action: console.detail(f"{target.region}: {action.why}"))
        self._events: list[Event] = []
        self._hide = Hiding(target).text
        self._secrets = Secrets(deployment.build, target, self._client, purge=options.purge_data)

    def run(self) -> dict[str, Any]:
        """What became of it. Raises NeedsPersonError, FindingsError, BusyError, DeclinedError: nothing was begun."""
        state = stacks.find(self._target.stack_name, self._client("cloudformation"))
        if state is None:
            is_left = self._options.purge_data and not self._options.forecast
            return self._gone("there is no such stack: nothing to do", [], is_left=is_left)
        see_that_it_is_ours(state, self._target)
        if state.status == "DELETE_IN_PROGRESS":
            return self._followed(state)
        if state.is_going_on:
            raise BusyError(
                f"another operation runs on {self._target.place}: {state.status}",
                f"{command_for(self._target, 'rollback')} ends it, or waits for it",
            )
        tree = stacks.tree(state, self._client("cloudformation"))
        found = forecast(tree, self._target, self._client)
        if self._options.forecast:
            lines = [*self._lines(found), *self._secrets.lines(), *_unsafe(found)]
            return {**self._told("a forecast", state.status, 0, lines), **found.as_json()}
        return self._deleted(tree, found)

    def _deleted(self, tree: Tree, found: Forecast) -> dict[str, Any]:
        for line in (*self._lines(found), *self._secrets.lines()):
            self._console.tell(f"  {line}")
        options = self._options
        if options.leave and tree.state.status != destroying.DELETE_FAILED:
            problem = f"--leave: {self._target.place} is in {tree.state.status}"
            raise UsageError(problem, "only what an earlier deletion could not delete can be left behind")
        if not options.leave:
            destroying.refuse(found, unprotect=options.unprotect, purge=options.purge_data)
        question = f"delete {self._target.place} for good, {self._count(found)}?"
        confirm_by_name(self._console, question, tree.state.name, yes=options.yes)
        try:
            record = "" if options.no_backup else self._backed_up(tree, found)
            if found.is_protected and options.unprotect:
                self._executor.perform(destroying.unprotected(tree.state))
            if options.purge_data:
                self._empty(found)
            steps = destroying.keeping(tree, options.leave, token_of("destroy"))
            return self._ended(tree, found, self._carried_out(steps), record)
        except KeyboardInterrupt:
            raise cut_off_in(self._target, self._client, "destroy") from None

    def _carried_out(self, steps: Sequence[tuple[Tree, Action]]) -> Ended:
        done = None
        cloudformation = self._client("cloudformation")
        for stack, action in steps:
            done = carried_out(action, stack.state, self._executor, cloudformation, Pace(), self._hear, stack.path)
        assert done is not None  # noqa: S101  the root is always among them
        return done

    def _ended(self, tree: Tree, found: Forecast, done: Ended, record: str) -> dict[str, Any]:
        """Tell how it ended; where something could not be deleted, offer to leave that behind."""
        if done.state.status == destroying.DELETE_FAILED:
            now = stacks.tree(done.state, self._client("cloudformation"), tree.path)
            failed = destroying.failed(now)
            names = [each.path.partition("/")[2] for _, each in failed]
            reasons = {each.path: each.reason for each in self._events if each.is_failure}
            for _, each in failed:
                reason = each.reason or reasons.get(each.path, "")
                self._console.tell(f"  {each.path} ({each.physical_id}) could not be deleted: {reason}")
            if names and self._is_left(names):
                return self._ended(
                    now, found, self._carried_out(destroying.keeping(now, names, token_of("destroy"))), record
                )
        status = done.state.status
        if status == "DELETE_COMPLETE":
            left = destroying.left_behind(found, self._events)
            return self._gone("deleted", [*left_lines(left), *self._recorded(record)], left)
        return self._told("not deleted", status, 6, [*self._reasons(done), *self._recorded(record)])

    def _is_left(self, names: Sequence[str]) -> bool:
        """Whether somebody wants that; it is never done unasked, so --yes is no answer to it."""
        question = f"delete the stack and leave {', '.join(names)} behind, outside of any stack?"
        try:
            confirm(self._console, question, yes=False)
        except DeclinedError:
            return False
        return True

    def _reasons(self, done: Ended) -> Iterator[str]:
        if done.state.reason:
            yield done.state.reason
        failed = [each for each in done.events if each.is_failure and each.type != stacks.NESTED]
        for each in failed:
            yield f"{each.path} ({each.physical_id}): {each.reason}"
        again = command_for(self._target, "destroy")
        yield f"next: mend what it says, and {again} goes on"
        flags = " ".join(f"--leave {each.path.partition('/')[2]}" for each in failed)
        if flags:
            yield f"or, to leave it behind: {again} {flags}"

    def _backed_up(self, tree: Tree, found: Forecast) -> str:
        """Back up what goes with its data. Raises BackupError, before anything is deleted."""
        gone = {each.path for each in found.of(DELETED)}
        going = [each for each in wanted(tree) if each.path in gone and each.is_possible]
        if not going:
            return ""
        by = Safeguard(self._executor.perform, self._client, Pace(), self._folder, self._console.tell)
        path = shown(str(saved(going, self._target, by)))
        self._console.tell(f"backed up: {path}")
        return path

    def _empty(self, found: Forecast) -> None:
        for each in found.fillings:
            account = self._target.account
            emptied(each, account, self._executor.perform, self._client, self._console.tell)

    def _followed(self, state: StackState) -> dict[str, Any]:
        """A deletion that an earlier run has begun."""
        cloudformation = self._client("cloudformation")
        self._console.tell(f"{self._target.place} is being deleted already: it is followed")
        done = ended(state, began(state.id, cloudformation), cloudformation, Pace(), self._hear)
        if done.state.status != "DELETE_COMPLETE":
            return self._told("not deleted", done.state.status, 6, [*self._reasons(done)])
        left = destroying.retained(done.events, cloudformation)
        return self._gone("deleted", [*left_lines(left)], left)

    def _gone(
        self, outcome: str, lines: Sequence[str], left: Sequence[Left] = (), *, is_left: bool = True
    ) -> dict[str, Any]:
        """It is gone, or was before: what stays, and what becomes of its secrets. Raises what boto3 raises."""
        secrets = self._secrets.left(self._executor.perform) if is_left else []
        told = self._told(outcome, "DELETE_COMPLETE", 0, [*lines, *self._secrets.told(secrets)])
        return {**told, "left": [each._asdict() for each in left], "secrets": secrets}

    def _hear(self, event: Event) -> None:
        seen = event.seen(self._hide)
        self._events.append(seen)
        self._console.tell(seen.line)

    def _lines(self, found: Forecast) -> Iterator[str]:
        """The forecast, a line for each resource that is not simply deleted."""
        yield f"{self._target.place}: {self._count(found)} to be deleted"
        yield from kept_lines(found)
        yield from lost_lines(found, self._backup_of)
        for each in found.of(FAILS):
            emptied_first = each.content is not None and self._options.purge_data
            yield f"{'emptied first' if emptied_first else 'will fail'}: {each.path} ({each.physical_id}): {each.why}"
        for name, importers in found.imports.items():
            yield f"will fail: the export {name} is used by {', '.join(importers)}"
        if found.of(RETAINED, SNAPSHOT):
            yield STAYS

    def _count(self, found: Forecast) -> str:
        """How many resources go, without the stacks around them, and without what is left behind."""
        gone = [each for each in found.of(DELETED) if each.type != stacks.NESTED]
        left = set(self._options.leave)
        going = [each for each in gone if left.isdisjoint({each.path, each.path.partition("/")[2]})]
        kept = f", {len(gone) - len(going)} left behind" if len(going) < len(gone) else ""
        return f"{counted(len(going), 'resource')}{kept}"

    def _backup_of(self, fate: Fate) -> str:
        if fate.type in KINDS:
            return "no backup is made" if self._options.no_backup else "a backup is made before"
        advice = instead(fate.type, fate.physical_id)
        return f"no backup is made; {advice}" if advice else "no backup is made"

    @staticmethod
    def _recorded(record: str) -> Iterator[str]:
        if record:
            yield f"backed up before: {record}; python -m stackgen backup show {record}"

    def _told(self, outcome: str, status: str, code: int, lines: Sequence[str]) -> dict[str, Any]:
        return {
            "stack": self._target.stack_name, "account": self._target.account, "region": self._target.region,
            "outcome": outcome, "status": status, "exit_code": code, "left": [], "secrets": [], "lines": list(lines),
        }  # fmt: skip


def refuse_protected(deployment: Deployment) -> None:
    """Raises FindingsError where a stack is protected from deletion, before anything is said of any."""
    found = []
    for target in deployment.targets:
        state = stacks.find(target.stack_name, deployment.sessions.of(target)("cloudformation"))
        if state is not None and state.is_protected and state.status != "DELETE_IN_PROGRESS":
            see_that_it_is_ours(state, target)
            found.append(target.place)
    if found:
        are = "is" if len(found) == 1 else "are"
        raise FindingsError(f"{', '.join(found)} {are} protected from deletion", destroying.UNPROTECT)


def _unsafe(found: Forecast) -> Iterator[str]:
    """What has to be said before it can be deleted at all."""
    if found.is_protected:
        yield "will fail: it is protected from deletion; --unprotect takes that away"
    if any(each.type in (contents.BUCKET, contents.REPOSITORY) for each in found.of(FAILS)):
        yield "--purge-data empties buckets and repositories for good"
