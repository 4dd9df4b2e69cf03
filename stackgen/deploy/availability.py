"""What a region must offer beside what CloudFormation sees to: models, quotas. Declared by the project, asked of AWS.

    [tool.stackgen.stack.master-stack.checks.Models]    # a key of the stack's regions_file
    service = "bedrock"                                 # boto3's names
    operation = "list_foundation_models"                # one that reads
    values = "modelSummaries[].modelId"                 # JMESPath: what there is, in the answer
    match = "prefix"                                    # or "equal", or "least" for numbers
    parameters = { byOutputModality = "TEXT" }          # of the call, if any

    [tool.stackgen.stack.master-stack.checks.Models.access]     # whether the account may use what there is
    operation = "get_foundation_model_availability"
    parameter = "modelId"                               # which is given what was found
    values = "authorizationStatus"
    expected = "AUTHORIZED"

What is lacking is a warning and no error: AWS may offer it to an account in other ways than it tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.environments import _known, _wrong
from stackgen.errors import ProjectError, likely, shown

from .parameters import region_of
from .setting_forms import location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.errors import Location
    from stackgen.project import Project

    from .settings import Settings

EQUAL, PREFIX, LEAST = "equal", "prefix", "least"
_READS = ("list_", "describe_", "get_")
_KEYS = {"service": "text", "operation": "text", "values": "text", "match": "text", "parameters": "table",
         "access": "table"}  # fmt: skip
_REQUIRED = ("service", "operation", "values")
_ACCESS = ("operation", "parameter", "values", "expected")


class Check(NamedTuple):
    """One call, and what has to be in its answer."""

    name: str
    service: str
    operation: str
    values: str
    match: str
    parameters: Mapping[str, Any]
    wanted: tuple[str, ...]
    access: Mapping[str, str] = {}
    """A second call, about each that was found; nothing where there is none."""
    place: str = ""
    """Where it stands what is wanted."""


def checks_of(project: Project, region: str, settings: Settings) -> list[Check]:
    """The checks of a stack in a region. Raises ProjectError for one that is declared wrongly."""
    said = settings.values.get("checks")
    if said is None:
        return []
    file = region_of(project, region, settings)
    found = []
    for name, table in said.value.items():
        place = f"{said.origin}.{name}"
        _known(project, place, table, _KEYS)
        _complete(project, place, table, _REQUIRED)
        access = table.get("access", {})
        if access:
            _known(project, f"{place}.access", access, dict.fromkeys(_ACCESS, "text"))
            _complete(project, f"{place}.access", access, _ACCESS)
        for where, said_there in ((place, table), (f"{place}.access", access)):
            operation = said_there.get("operation", "get_")
            if not operation.startswith(_READS):
                expected = "an operation that reads: " + ", ".join(f"{each}..." for each in _READS)
                raise _wrong(project, where, "operation", operation, expected)
        match = table.get("match", EQUAL)
        if match not in (EQUAL, PREFIX, LEAST):
            hint = likely(match, (EQUAL, PREFIX, LEAST))
            raise ProjectError(f"{place}.match is {match!r}", hint, location=location_of(project, place, "match"))
        if file is not None and name in file.values:
            value = file.values[name]
            wanted = tuple(map(str, value if isinstance(value, list) else [value]))
            operation, values = table["operation"], table["values"]
            parameters = table.get("parameters", {})
            found.append(
                Check(
                    name,
                    table["service"],
                    operation,
                    values,
                    match,
                    parameters,
                    wanted,
                    access,
                    place_of(file.location(name)),
                )
            )
    return found


def place_of(location: Location) -> str:
    """``regions.json:12``."""
    path, line = location
    return f"{shown(path)}:{line}" if line else shown(path)


def _complete(project: Project, place: str, table: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in keys:
        if key not in table:
            outer, _, name = place.rpartition(".")
            raise ProjectError(f"{place} has no {key}", location=location_of(project, outer, name))


def lacking(check: Check, client: Callable[[str], Any]) -> Iterator[str]:
    """What of a check AWS does not offer. Raises what boto3 raises, and ProjectError for a call that it has not."""
    made = client(check.service)
    there = _asked(check.name, made, check.operation, check.values, check.parameters)
    for each in check.wanted:
        found = [one for one in there if _fits(check.match, each, one)]
        if not found:
            near = likely(each, there) if check.match != LEAST else f"there is {', '.join(there) or 'none'}"
            yield f"{check.name}: {each} is not offered" + (f"; {near}" if near.startswith(("did", "there")) else "")
        elif check.access and not any(_may(check, made, one) for one in found):
            yield f"{check.name}: {each} is offered, but this account may not use it"


def _may(check: Check, made: Any, found: str) -> bool:
    """Whether the account may use what was found."""
    said = check.access
    parameters = {said["parameter"]: found}
    return said["expected"] in _asked(f"{check.name}.access", made, said["operation"], said["values"], parameters)


def _asked(name: str, made: Any, operation: str, values: str, parameters: Mapping[str, Any]) -> list[str]:
    """What a call answers, as far as it is asked for. Raises ProjectError for one that there is not."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    if not hasattr(made, operation):
        service = made.meta.service_model.service_name
        raise ProjectError(f"checks.{name}: {service} has no operation {operation}")
    try:
        expression = jmespath.compile(values)
    except JMESPathError as error:
        raise ProjectError(f"checks.{name}.values is no JMESPath: {str(error).splitlines()[0]}") from error
    if made.can_paginate(operation):
        pages = list(made.get_paginator(operation).paginate(**parameters))
    else:
        pages = [getattr(made, operation)(**parameters)]
    there: list[str] = []
    for page in pages:
        found = expression.search(page)
        there += map(str, found if isinstance(found, list) else [found] if found is not None else [])
    return there


def _fits(match: str, wanted: str, found: str) -> bool:
    if match == LEAST:
        try:
            return float(found) >= float(wanted)
        except ValueError:
            return False
    return found.startswith(wanted) if match == PREFIX else found == wanted
