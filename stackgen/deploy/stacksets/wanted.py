"""What a StackSet should be: its template, its values, and the cells that it goes to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.deploy.targets import Value
    from stackgen.deployer.handlers.inputs import Pair

    from .settings import Declared

MOST_BODY = 51_200
"""Bytes of a template in a request; a longer one is read from S3. Source: CloudFormation quotas."""


class Cell(NamedTuple):
    """An account and a region, and what the stack there gets."""

    pair: Pair
    env: str
    values: Mapping[str, Value]
    alarms: tuple[str, ...] = ()
    """ARNs of those that tell of a bad release there."""
    monitoring_minutes: int = 0


class Home(NamedTuple):
    """Where a set itself is, and whose credentials reach it."""

    account: str
    region: str
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One set with everything decided."""

    declared: Declared
    name: str
    home: Home
    text: str
    """The template."""
    parameters: Mapping[str, Value]
    """The set's own; a cell whose values differ overrides them."""
    cells: tuple[Cell, ...]
    """All that the project says, also those that this run leaves alone."""
    chosen: frozenset[Pair]
    """Those that this run is about."""
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    is_nested: bool = False
    """Whether other templates are nested in it."""
    secrets: frozenset[str] = field(default=frozenset())
    """Parameters whose values nobody sees."""
    kept: frozenset[str] = field(default=frozenset())
    """Parameters that stay as the set has them, because only AWS knows their values."""

    @property
    def overrides(self) -> dict[Pair, dict[str, str]]:
        """What is different in each cell."""
        return {
            cell.pair: {
                name: value.text
                for name, value in cell.values.items()
                if name not in self.parameters or value.text != self.parameters[name].text
            }
            for cell in self.cells
        }

    @property
    def fingerprint(self) -> str:
        """The same for the same template, settings and cells; secrets have no part in it."""
        shown = {name: value.text for name, value in self.parameters.items() if name not in self.secrets}
        cells = sorted(
            [*cell.pair, sorted((name, value.text) for name, value in cell.values.items() if name not in self.secrets)]
            for cell in self.cells
            if cell.pair in self.chosen
        )
        said = [self.name, self.text, sorted(shown.items()), cells, sorted(self.tags.items()), self.capabilities]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()

    @property
    def needs_upload(self) -> bool:
        """Whether the template is too long for a request."""
        return len(self.text.encode()) > MOST_BODY

    @property
    def administration_role(self) -> str:
        """The ARN; AWS's own name for it unless the project says another."""
        partition = "aws-cn" if self.home.region.startswith("cn-") else "aws"
        partition = "aws-us-gov" if self.home.region.startswith("us-gov-") else partition
        default = f"arn:{partition}:iam::{self.home.account}:role/AWSCloudFormationStackSetAdministrationRole"
        return self.declared.text("administration_role") or default

    @property
    def execution_role(self) -> str:
        """The name of the role in each account."""
        return self.declared.text("execution_role") or "AWSCloudFormationStackSetExecutionRole"
