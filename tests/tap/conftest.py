"""TapStack's templates as rendered and decoded, and the real databases that the containers' code is tested on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from stackgen.template import Renderer
from stacks.tap.bootstrap import BootstrapStack
from stacks.tap.guard import GuardStack
from stacks.tap.janitor import JanitorStack
from stacks.tap.stackset import StackSetStack
from stacks.tap.stackset_roles import StackSetRolesStack
from stacks.tap.tap import TapStack
from tests.tap.mariadb import Database, MariaDb
from tests.tap.reading import Templates

ROOTS = (TapStack, BootstrapStack, GuardStack, JanitorStack, StackSetStack, StackSetRolesStack)


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Every template of the system by file name."""
    renderer = Renderer()
    for root in ROOTS:
        renderer.template(root)
    return {each.file: json.loads(each.text) for each in renderer.templates.values()}


@pytest.fixture(scope="session")
def shared_server() -> Iterator[MariaDb]:
    """One server for all tests of a worker; nobody may stop it."""
    yield from _running()


@pytest.fixture
def database(shared_server: MariaDb) -> Iterator[Database]:
    """An empty schema for one test."""
    made = shared_server.database()
    yield made
    shared_server.drop(made)


@pytest.fixture
def server() -> Iterator[MariaDb]:
    """A server for one test, which may kill and restart it."""
    yield from _running()


def _running() -> Iterator[MariaDb]:
    """Not below pytest's folders: the name of a socket has at most 107 characters, and pytest keeps what is there."""
    with TemporaryDirectory(prefix="mariadb-") as folder, MariaDb(Path(folder)) as server:
        yield server
