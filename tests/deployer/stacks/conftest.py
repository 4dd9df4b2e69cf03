"""The deployer's templates as rendered, decoded."""

from __future__ import annotations

import json

import pytest

from stackgen.template import Renderer
from stacks.deployer.deployer import OurDeployerStack
from stacks.deployer.targets import OurStackSetAdministrationStack, OurTargetRolesStack, OurTargetRolesStackSetStack
from tests.deployer.stacks.reading import Template, Templates

ROOTS = (OurDeployerStack, OurStackSetAdministrationStack, OurTargetRolesStack, OurTargetRolesStackSetStack)


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Every template of the system by file name."""
    renderer = Renderer()
    return {root.file: json.loads(renderer.template(root).text) for root in ROOTS}


@pytest.fixture(scope="session")
def deployer(templates: Templates) -> Template:
    return templates["deployer-stack"]


@pytest.fixture(scope="session")
def targets(templates: Templates) -> Template:
    return templates["target-roles"]
