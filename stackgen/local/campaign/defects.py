"""Defects that deployers like this one have had, planted one at a time: a campaign that misses one proves nothing.

Each replaces a small part of the functions or of the machine, and names cases that show it.
"""

from __future__ import annotations

import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Machine = dict[str, Any]
    Replacements = dict[str, Any]

SOON = 600
"""Seconds after which an execution of a machine that would run for days is over."""


@dataclass(frozen=True, slots=True)
class Defect:
    """``of_functions`` answers what to put in place, by ``module.name``; ``of_machine`` changes the definition."""

    name: str
    about: str
    shows: tuple[str, ...]
    """Ids of cases; without any, races show it."""
    of_functions: Callable[[], Replacements] = dict
    of_machine: Callable[[Machine], Machine] | None = None

    @contextmanager
    def planted(self) -> Iterator[None]:
        with ExitStack() as planted:
            for place, replacement in self.of_functions().items():
                name, _, attribute = place.rpartition(".")
                planted.enter_context(given(_module(name), **{attribute: replacement}))
            yield


def _module(name: str) -> Any:
    return import_module(f"stackgen.deployer.handlers.{name}")


# What is put in the place of functions


def _unconditional_put() -> Replacements:
    keys, items, moments = _module("keys"), _module("items"), _module("moments")

    def acquire(build: Any, execution_arn: str, clients: Any, settings: Any) -> None:
        now = moments.now()
        lock = {"PK": keys.lock(build.env, build.repo), "build_id": build.sk, "execution_arn": execution_arn}
        lock |= {"acquired_at": now, "ttl": now + settings.lock_ttl}
        clients.dynamodb.put_item(TableName=settings.table("locks"), Item=items.item(lock))

    return {"locks.acquire": acquire}


def _read_then_put() -> Replacements:
    """A read before the put is no condition of it."""
    locks, moments = _module("locks"), _module("moments")
    put = _unconditional_put()["locks.acquire"]

    def acquire(build: Any, execution_arn: str, clients: Any, settings: Any) -> Any:
        holder = locks.find(build.env, build.repo, clients, settings)
        if holder is not None and holder.build_id != build.sk and holder.expires >= moments.now():
            return holder
        return put(build, execution_arn, clients, settings)

    return {"locks.acquire": acquire}


def _unconditional_release() -> Replacements:
    keys, items = _module("keys"), _module("items")

    def release(build: Any, clients: Any, settings: Any, execution_arn: str = "") -> None:
        del execution_arn
        key = items.item({"PK": keys.lock(build.env, build.repo)})
        clients.dynamodb.delete_item(TableName=settings.table("locks"), Key=key)

    return {"locks.release": release}


def _cartesian() -> Replacements:
    rectangle = _module("rectangles").Rectangle

    def rectangles(pairs: Any, region_order: Any = ()) -> list[Any]:
        del region_order
        found = list(pairs)
        accounts = tuple(dict.fromkeys(each.account_id for each in found))
        regions = tuple(dict.fromkeys(each.region for each in found))
        return [rectangle(accounts, regions)] if found else []

    return {"planning.rectangles": rectangles}


def _inoperable_is_fine() -> Replacements:
    operations = _module("operations")
    real = operations.existing

    def existing(name: str, clients: Any) -> list[Any]:
        return [each._replace(status="CURRENT") for each in real(name, clients)]

    return {"operations.existing": existing}


def _inoperable_is_progress() -> Replacements:
    return {"planning.INOPERABLE": "unheard of", "settling.GRACE": 7200}


def _first_page_of_instances() -> Replacements:
    return {"operations.existing": _on_the_first_page(_module("operations").existing, "list_stack_instances")}


def _first_page_of_results() -> Replacements:
    return {"operations.results": _on_the_first_page(_module("operations").results, "list_stack_set_operation_results")}


def _on_the_first_page(real: Callable[..., Any], call: str) -> Callable[..., Any]:
    class FirstPage:
        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            method = getattr(self._client, name)
            return (lambda **said: {**method(**said), "NextToken": ""}) if name == call else method

    class Reading:
        def __init__(self, clients: Any) -> None:
            self.cloudformation = FirstPage(clients.cloudformation)

    def read(*said: Any) -> list[Any]:
        *others, clients = said
        return list(real(*others, Reading(clients)))

    return read


def _open_records() -> Replacements:
    records = _module("records")
    return {"settling.close": lambda build, _, clients, settings: records.load(build, clients, settings)}


def _nothing_is_success() -> Replacements:
    real = _module("settling").counted
    return {"settling.counted": lambda found: real(found) if found else {"total": 1, "succeeded": 1, "failed": 0}}


