"""Smart Stream's template, as it is written, as SAM translates it, and as each class of environments gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.tree import Resource, evaluate
from stackgen.review.reading import read_folder
from tests.smart_stream.deployment import ACCOUNT, given
from tests.smart_stream.translation import translated, written
from tests.support import ROOT

Made = Callable[..., Mapping[str, Resource]]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return written()


@pytest.fixture(scope="session")
def sam(template: dict[str, Any]) -> dict[str, Any]:
    """After the transform."""
    return translated(template)


@pytest.fixture(scope="session")
def made() -> Made:
    """What there is in an environment, by logical ID: ``made("dev", EnableMQTT="false")``."""
    build = read_folder(str(ROOT / "build"))

    def resources(name: str, region: str = "us-east-1", **more: str) -> Mapping[str, Resource]:
        environment = Environment(name, region, ACCOUNT, {**given(name), **more})
        tree = evaluate(build, "smart-stream/template", environment)
        return {each.address.rpartition("/")[2]: each for each in tree.resources() if each.exists is not False}

    return resources
