"""The offline verdict on a deployed stack, beside AWS's own.

AWS does not evaluate what a nested stack will answer, so its change set calls conditional or dynamic what in the end
does not change. Offline the whole tree is evaluated with this deployment's values, but what only the account knows is
not known. Where the two differ, a sentence says which of these it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.environment import Environment
from stackgen.review.impact.result import CERTAIN, CREATE, DELETE, FAILS, NONE, REPLACE, UPDATE
from stackgen.review.impact.review import review
from stackgen.review.model import Build, Template
from stackgen.review.yaml import parse_yaml

from . import changesets
from .fixed import Fixed
from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stackgen.review.impact.result import Impact, Verdict
    from stackgen.review.impact.review import Review

    from .changesets import Change
    from .stacks import StackState, Tree
    from .targets import Target

_DIGEST = re.compile(r"/(?P<name>[^/]+/[^/]+)/[0-9a-f]{16}\.json$")


@dataclass(frozen=True, slots=True)
class Offline:
    """What was found without AWS's verdict: what happens to each resource, by path, and what somebody must know."""

    impacts: dict[str, Impact]
    verdicts: tuple[Verdict, ...]


def deployed(tree: Tree, root: str, cloudformation: Any) -> Build:
    """The templates that a stack and its nested ones were made from, under the names that the project's build has."""
    templates: dict[str, Template] = {}

    def add(below: Tree, name: str) -> None:
        if name in templates:
            return
        templates[name] = template_of(below, name, cloudformation)
        for logical_id, child in below.children.items():
            resource = templates[name].content.get("Resources", {}).get(logical_id, {})
            url = json.dumps(resource.get("Properties", {}).get("TemplateURL", ""))
            found = _DIGEST.search(url.replace('"}', "").replace('"', ""))
            add(child, found["name"] if found else child.path)

    add(tree, root)
    return Build("deployed", templates)


def template_of(tree: Tree, name: str, cloudformation: Any) -> Template:
    """The template that one stack was made from, under a name of ours. Raises UnreadFile for broken YAML."""
    answer = cloudformation.get_template(StackName=tree.state.id, TemplateStage="Original")["TemplateBody"]
    path = f"{tree.path} in AWS"
    return Template(name, path, _content(answer, path), answer if isinstance(answer, str) else json.dumps(answer))


def _content(answer: Any, path: str) -> dict[str, Any]:
    """A template as GetTemplate answers it: boto3 reads JSON by itself. Raises UnreadFile for broken YAML."""
    if isinstance(answer, dict):
        return dict(answer)
    text = str(answer)
    found: dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else parse_yaml(text, path)
    return found


def offline(target: Target, after: Build, state: StackState | None, before: Build | None) -> Offline:
    """Judge the update of what is deployed to the project's build, with the values of both."""
    now = Environment(target.env, target.region, target.account, target.texts)
    earlier_values = dict(state.parameters) if state else {}
    for name in target.secrets & earlier_values.keys():  # AWS tells nobody; whether it changes AWS alone knows
        earlier_values[name] = target.texts[name]
    then = Environment(target.env, target.region, target.account, earlier_values)
    old = before or Build("nothing", {})
    values: Any = Fixed(target.template, now)
    earlier: Any = Fixed(target.template, then) if before else None
    found: Review = review(old, after, values, earlier)
    (outcome,) = found.outcomes or (None,)
    if outcome is None:
        return Offline({}, ())
    return Offline(
        {_path(each.address, target.stack_name): each for each in outcome.impacts if each.action != NONE},
        tuple(each._replace(address=_path(each.address, target.stack_name)) for each in outcome.verdicts),
    )


def _path(address: str, stack_name: str) -> str:
    """``Root/Child/Resource`` as change sets and events tell it: beginning with the stack's name."""
    return "/".join([stack_name, *address.split("/")[1:]])


@dataclass(frozen=True, slots=True)
class Difference:
    """Where AWS and the offline verdict disagree, and why that may be."""

    path: str
    aws: str
    offline: str
    why: str


def differences(changes: Sequence[Change], found: Offline) -> tuple[Difference, ...]:
    """Compare the two, resource by resource; nested stacks themselves are left out, since what matters is in them."""
    by_path = {each.path: each for each in changes if each.type != NESTED}
    impacts = {path: each for path, each in found.impacts.items() if each.type != NESTED}
    return tuple(_differences(by_path, impacts))


def _differences(changes: dict[str, Change], impacts: dict[str, Impact]) -> Iterator[Difference]:
    for path in dict.fromkeys([*changes, *impacts]):
        change, impact = changes.get(path), impacts.get(path)
        aws, ours = word_of(change), impact.word if impact else "unchanged"
        if change is None:
            why = "AWS sees no change; a value that only the account knows may be the same as before"
            yield Difference(path, "unchanged", ours, why)
        elif impact is None:
            if change.action == changesets.MODIFY and change.replacement != changesets.ALWAYS:
                why = "AWS cannot know before the nested stacks have run; with these values nothing changes"
            else:
                why = "the templates do not say so: somebody changed the stack by other means, or a value is a secret"
            yield Difference(path, aws, "unchanged", why)
        elif not _agrees(change, impact):
            yield Difference(path, aws, ours, _reason(change, impact))


def _agrees(change: Change, impact: Impact) -> bool:
    expected = {
        CREATE: change.action == changesets.ADD,
        DELETE: change.action == changesets.REMOVE,
        UPDATE: change.action == changesets.MODIFY and change.replacement == changesets.NEVER,
        REPLACE: change.may_replace
        if impact.certainty != CERTAIN
        else change.action == changesets.MODIFY and change.replacement == changesets.ALWAYS,
        FAILS: False,
    }
    return expected.get(impact.action, False)


def _reason(change: Change, impact: Impact) -> str:
    if impact.action == UPDATE and change.replacement == changesets.CONDITIONAL:
        return "AWS cannot know before the nested stacks have run; with these values it is updated in place"
    if impact.action == REPLACE and change.replacement == changesets.CONDITIONAL:
        return "AWS leaves it open; with these values a property changes that is create-only"
    if impact.action == REPLACE and change.replacement == changesets.NEVER:
        return "the provider's schema says that it is replaced, AWS that it is not: AWS decides"
    if impact.action == FAILS:
        return "the documentation says that this change is refused"
    return "look at both before going on"


def word_of(change: Change | None) -> str:
    """AWS's verdict in the words of the offline one."""
    if change is None:
        return "unchanged"
    if change.action == changesets.MODIFY:
        return {
            changesets.ALWAYS: "replaced",
            changesets.CONDITIONAL: "may be replaced",
        }.get(change.replacement, "updated in place")
    return {
        changesets.ADD: "created",
        changesets.REMOVE: "deleted" if change.policy_action != "Retain" else "left behind",
        changesets.IMPORT: "imported",
        changesets.DYNAMIC: "not known before it runs",
    }.get(change.action, change.action)


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many resources are created, updated, replaced, removed; nested stacks themselves are left out."""
    words = [word_of(each) for each in changes if each.type != NESTED]
    return {word: words.count(word) for word in dict.fromkeys(words)}
