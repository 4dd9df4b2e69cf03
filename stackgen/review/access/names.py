"""Who a value names: resources of a tree by whatever refers to them, and texts as patterns.

The same resource may stand elsewhere in the other tree: moved to another nested stack under the same logical ID. Its
older place is read as the newer one, so that a move alone gives nobody anything.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, product

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import Attribute, Choice, Mixed, Symbol

from .arns import partition, spelling
from .patterns import Named, Pattern, Unknown, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree

    from .arns import Spelling
    from .patterns import Token

__all__ = ["Guards", "Holder", "Names", "Place", "compatible", "guards_of", "moved", "unfold"]

Place = tuple[tuple[str, ...], str]
Guard = tuple[str, bool]
Guards = frozenset[Guard]
Holder = Place | str

# A longer list of combinations is kept as one unknown value.
_MOST_COMBINATIONS = 32

_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Events::EventBus": "Name",
    "AWS::EC2::SecurityGroup": "GroupName",
}


def compatible(*sets: Guards) -> Guards | None:
    """All guards together; None where one asks for what another excludes."""
    together = frozenset().union(*sets)
    return None if any((name, not value) in together for name, value in together) else together


def unfold(value: Any) -> list[tuple[Any, Guards]]:
    """A value, or each of the values that it is under an unknown condition; none where it is left out."""
    if not isinstance(value, Choice):
        return [] if value is None else [(value, frozenset())]
    found: list[tuple[Any, Guards]] = []
    for branch, truth in ((value.then, True), (value.otherwise, False)):
        for inner, guards in unfold(branch):
            together = compatible(guards, frozenset({(value.condition.key, truth)}))
            if together is not None:
                found.append((inner, together))
    return found


def guards_of(resource: Resource) -> Guards:
    """What must hold for the resource to be there, where that is not known."""
    if resource.exists is not None:
        return frozenset()
    condition = resource.definition.get("Condition")
    return frozenset({(f"{'/'.join(resource.stack)}/{condition or 'its stack'}", True)})


def moved(before: Tree, after: Tree) -> dict[Place, Place]:
    """Resources of ``before`` that stand in another stack of ``after``, under the same logical ID and type."""
    old = {each.owner: each.type for each in before.resources() if each.exists is not False}
    new = {each.owner: each.type for each in after.resources() if each.exists is not False}
    if old.keys() <= new.keys() or new.keys() <= old.keys():  # in most changes nothing moves
        return {}
    gone, come = _by_name(old, new), _by_name(new, old)
    return {places[0]: come[key][0] for key, places in gone.items() if len(places) == 1 and len(come.get(key, ())) == 1}


def _by_name(places: Mapping[Place, str], others: Mapping[Place, str]) -> dict[tuple[str, str], list[Place]]:
    found: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place, kind in places.items():
        if place not in others:
            found[place[1], kind].append(place)
    return found


class Names:
    """What the values of one tree refer to."""

    def __init__(
        self, resources: Iterable[Resource], renamed: Mapping[Place, Place], environment: Environment | None = None
    ) -> None:
        self.renamed = renamed
        self._environment = environment or Environment()
        self._spellings: dict[Place, Spelling | None] = {}
        self.aliases: dict[tuple[str, str], Place] = {}
        self.resources: dict[Place, Resource] = {self.place(each): each for each in resources}
        for place, resource in self.resources.items():
            kind = resource.type
            name = resource.value(_NAMES[kind]) if kind in _NAMES else None
            if isinstance(name, str | Symbol):
                self.aliases[_family(kind), _key(name)] = place

    def place(self, resource: Resource) -> Place:
        return self.renamed.get(resource.owner, resource.owner)

    def type(self, place: Holder) -> str | None:
        """The type of what is there; None where nothing of the tree is."""
        resource = self.resources.get(place) if isinstance(place, tuple) else None
        return resource.type if resource else None

    def _moved(self, place: Place) -> Place:
        return self.renamed.get(place, place)

    def meaning(self, place: Place) -> tuple[object, ...]:
        """What a reference to a place is read as: equal in two trees where it means the same."""
        written = self._spelling(place)
        return self.type(place), written and written.facts

    def _spelling(self, place: Place) -> Spelling | None:
        if place not in self._spellings:
            resource = self.resources.get(place)
            self._spellings[place] = spelling(resource, place, self._environment) if resource else None
        return self._spellings[place]

    def holder(self, value: Any, family: str = "") -> Holder:
        """Whose policy or rule it is: a resource of the tree, or the text that names something outside."""
        if isinstance(value, Attribute):
            # The default group of a VPC is not the VPC.
            place = self._moved((value.stack, value.logical_id))
            return f"{value}" if value.attribute.startswith("Default") else place
        if isinstance(value, str):
            name = value.rsplit("/", 1)[-1] if value.startswith("arn:") else value
            name = name.rsplit(":", 1)[-1] if name.startswith("arn:") else name
            return self.aliases.get((family, name), value)
        if isinstance(value, Symbol) and (family, value.key) in self.aliases:
            return self.aliases[family, value.key]
        if isinstance(value, Mixed):
            named = {self._moved((part.stack, part.logical_id)) for part in value.parts if isinstance(part, Attribute)}
            if len(named) == 1:
                return named.pop()
        return str(value)

    def address(self, holder: Holder) -> str:
        if isinstance(holder, str):
            return holder
        known = self.resources.get(holder)
        return known.address if known else "/".join([*holder[0], holder[1]])

    def patterns(self, value: Any, *, wildcards: bool = True) -> list[tuple[Pattern, Guards]]:
        """A text as a pattern; several where a part of it hangs on an unknown condition."""
        parts = value.parts if isinstance(value, Mixed) else (value,)
        choices = [unfold(part) for part in parts]
        total = 1
        for choice in choices:
            total *= len(choice)
        if total > _MOST_COMBINATIONS:
            return [(Pattern((Unknown(value),), str(value)), frozenset())]
        found = []
        for combination in product(*choices):
            guards = compatible(*(guards for _, guards in combination))
            if guards is not None:
                texts = [text for text, _ in combination]
                tokens = tuple(chain.from_iterable([self._tokens(text, wildcards=wildcards) for text in texts]))
                shown = str(value) if len(texts) > 1 and total == 1 else "".join(map(_shown, texts))
                found.append((Pattern(tokens, shown), guards))
        return found

    def pattern(self, value: Any, *, wildcards: bool = True) -> Pattern:
        """A text as one pattern; a part that hangs on an unknown condition is unknown."""
        found = self.patterns(value, wildcards=wildcards)
        if len(found) == 1 and not found[0][1]:
            return found[0][0]
        return Pattern((Unknown(value),), _shown(value))

    def _tokens(self, value: Any, *, wildcards: bool) -> tuple[Token, ...]:
        if isinstance(value, Attribute):
            place = self._moved((value.stack, value.logical_id))
            written = self._spelling(place)
            found = written.tokens(value.attribute, wildcards=wildcards) if written else None
            return found or (Named(*place, value.attribute),)
        if partition(value):
            return tuple("aws")
        if isinstance(value, Mixed):
            return tuple(token for part in value.parts for token in self._tokens(part, wildcards=wildcards))
        if isinstance(value, Symbol):
            return (Unknown(value),)
        return literal(_shown(value), wildcards=wildcards)


def _key(name: str | Symbol) -> str:
    return name.key if isinstance(name, Symbol) else name


def _family(kind: str) -> str:
    return kind.rsplit("::", 1)[-1]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