def _no_renewal() -> Replacements:
    return {"locks.renew": lambda *_: None}


def _random_ids() -> Replacements:
    return {"keys.operation_id": lambda *_: str(uuid.uuid4())}


def _everything_goes_back() -> Replacements:
    records = _module("records")
    return {"revert_targets._touched": lambda build, settings, clients: records.load(build, clients, settings)}


def _define_everywhere() -> Replacements:
    real = _module("operations")._place
    return {"operations._place": lambda batch, *more: {} if batch.action == "DEFINE" else real(batch, *more)}


def _older_wins() -> Replacements:
    return {"builds.begin": lambda *_: ""}


def _last_record_may_be_lost() -> Replacements:
    return {"records.update_all": _module("records").update}


def _no_clean_up() -> Replacements:
    return {"clean_up_execution.clean_up_execution": lambda *_: None}


# What is changed in the machine


def _without_release(machine: Machine) -> Machine:
    machine["States"]["ReleaseLockOnError"] = {"Type": "Pass", "Next": "UpdateBuildStatusOnError"}
    return machine


def _without_counter(machine: Machine) -> Machine:
    state = machine["States"]["UpdateRetryCount"]
    kept = {name: state[name] for name in ("Type", "Comment", "Next")}
    machine["States"]["UpdateRetryCount"] = {**kept, "Result": 0, "ResultPath": "$.retry_count"}
    return {**machine, "TimeoutSeconds": SOON}


def _unmarked(machine: Machine) -> Machine:
    machine["States"]["MarkLockTimeout"] = {"Type": "Pass", "Next": "LockTimeout"}
    return machine


def _impatient(machine: Machine) -> Machine:
    """It makes what is endless end sooner, and changes nothing else."""
    return {**machine, "TimeoutSeconds": SOON}


def _without_retry(machine: Machine) -> Machine:
    for state in machine["States"].values():
        state.pop("Retry", None)
    return machine


_LOST_START = "fresh/deploy_stack_instances#1/cloudformation:CreateStackInstances#1/lose-all"
_LOST_RECORD = "fresh/check_stackset_status#3/dynamodb:UpdateItem#2/throttle"

DEFECTS = {
    each.name: each
    for each in (
        Defect("unconditional-put", "the lock is taken without a condition", ("race",), _unconditional_put),
        Defect("read-then-put", "the lock is read, and then taken", (), _read_then_put),
        Defect("unconditional-release", "the lock is given back by anybody", ("locked",), _unconditional_release),
        Defect("cartesian", "accounts x regions, whoever asked", ("fresh",), _cartesian),
        Defect("inoperable-fine", "INOPERABLE counts as current", ("inoperable",), _inoperable_is_fine),
        Defect("inoperable-progress", "INOPERABLE is waited for", ("inoperable",), _inoperable_is_progress, _impatient),
        Defect("no-release", "errors leave the lock to the clean-up", ("nowhere",), of_machine=_without_release),
        Defect("first-instances", "only the first page of instances is read", ("prune",), _first_page_of_instances),
        Defect("first-results", "only the first page of results is read", ("bake",), _first_page_of_results),
        Defect("lost-counter", "the machine forgets how often it waited", ("locked",), of_machine=_without_counter),
        Defect("open-records", "what was not attempted stays open", ("halted",), _open_records),
        Defect("nothing-is-success", "no record at all is a success", ("erased",), _nothing_is_success),
        Defect("no-renewal", "the lock is not renewed", ("lasting",), _no_renewal),
        Defect("random-ids", "operations have ids by chance", (_LOST_START,), _random_ids),
        Defect("everything-back", "the way back touches what was not touched", ("alarm",), _everything_goes_back),
        Defect("define-everywhere", "UpdateStackSet names no places", ("orphan",), _define_everywhere),
        Defect("older-wins", "an older build goes out after a newer one", ("overtaken",), _older_wins),
        Defect("lossy-records", "the last write of a record may be lost", (_LOST_RECORD,), _last_record_may_be_lost),
        Defect("no-clean-up", "nobody looks after what was stopped", ("fresh/WaitForStackSet#1/stop",), _no_clean_up),
        Defect("unmarked", "a build that gets no lock is not marked", ("locked",), of_machine=_unmarked),
        Defect(
            "no-retry",
            "the machine tries nothing again",
            ("fresh/acquire_lock#1/dynamodb:PutItem#1/throttle",),
            of_machine=_without_retry,
        ),
    )
}
"""By their names."""
