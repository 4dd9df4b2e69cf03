"""What is deployed, where and how: one stack of one environment in one region, all settings decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .actions import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping


class Value(NamedTuple):
    """A parameter's value, and who gave it."""

    text: str
    origin: str
    """``-p``, ``STACKGEN_PARAM_X``, ``env.prod.parameters``, a file, ``default`` ..."""
    is_secret: bool = False

    @property
    def shown(self) -> str:
        """As people see it."""
        return HIDDEN if self.is_secret else self.text


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment with all its settings."""

    env: str
    region: str
    account: str
    template: str
    """The name of the root in the build, ``plot-palette/master-stack``."""
    stack_name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    bucket: str = ""
    """Where the templates lie; the host part of their TemplateURL."""
    rollback_alarms: tuple[str, ...] = ()
    monitoring_minutes: int = 0
    creation_monitoring_minutes: int | None = None
    """The same after a creation; None for no others than after an update."""
    stack_policy: str = ""
    """The document, or nothing."""
    is_protected: bool | None = None
    """Termination protection; None leaves it as it is."""
    notification_arns: tuple[str, ...] = ()
    service_role_arn: str = ""
    profile: str = ""
    """Whose credentials; nothing for those of the environment."""
    role_arn: str = ""
    """The role that is assumed with them, if any."""
    external_id: str = ""
    files: tuple[str, ...] = ()
    """The files of values that the command line named."""
    secrets_key: str = ""
    """What its secrets are encrypted with, where it is not AWS's own key."""

    @property
    def system(self) -> str:
        """``plot-palette``."""
        return self.template.rpartition("/")[0] or self.template

    @property
    def minutes_after_creation(self) -> int:
        """How long alarms are watched after a creation."""
        said = self.creation_monitoring_minutes
        return self.monitoring_minutes if said is None else said

    @property
    def place(self) -> str:
        """``plot-palette-production in 111111111111/us-east-1``."""
        return f"{self.stack_name} in {self.account}/{self.region}"

    @property
    def texts(self) -> dict[str, str]:
        """The parameters as CloudFormation is given them."""
        return {name: value.text for name, value in self.parameters.items()}

    @property
    def secrets(self) -> frozenset[str]:
        """The names of those that nobody sees."""
        return frozenset(name for name, value in self.parameters.items() if value.is_secret)
