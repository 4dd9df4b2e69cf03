"""What a region must offer beside what CloudFormation sees to: models, quotas. Declared by the project, asked of AWS.

    [tool.stackgen.stack.master-stack.checks.Models]    # a key of the stack's regions_file
    service = "bedrock"                                 # boto3's names
    operation = "list_foundation_models"                # one that reads
    values = "modelSummaries[].modelId"                 # JMESPath: what there is, in the answer
    match = "prefix"                                    # or "equal", or "least" for numbers
    parameters = { byOutputModality = "TEXT" }          # of the call, if any

What is lacking is a warning and no error: AWS may offer it to an account in other ways than it tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.environments import _known, _wrong
from stackgen.errors import ProjectError, likely

from .parameters import region_of
from .settings import location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.project import Project

    from .settings import Settings

EQUAL, PREFIX, LEAST = "equal", "prefix", "least"
_READS = ("list_", "describe_", "get_")
_KEYS = {"service": "text", "operation": "text", "values": "text", "match": "text", "parameters": "table"}
_REQUIRED = ("service", "operation", "values")


class Check(NamedTuple):
    """One call, and what has to be in its answer."""

    name: str
    service: str
    operation: str
    values: str
    match: str
    parameters: Mapping[str, Any]
    wanted: tuple[str, ...]


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
        lacking = [key for key in _REQUIRED if key not in table]
        if lacking:
            raise ProjectError(f"{place} has no {lacking[0]}", location=location_of(project, said.origin, name))
        match = table.get("match", EQUAL)
        if match not in (EQUAL, PREFIX, LEAST):
            hint = likely(match, (EQUAL, PREFIX, LEAST))
            raise ProjectError(f"{place}.match is {match!r}", hint, location=location_of(project, place, "match"))
        if not table["operation"].startswith(_READS):
            expected = "an operation that reads: " + ", ".join(f"{each}..." for each in _READS)
            raise _wrong(project, place, "operation", table["operation"], expected)
        if file is not None and name in file.values:
            value = file.values[name]
            wanted = tuple(map(str, value if isinstance(value, list) else [value]))
            operation, values = table["operation"], table["values"]
            found.append(Check(name, table["service"], operation, values, match, table.get("parameters", {}), wanted))
    return found


def lacking(check: Check, client: Callable[[str], Any]) -> Iterator[str]:
    """What of a check AWS does not offer. Raises what boto3 raises, and ProjectError for a call that it has not."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    made = client(check.service)
    if not hasattr(made, check.operation):
        raise ProjectError(f"checks.{check.name}: {check.service} has no operation {check.operation}")
    try:
        expression = jmespath.compile(check.values)
    except JMESPathError as error:
        raise ProjectError(f"checks.{check.name}.values is no JMESPath: {str(error).splitlines()[0]}") from error
    if made.can_paginate(check.operation):
        pages = list(made.get_paginator(check.operation).paginate(**check.parameters))
    else:
        pages = [getattr(made, check.operation)(**check.parameters)]
    there: list[str] = []
    for page in pages:
        found = expression.search(page)
        there += map(str, found if isinstance(found, list) else [found] if found is not None else [])
    for each in check.wanted:
        if not any(_fits(check.match, each, one) for one in there):
            near = likely(each, there) if check.match != LEAST else f"there is {', '.join(there) or 'none'}"
            yield f"{check.name}: {each} is not offered" + (f"; {near}" if near.startswith(("did", "there")) else "")


def _fits(match: str, wanted: str, found: str) -> bool:
    if match == LEAST:
        try:
            return float(found) >= float(wanted)
        except ValueError:
            return False
    return found.startswith(wanted) if match == PREFIX else found == wanted
