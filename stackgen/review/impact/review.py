"""Two builds reviewed: every root in every environment and region, and what crosses from one root to another."""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.tree import Environment, Tree, evaluate
from stackgen.review.schemas import Schemas, installed

from .analysis import Analysis
from .failures import Flaw, exports_in_use, faults, imports_of, nested_in_service_managed, refused, unseen
from .judge import Judge
from .names import duplicates, kept_names, names_not_free
from .notes import live_values, not_in_region
from .telling import labels_of, relabelled, words_of
from .unseen import not_listed
from .widened import widened_access

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stackgen.errors import StackgenError
    from stackgen.review.environments import Place, Values
    from stackgen.review.model import Build

    from .result import Impact, Verdict


class Outcome(NamedTuple):
    """What a change does to one root in one environment and region; ``label`` is how addresses begin."""

    place: Place
    root: str
    impacts: tuple[Impact, ...]
    verdicts: tuple[Verdict, ...]
    words: tuple[tuple[str, str], ...] = ()
    """Texts that this place has of its own, and what they stand for: its region, its parameters' values."""
    label: str = ""


class Review(NamedTuple):
    """All outcomes; ``problems`` are what kept a part from being judged; ``schemas`` is the date of the schemas."""

    outcomes: tuple[Outcome, ...]
    problems: tuple[StackgenError, ...]
    schemas: str


class _Place(NamedTuple):
    place: Place
    root: str
    analysis: Analysis
    judge: Judge

    @property
    def environment(self) -> Environment:
        tree = self.analysis.after or self.analysis.before
        return tree.environment if tree is not None else Environment()


def review(before: Build, after: Build, values: Values, earlier: Values | None = None) -> Review:
    """What updating ``before`` to ``after`` does, in every place that the values name.

    ``earlier`` are the values that ``before`` was deployed with, where they were others: a change of a parameter is a
    change as well.
    """
    judges: dict[str, Judge] = {}
    analyses = []
    wanted = {*before.roots, *after.roots}
    for place in values.places:
        judge = judges.get(place.region) or judges.setdefault(place.region, _judge(place.region))
        for root in sorted(wanted):
            if not values.deploys(place, root):
                continue
            is_there = root in before.roots
            environment = values.of(place, root)
            then = earlier.at(place) if earlier else None
            if earlier is not None:  # what its settings did not name was not deployed there
                environment = earlier.of(then, root) if then else environment
                is_there = is_there and then is not None and earlier.deploys(then, root)
            old = evaluate(before, root, environment) if is_there else None
            new = evaluate(after, root, values.of(place, root), like=old) if root in after.roots else None
            if old is not None or new is not None:
                analyses.append(_Place(place, root, Analysis(old, new, judge, (before, after)), judge))
    outcomes = _outcomes(analyses, before, after)
    problems = [*before.problems, *after.problems, *values.problems(after)]
    return Review(tuple(outcomes), tuple(problems), installed().version)


def _judge(region: str) -> Judge:
    files = installed()
    return Judge(Schemas(region, files) if region in files.regions else Schemas(files=files))


def _outcomes(analyses: list[_Place], before: Build, after: Build) -> Iterable[Outcome]:
    named = [(each.place, each.analysis.after) for each in analyses if each.analysis.after is not None]
    twice: dict[tuple[str, str], list[Verdict]] = {}
    for place, root, found in duplicates(named, analyses[0].judge) if analyses else ():
        twice.setdefault((str(place), root), []).append(found)
    deployed, wanted = (_imports(analyses, side) for side in (_before, _after))
    flaws: dict[str, list[Flaw]] = {}
    labels = labels_of({each.root for each in analyses})
    for each in analyses:
        verdicts = [
            *each.analysis.failures,
            *each.analysis.notes,
            *kept_names(each.analysis),
            *names_not_free(each.analysis),
            *_of_what_leaves(each.analysis),
        ]
        there = str(each.place)
        verdicts += exports_in_use(each.analysis, deployed[there], wanted[there])
        verdicts += not_listed(each.analysis, before, after)
        tree = each.analysis.after
        if tree is not None:
            verdicts += faults(tree)
            verdicts += refused(tree, flaws)
            verdicts += nested_in_service_managed(tree, after)
            verdicts += twice.get((str(each.place), each.root), ())
            verdicts += widened_access(each.analysis)
            verdicts += [*live_values(each.analysis), *not_in_region(each.analysis, each.place.region)]
            verdicts += unseen(tree, after)
        label = labels[each.root]
        found_all = relabelled(each.root, label, each.analysis.impacts.values(), sorted(dict.fromkeys(verdicts)))
        others = [other.environment for other in analyses if other.root == each.root]
        yield Outcome(each.place, each.root, *found_all, words_of(each.environment, others), label)


def _of_what_leaves(analysis: Analysis) -> Iterable[Verdict]:
    """Data that is lost, deletions that are refused; in most changes nothing leaves, and nothing loads for it."""
    if next(analysis.leaving(), None) is None:
        return ()
    from .losses import losses
    from .protection import not_deletable

    return *losses(analysis), *not_deletable(analysis)


def _before(analysis: Analysis) -> Tree | None:
    return analysis.before


def _after(analysis: Analysis) -> Tree | None:
    return analysis.after


def _imports(analyses: list[_Place], side: Callable[[Analysis], Tree | None]) -> dict[str, dict[str, dict[str, str]]]:
    """What every root imports, by place."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for each in analyses:
        tree = side(each.analysis)
        found.setdefault(str(each.place), {}).update({each.root: imports_of(tree)} if tree is not None else {})
    return found
