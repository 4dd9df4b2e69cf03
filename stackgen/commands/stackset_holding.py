"""What the stacks of a StackSet hold when they are to be deleted: told before, asked for, emptied, told after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deploy.forecast import RETAINED, SNAPSHOT
from stackgen.deploy.stacksets.holding import MOST, empty, held, refuse

from .asking import confirm, confirm_by_name
from .staying import STAYS, kept_lines, lost_lines
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.deleting import Forecast
    from stackgen.deploy.stacksets.holding import Emptied, Held
    from stackgen.deployer.handlers.inputs import Pair

    from .stackset_opening import Opened

_FEW = 20


class Holding:
    """What goes with the stacks of one set; nothing is looked at where they live on."""

    def __init__(self, console: Console, each: Opened, options: argparse.Namespace, forecast: Forecast) -> None:
        self._console = console
        self._each = each
        self._purge = options.purge_data
        gone = () if forecast.retain or not options.no_retain else forecast.gone
        self._found = held(gone, self._look, every=self._purge)
        self._left = len([one for one in gone if one.stack_id]) - len(self._found)

    def show(self) -> None:
        """Say what stays, what goes with its data, what is emptied, and what would fail. Raises FindingsError."""
        for one in self._found if self._console.verbose else self._found[:_FEW]:
            for line in _lines(one):
                self._console.tell(f"  {one.pair}: {line}")
        if self._left > 0 and len(self._found) == MOST:
            self._console.tell(f"  not looked at: {counted(self._left, 'stack')}")
        for one in self._found:
            for content in one.fillings:
                how = "emptied first" if self._purge else "will fail"
                self._console.tell(f"  {one.pair}: {how}: {content.path} ({content.physical_id}): {content.why}")
        if any(one.forecast and one.forecast.of(RETAINED, SNAPSHOT) for one in self._found):
            self._console.tell(f"  {STAYS}")
        refuse(self._found, self._each.declared.key, purge=self._purge)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask; where data go that nobody can bring back, for the name of the set. Raises DeclinedError."""
        names = [content.physical_id for one in self._found for content in one.fillings]
        if not names or not self._purge:
            confirm(self._console, f"{question}?", yes=yes)
            return
        some = ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")
        question = f"{question}, and before that for good all that is in {some}?"
        confirm_by_name(self._console, question, self._each.name, yes=yes)

    def empty(self) -> list[Emptied]:
        """Empty what has to be. Raises EmptyingError, what AWS refuses."""
        if not self._purge:
            return []
        console = self._console
        return empty(self._found, self._each.purger, lambda action: console.detail(action.why), console.tell)

    def _look(self, pair: Pair, service: str) -> Any | None:
        """Whoever may empty it may look at it, where nobody else may."""
        return self._each.reader(pair, service) or self._each.purger(pair, service)


def _lines(one: Held) -> Iterator[str]:
    if one.forecast is None:
        yield f"what its stack holds is not known: {one.why}"
        return
    yield from kept_lines(one.forecast)
    yield from lost_lines(one.forecast, lambda _: "no backup is made")


def emptied_lines(done: Sequence[Emptied]) -> Iterator[str]:
    """What was emptied, after it."""
    for each in done:
        yield f"  emptied in {each.pair}: {each.content.physical_id}, of {each.deleted:,}"


def emptied_json(done: Sequence[Emptied]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [
        {"cell": str(each.pair), "path": each.content.path, "type": each.content.type,
         "physical_id": each.content.physical_id, "deleted": each.deleted}
        for each in done
    ]  # fmt: skip
