"""Duplicates that come at once, and a database that dies while they come: every id once, none lost."""

from __future__ import annotations

import threading
import traceback

import pytest

from stackgen.local.cloud import Cloud
from stacks.tap.images.validator.errors import ValidatorError
from stacks.tap.images.validator.validation import Kind
from tests.tap.mariadb import MariaDb
from tests.tap.validator.load import inputs, put_through, put_through_deaths, see_that_each_is_there_once
from tests.tap.validator.world import EAGER, World, wanted

COUNT, FEWER, DEATHS = 1_000, 500, 4
"""``scripts/bench validator`` puts 10,000 through each, and lets the database die 20 times."""


@pytest.mark.requirement("TAP-12")
def test_of_many_transactions_at_once_each_is_stored_once_and_none_is_lost(world: World) -> None:
    """duplicates that come at once are stored twice, accepted twice, or refused, or one of many is lost"""
    load = put_through(world, COUNT, EAGER)
    _, different = inputs(COUNT)
    assert load.kinds == {"accepted": different, "repeated": COUNT - different}
    see_that_each_is_there_once(world, COUNT)


def test_of_different_contents_under_one_id_at_once_one_is_accepted(world: World) -> None:
    gate = threading.Barrier(16)
    kinds: list[Kind] = []

    def send(number: int) -> None:
        services = world.services()
        gate.wait()
        kinds.append(world.judge(wanted(amount=f"{number}.00"), services).kind)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(1, 17)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(kinds) == [Kind.ACCEPTED] + [Kind.CONFLICT] * 15
    assert len(world.rows()) == len(world.objects()) == 1


@pytest.fixture
def mortal(cloud: Cloud, server: MariaDb) -> World:
    """A world whose database may be killed."""
    return World.on(cloud, server.database())


@pytest.mark.requirement("TAP-44")
def test_a_database_that_is_killed_meanwhile_loses_and_doubles_nothing(mortal: World) -> None:
    """a transaction is lost or stored twice when the database dies, or the error does not say what failed"""
    load = put_through_deaths(mortal, FEWER, DEATHS)
    assert load.deaths == DEATHS
    assert set(load.errors) == {"DatabaseUnavailable"}
    assert set(load.kinds) == {"accepted", "repeated"}
    assert load.kinds.total() == FEWER
    see_that_each_is_there_once(mortal, FEWER)


def test_while_the_database_is_down_the_error_says_so_and_names_no_secret(mortal: World) -> None:
    services = mortal.services()
    mortal.judge(wanted(), services)
    mortal.server.kill()
    with pytest.raises(ValidatorError, match="the database did not answer, also after several attempts") as told:
        mortal.judge(wanted(transaction_id="tx-2"), services)
    assert mortal.server.password not in "".join(traceback.format_exception(told.value))
    mortal.server.start()
    assert mortal.judge(wanted(transaction_id="tx-2"), services).kind is Kind.ACCEPTED
