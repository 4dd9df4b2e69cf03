"""Physical names: kept by a resource that is replaced, or given to two."""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Attribute, canonical, shown, symbols_in
from stackgen.review.schemas.identity import identities

from .codes import verdict
from .result import CERTAIN, CREATE, DELETE, REPLACE
from .uniqueness import SHARED, UNIQUE, WITHIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from stackgen.review.environments import Place
    from stackgen.review.evaluation.tree import Resource, Tree
    from stackgen.review.schemas import TypeSchema

    from .analysis import Analysis
    from .judge import Judge
    from .result import Verdict

    Pointer = tuple[str, ...]

_IN_ALL_REGIONS = ("AWS::IAM::", "AWS::CloudFront::", "AWS::Route53::")
"""Services whose names belong to the account, not to one of its regions. Source: their endpoints have no region."""

_CASELESS = "AWS::IAM::"
"""IAM does not tell names apart by case.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html."""

_COMING = ((CREATE, CERTAIN), (REPLACE, CERTAIN))

_EVERYWHERE = ("AWS::S3::Bucket",)
"""Types whose names belong to one resource in all accounts. Source: Amazon S3 User Guide, "Bucket naming rules"."""


def kept_names(analysis: Analysis) -> Iterator[Verdict]:
    """V201 and V406: a resource that is (or may be) replaced under a name of its own that does not change."""
    if analysis.before is None or analysis.after is None:
        return
    for owner, impact in analysis.impacts.items():
        old, new = analysis.before.find(*owner), analysis.after.find(*owner)
        if impact.action != REPLACE or old is None or new is None or old.type != new.type:
            continue
        schema = analysis.judge.schema(new.type)
        if schema is None or schema.replacement_strategy == "delete_then_create":
            continue
        for pointers, owners in _unique(schema):
            values = [_at(new, pointer) for pointer in pointers]
            before, after = ([_at(each, pointer) for pointer in (*pointers, *owners)] for each in (old, new))
            if None in values or canonical(before) != canonical(after) or _moves(after, analysis):
                continue
            certain = impact.certainty == CERTAIN
            names = [".".join(pointer) for pointer in pointers]
            said = ", ".join(f"{name} {shown(value)}" for name, value in zip(names, values, strict=True))
            text = f"it is replaced, and the new one has {said} as the old one has"
            remedy = f"change {' or '.join(names)} with it" if len(names) > 1 else ""
            yield verdict("V201" if certain else "V406", new.address, text, remedy)
            break


def _unique(schema: TypeSchema) -> Iterator[tuple[tuple[Pointer, ...], tuple[Pointer, ...]]]:
    """Properties that belong to one resource together, and those that say inside what they do."""
    unique = UNIQUE.get(schema.type)
    if unique:
        yield tuple((name,) for name in unique.properties), ()
    if schema.type not in SHARED:
        for pointers in identities(schema):
            yield pointers, tuple(each for each in _owners(schema) if each not in pointers)


def _owners(schema: TypeSchema) -> list[Pointer]:
    """The properties that say inside what a name is unique: a VPC, a cluster; mostly none."""
    within = WITHIN.get(schema.type)
    chosen = [each for each in schema.primary_identifier if each in schema.create_only and each not in schema.read_only]
    return [*chosen, *([(within.property,)] if within else [])]


def _moves(values: Any, analysis: Analysis) -> bool:
    """Whether a name holds a reference to something that is replaced too, and so changes."""
    owners = [symbol.owner for _, symbol in symbols_in(values) if isinstance(symbol, Attribute)]
    return any(
        impact is not None and impact.action == REPLACE for impact in (analysis.impacts.get(owner) for owner in owners)
    )


def names_not_free(analysis: Analysis) -> Iterator[Verdict]:
    """V210: a new resource wants the name of one that the update deletes, or replaces, only in its clean-up."""
    if analysis.before is None or analysis.after is None:
        return
    coming = [owner for owner, each in analysis.impacts.items() if (each.action, each.certainty) in _COMING]
    if not coming:
        return
    taken = {}
    for old in analysis.before.resources():
        key = _key_of(old, analysis.judge) if old.exists else None
        if key is not None:
            taken[key] = old
    for each in coming:
        new = analysis.after.find(*each)
        key = _key_of(new, analysis.judge) if new is not None else None
        holder = taken.get(key) if key is not None else None
        if new is None or holder is None or holder.owner == each or _moves(_name(new, analysis.judge), analysis):
            continue
        fate = analysis.impacts.get(holder.owner)
        if fate is not None and fate.action in (DELETE, REPLACE):
            text = f"{holder.address} has the name {shown(_name(new, analysis.judge))!r} until the update's clean-up"
            yield verdict("V210", new.address, text)


def duplicates(trees: Iterable[tuple[Place, Tree]], judge: Judge) -> Iterator[tuple[Place, str, Verdict]]:
    """V203, with the place and root of the second: a name that two resources get in one account and region."""
    taken: dict[tuple[str, ...], tuple[str, str]] = {}
    pointers: dict[str, Pointer | None] = {}
    for place, tree in trees:
        for resource in tree.resources():
            kind = resource.type
            if kind not in pointers:
                pointers[kind] = _pointer(kind, judge)
            pointer = pointers[kind]
            name = _at(resource, pointer) if pointer and resource.exists else None
            own = _key_of(resource, judge, name) if isinstance(name, str) else None
            if own is None:
                continue
            key = (*own, *_scope(resource.type, place.account or place.name, place.region))
            first, where = taken.setdefault(key, (resource.address, str(place)))
            if (first, where) != (resource.address, str(place)):
                there = "" if where == str(place) else f" in {where}"
                text = f"{name!r} is also the name of {first}{there}"
                yield place, tree.root, verdict("V203", resource.address, text)


def _scope(kind: str, account: str, region: str) -> tuple[str, ...]:
    if kind in _EVERYWHERE:
        return ()
    return (account,) if kind.startswith(_IN_ALL_REGIONS) else (account, region)


def _name(resource: Resource, judge: Judge) -> Any:
    """The value of the property that carries the physical name; None where others may have it, or none is given."""
    pointer = _pointer(resource.type, judge)
    return _at(resource, pointer) if pointer else None


def _pointer(kind: str, judge: Judge) -> Pointer | None:
    return judge.physical_name(kind) if kind not in SHARED else None


def _key_of(resource: Resource, judge: Judge, known: str | None = None) -> tuple[str, str, str] | None:
    """What tells the physical name of a resource from others, also where it is a reference; None without one."""
    schema, name = judge.schema(resource.type), known or _name(resource, judge)
    if schema is None or name is None:
        return None
    pointer = judge.physical_name(resource.type)
    owners = [_at(resource, each) for each in _owners(schema) if each != pointer]
    inside = canonical(owners) if owners else ""
    text = canonical(name)
    return resource.type, text.lower() if resource.type.startswith(_CASELESS) else text, inside


def _at(resource: Resource, pointer: Pointer) -> Any:
    first, *others = pointer
    value = resource.value(first)
    for name in others:
        value = value.get(name) if isinstance(value, dict) else None
    return value
