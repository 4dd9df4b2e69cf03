"""What the function is told by its environment variables; all that is wrong with them is told at once."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import SettingInvalid
from .snapshots import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHOLE = re.compile(r"[1-9][0-9]{0,5}")


def rule(variables: Mapping[str, str] | None = None) -> Rule:
    """Which snapshots are due. Raises SettingInvalid."""
    given = os.environ if variables is None else variables
    wrong = [f"{name} is not set" for name in ("ENVIRONMENT_SUFFIX", "PROJECT") if not given.get(name)]
    days, most = given.get("SNAPSHOT_RETENTION_DAYS", ""), given.get("MOST_SNAPSHOTS") or "20"
    wrong += [
        f"{name} is no whole number from 1"
        for name, text in (("SNAPSHOT_RETENTION_DAYS", days), ("MOST_SNAPSHOTS", most))
        if not _WHOLE.fullmatch(text)
    ]
    if wrong:
        raise SettingInvalid(f"environment variables: {', '.join(wrong)}")
    tags = {"EnvironmentSuffix": given["ENVIRONMENT_SUFFIX"], "Project": given["PROJECT"]}
    return Rule(tags, timedelta(days=int(days)), int(most))
