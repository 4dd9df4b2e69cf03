"""TapStack's templates as rendered, decoded, for tests of the decisions that JSON does not explain."""

from __future__ import annotations

import json

import pytest

from stackgen.template import Renderer
from stacks.tap.bootstrap import BootstrapStack
from stacks.tap.guard import GuardStack
from stacks.tap.janitor import JanitorStack
from stacks.tap.stackset import StackSetStack
from stacks.tap.stackset_roles import StackSetRolesStack
from stacks.tap.tap import TapStack
from tests.tap.reading import Templates

ROOTS = (TapStack, BootstrapStack, GuardStack, JanitorStack, StackSetStack, StackSetRolesStack)


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Every template of the system by file name."""
    renderer = Renderer()
    for root in ROOTS:
        renderer.template(root)
    return {each.file: json.loads(each.text) for each in renderer.templates.values()}
