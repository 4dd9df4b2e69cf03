"""Which estimator a type has, and what a usage file may say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import compute, messaging, monitoring, network, storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .charges import Estimator

_FAMILIES = (network.FAMILY, compute.FAMILY, storage.FAMILY, messaging.FAMILY, monitoring.FAMILY)

ESTIMATORS: Mapping[str, Estimator] = {
    type_: estimator for family in _FAMILIES for type_, estimator in family.estimators.items()
}
WORDS: Mapping[str, Mapping[str, str]] = {type_: words for family in _FAMILIES for type_, words in family.usage.items()}
"""The keys of each type in a usage file, and what each means."""
