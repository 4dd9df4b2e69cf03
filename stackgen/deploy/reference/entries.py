"""The parameters of a stack with all that is known of them, in the order in which the console shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.constraints import text_of
from stackgen.deploy.actions import HIDDEN
from stackgen.deploy.fixed import Fixed
from stackgen.review.evaluation.environment import Environment
from stackgen.review.impact.result import DATA_LOSS, NONE
from stackgen.review.impact.review import review
from stackgen.review.misfits import hides

from .notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stackgen.deploy.resolving import Resolved
    from stackgen.review.model import Build, Template

_NESTED = "AWS::CloudFormation::Stack"
_INTERFACE = "AWS::CloudFormation::Interface"
OTHER = "Other"
"""The group of what the template puts into none; so the console calls it."""


class Chosen(NamedTuple):
    """The value in one environment and region, and who says it."""

    place: str
    value: str
    origin: str


class Effect(NamedTuple):
    """What a change from one value to another does to the resources, in one environment and region."""

    place: str
    before: str
    after: str
    resources: Mapping[str, tuple[str, ...]]
    """Their paths, by what happens to them: ``replaced``, ``updated in place`` ..."""
    losses: Mapping[str, tuple[str, ...]]
    """The paths of those that lose data, by how."""


class Entry(NamedTuple):
    """One parameter."""

    name: str
    group: str
    description: str
    type: str
    accepts: str
    pattern: str
    default: str | None
    note: Note
    chosen: tuple[Chosen, ...]
    effect: Effect | None


def entries(build: Build, template: Template, places: Sequence[Resolved], notes: Mapping[str, Note]) -> list[Entry]:
    """All parameters of a template; the first place is the one in which a change is tried."""
    declared = template.section("Parameters")
    return [
        Entry(
            name=name,
            group=group,
            description=str(declared[name].get("Description", "")),
            type=str(declared[name].get("Type", "String")),
            accepts=accepts(declared[name]),
            pattern=str(declared[name].get("AllowedPattern", "")),
            default=_default(declared[name]),
            note=notes.get(name, Note()),
            chosen=tuple(_chosen(name, places)),
            effect=_effect(build, name, declared[name], places, notes.get(name, Note())),
        )
        for group, names in groups(template).items()
        for name in names
    ]


def groups(template: Template) -> dict[str, list[str]]:
    """The names of the parameters by their groups in the console, in its order."""
    said = template.content.get("Metadata", {}).get(_INTERFACE, {}).get("ParameterGroups", [])
    found = {each["Label"]["default"]: list(each["Parameters"]) for each in said}
    grouped = {name for names in found.values() for name in names}
    left = [name for name in template.section("Parameters") if name not in grouped]
    return {**found, OTHER: left} if left else found


def accepts(said: Mapping[str, Any]) -> str:
    """What a parameter takes, in words."""
    if "AllowedValues" in said:
        return ", ".join(f"`{text_of(each)}`" if text_of(each) else "nothing" for each in said["AllowedValues"])
    words = str(said.get("ConstraintDescription", ""))
    numbers = [text_of(said[key]) for key in ("MinValue", "MaxValue") if key in said]
    if words:
        return words
    if numbers:
        return " to ".join(numbers) if len(numbers) > 1 else numbers[0]
    lengths = [text_of(said[key]) for key in ("MinLength", "MaxLength") if key in said]
    return f"{' to '.join(lengths)} characters" if lengths else "any text"


def _default(said: Mapping[str, Any]) -> str | None:
    if "Default" not in said:
        return None
    return HIDDEN if hides(said) else text_of(said["Default"])


def _chosen(name: str, places: Sequence[Resolved]) -> list[Chosen]:
    found = []
    for each in places:
        decided = each.decided.get(name)
        if decided is not None:
            place = f"{each.target.env}/{each.target.region}"
            found.append(Chosen(place, decided.value.shown, decided.value.origin))
    return found


def _effect(
    build: Build, name: str, declared: Mapping[str, Any], places: Sequence[Resolved], note: Note
) -> Effect | None:
    """Try the change in the first place; None where there is no other value to try, or nobody may see it."""
    if not places or hides(declared):
        return None
    target = places[0].target
    now = target.texts.get(name)
    other = _other(now, declared, note)
    if now is None or other is None:
        return None
    then = Environment(target.env, target.region, target.account, target.texts)
    changed = then._replace(parameters={**target.texts, name: other})
    values: Any = Fixed(target.template, changed)
    earlier: Any = Fixed(target.template, then)
    (outcome,) = review(build, build, values, earlier).outcomes
    happens = _by((each.word, each.address) for each in outcome.impacts if each.action != NONE and each.type != _NESTED)
    losses = _by((each.text, each.address) for each in outcome.verdicts if each.kind == DATA_LOSS)
    return Effect(f"{target.env}/{target.region}", now, other, happens, losses)


def _by(found: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The paths below the root by what is said of them: ``NetworkStack/Vpc`` of ``master-stack/NetworkStack/Vpc``."""
    paths: dict[str, list[str]] = {}
    for text, address in found:
        paths.setdefault(text, []).append(address.partition("/")[2])
    return {text: tuple(sorted(paths[text])) for text in sorted(paths)}


def _other(now: str | None, declared: Mapping[str, Any], note: Note) -> str | None:
    """Another value than the present one: the example, the default, or another that is allowed."""
    allowed = [text_of(each) for each in declared.get("AllowedValues", ())]
    known = [note.example, _default(declared), *allowed]
    return next((value for value in known if value and value != now), None)
