"""All cases, theme by theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.review.impact.cases import compute, conditions, failures, policies, propagation, properties, services, stacks

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Case

THEMES: dict[str, tuple[Case, ...]] = {
    "properties": properties.CASES,
    "compute": compute.CASES,
    "services": services.CASES,
    "conditions": conditions.CASES,
    "propagation": propagation.CASES,
    "stacks": stacks.CASES,
    "policies": policies.CASES,
    "failures": failures.CASES,
}

CASES: tuple[Case, ...] = tuple(case for cases in THEMES.values() for case in cases)
