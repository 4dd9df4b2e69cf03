"""Physical names: made in a system's pattern, and checked with the longest value that they may have."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from troposphere import Sub

from .declaration import Declaration, Typed, intrinsic
from .errors import NamingError
from .extents import PSEUDO, Extent, extent_of
from .parameter import Parameter
from .physical_names import PHYSICAL_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import Location
    from .physical_names import PhysicalName

STEM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOLE = re.compile(r"(\$\{[^!}][^}]*\})")
_MOST_READINGS = 256


class Piece(NamedTuple):
    """A part of a name: a literal text, or a hole that may be filled in ways that ``extent`` describes."""

    text: str
    extent: Extent | None = None

    @property
    def longest(self) -> int:
        """Characters, at most."""
        return len(self.text) if self.extent is None else self.extent.longest

    @property
    def sample(self) -> str:
        """One possible value."""
        return self.text if self.extent is None else self.extent.sample

    def __str__(self) -> str:
        return self.text if self.extent is None else f"${{{self.text}}}"


Reading = tuple[Piece, ...]


def named_in(pattern: str, stem: str, further: tuple[str, ...], where: Location) -> Sub:
    """``Sub`` of a system's pattern around a kebab-case stem. Raises NamingError for another stem."""
    if STEM.fullmatch(stem) is None:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem).lower()
        kebab = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
        raise NamingError(f"{stem!r} is not in kebab-case", f"did you mean {kebab!r}?" if kebab else "", location=where)
    if "{stem}" not in pattern.replace("${stem}", ""):
        raise NamingError(f"name_pattern {pattern!r} lacks {{stem}}, so all names were the same", location=where)
    return Sub("-".join((pattern.replace("{stem}", stem), *further)))


def check_physical_name(
    kind: str,
    title: str,
    properties: Mapping[str, Any],
    parameters: Mapping[str, Parameter[Any]],
    where: Location,
) -> None:
    """The physical name that a resource is given, if its type has one. Raises NamingError.

    Checked is the longest value that the constraints of the template's parameters allow; what is known only
    at deployment (an attribute of another resource) is not.
    """
    rule = PHYSICAL_NAMES.get(kind)
    value = properties.get(rule.property) if rule else None
    if rule is None or value is None:
        return
    for reading in readings(value, parameters) or ():
        text = "".join(map(str, reading))
        if "{{resolve:" in text:
            continue  # CloudFormation puts the value in its place, which nobody knows here
        problem = _problem(rule, reading)
        if problem:
            raise NamingError(
                f"{title}: {rule.property} {text!r} {problem[0]}",
                *problem[1:],
                f"{kind} takes {rule.words}",
                location=where,
            )


def _problem(rule: PhysicalName, reading: Reading) -> list[str]:
    longest = sum(piece.longest for piece in reading)
    holes = [piece for piece in reading if piece.extent is not None]
    if longest > rule.longest:
        if not holes:
            return [f"has {longest:,} characters, {rule.longest:,} are allowed"]
        widest = max(holes, key=lambda piece: piece.longest)
        why = f": {widest.extent.why}" if widest.extent and widest.extent.why else ""
        return [
            f"may have {longest:,} characters, {rule.longest:,} are allowed",
            f"{widest.text} may have {widest.longest:,}{why}",
        ]
    for index, piece in enumerate(reading):
        refused = _refused(rule, reading, index, piece.extent.characters) if piece.extent else ""
        if refused:
            return [
                f"is refused when {piece.text} holds {refused!r}",
                f"narrow the constraints of {piece.text}",
            ]
    sample = "".join(piece.sample for piece in reading)
    if len(sample) < rule.shortest:
        return [f"may have {len(sample)} characters, at least {rule.shortest} are needed"]
    if re.fullmatch(rule.pattern, sample) is None:
        return [f"is refused, as in {sample!r}" if holes else "is refused"]
    return []


def _refused(rule: PhysicalName, reading: Reading, index: int, characters: str) -> str:
    """A character of the hole that the type does not take, tried between two harmless ones."""
    before = "".join(piece.sample for piece in reading[:index])
    after = "".join(piece.sample for piece in reading[index + 1 :])

    def fits(inner: str) -> bool:
        return re.fullmatch(rule.pattern, before + inner + after) is not None

    around = Extent(1, 1, characters).sample
    if not fits(around) or fits(around + around.join(characters) + around):
        return ""
    return next((each for each in characters if not fits(around + each + around)), "")


def readings(value: Any, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    """Each way in which a name may turn out, as literal texts and holes; ``None`` for what only AWS knows."""
    if isinstance(value, Typed):
        return readings(value.value, parameters)
    if isinstance(value, Parameter):
        return _hole(value.logical_id, parameters)
    if isinstance(value, str):
        return [(Piece(value),)]
    for function, body in intrinsic(value).items():
        read = _READERS.get(function)
        return read(body, parameters) if read else None
    return None


def _ref(body: Any, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    return _hole(body.logical_id if isinstance(body, Declaration) else str(body), parameters)


def _if(body: Any, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    known = [readings(branch, parameters) for branch in body[1:]]
    return [reading for each in known if each is not None for reading in each] or None


def _sub(body: Any, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    text, local = body if isinstance(body, list | tuple) else (body, {})
    if not isinstance(text, str):
        return None  # refused where it is rendered
    return _together([_part(part, local, parameters) for part in _HOLE.split(text) if part])


def _join(body: Any, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    delimiter, values = body
    if not isinstance(values, list | tuple):
        return None
    parts: list[list[Reading] | None] = []
    for value in values:
        parts += [[(Piece(delimiter),)], readings(value, parameters)]
    return _together(parts[1:])


_READERS = {"Ref": _ref, "Fn::If": _if, "Fn::Sub": _sub, "Fn::Join": _join}


def _part(text: Any, local: Mapping[str, Any], parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    if _HOLE.fullmatch(text) is None:
        return [(Piece(text.replace("${!", "${")),)]
    name = text[2:-1].strip()
    return readings(local[name], parameters) if name in local else _hole(name, parameters)


def _together(parts: list[list[Reading] | None]) -> list[Reading] | None:
    """The parts one after the other, in every combination; of very many, the first."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    combined: list[Reading] = []
    for combination in product(*known):
        combined.append(tuple(piece for reading in combination for piece in reading))
        if len(combined) == _MOST_READINGS:
            break
    return combined


def _hole(name: str, parameters: Mapping[str, Parameter[Any]]) -> list[Reading] | None:
    if name == "AWS::NoValue":
        return None  # then the resource has no name of ours
    extent = PSEUDO.get(name) or extent_of(parameters.get(name))
    return None if extent is None else [(Piece(name, extent),)]
