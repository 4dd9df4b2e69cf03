"""What others look up about an installation: parameters of Systems Manager, each read by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Sub, ssm

from .base import PROJECT, DeployerSystemStack

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = f"/${{Env}}/{PROJECT}"


class WithSettings(DeployerSystemStack):
    """Settings under one prefix."""

    def settings(self, values: Mapping[str, tuple[object, str]]) -> None:
        """One parameter for each name; a value is never empty, because Systems Manager takes no empty one."""
        for name, (value, description) in values.items():
            title = "".join(part.title() for part in name.replace("/", "-").split("-"))
            self.add(
                ssm.Parameter(
                    f"{title}Setting",
                    Name=Sub(f"{PREFIX}/{name}"),
                    Type="String",
                    Tier="Standard",
                    Value=value,
                    Description=description,
                )
            )
