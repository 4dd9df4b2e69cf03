"""The deployer's templates as rendered, decoded."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest

from stackgen.deployer.machine import Settings
from stackgen.deployer.stacks.deployer import DeployerStack
from stackgen.template import Renderer, render
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


class WholeStack(DeployerStack):
    """The deployer with everything that is optional."""

    machine_settings: ClassVar[Settings] = Settings(promote_images=True, verify_signatures=True)


@pytest.fixture(scope="session")
def whole() -> Template:
    template: Template = json.loads(render(WholeStack).text)
    return template


@pytest.fixture(scope="session")
def targets(templates: Templates) -> Template:
    return templates["target-roles"]
