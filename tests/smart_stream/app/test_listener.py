"""The listener with a real broker: whatever ends, it goes on; what the broker had acknowledged gets into the table."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.connection import USER
from smartstream.table import Table
from smartstream.tokens import OWNER, Tokens, link, tokens
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, Throttle
from tests.smart_stream.app.api import TABLE
from tests.smart_stream.app.mosquitto import Mosquitto
from tests.smart_stream.app.process import Process
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION

PLAYERS = [f"p{number:02}" for number in range(40)]


@pytest.fixture
def table(cloud: Cloud) -> Iterator[Table]:
    """Linked with Yoto, and with nothing else in it."""
    made = Table(cloud.client("dynamodb", ACCOUNT, REGION), TABLE)
    link(made, Tokens("refresh-0"))
    yield made
    made.delete(*OWNER)
    for each in made.all("PLAYERS", "PLAYER#"):
        made.delete("PLAYERS", f"PLAYER#{each}")


@pytest.fixture
def yoto() -> Iterator[YotoServices]:
    with YotoServices(*PLAYERS) as services:
        yield services


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    with Mosquitto(folder) as broker:
        yield broker


@pytest.fixture
def listener(tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table) -> Iterator[Process]:
    del table
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        yield process


def news(text: str, players: list[str] = PLAYERS) -> dict[str, str]:
    """One message for each player, and each another one."""
    return {f"device/{each}/data/events": json.dumps({"said": f"{text} {each}"}) for each in players}


def heard(table: Table, messages: dict[str, str]) -> bool:
    """Whether the last that was heard of each player is this."""
    kept = table.all("PLAYERS", "PLAYER#")
    wanted = {topic.split("/")[1]: text for topic, text in messages.items()}
    return all(kept.get(player, {}).get("last_events") == text for player, text in wanted.items())


def test_what_players_say_is_kept_under_their_names(listener: Process, broker: Mosquitto, table: Table) -> None:
    listener.until_it_says("listens")
    messages = news("hello") | {"device/p00/data/status": '{"battery": 80}'}
    broker.publish(messages)
    listener.until(lambda: "last_status" in table.all("PLAYERS", "PLAYER#p00").get("", {}))
    listener.until(lambda: heard(table, news("hello")))
    kept = table.get("PLAYERS", "PLAYER#p00") or {}
    assert set(kept) == {"name", "last_events", "last_status", "heard_at"}
    assert (kept["name"], kept["last_status"]) == ("Player p00", '{"battery": 80}')


def test_yotos_broker_is_heard_over_web_sockets_and_tls(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    """the way that production takes does not work, or a broker is believed that nobody vouches for"""
    with Process(tmp_path / "stranger", cloud, broker, yoto, MQTT_URL=broker.web_url) as process:
        process.until_it_says("again")
        causes = {line["cause"] for line in process.lines() if line["message"] == "again"}
        assert causes == {"Lost: SSLCertVerificationError"}
    trusting = {"MQTT_URL": broker.web_url, "SSL_CERT_FILE": str(broker.authority)}
    with Process(tmp_path / "listener", cloud, broker, yoto, **trusting) as process:
        process.until_it_says("listens")
        broker.publish(news("by the web"))
        process.until(lambda: heard(table, news("by the web")))
        assert process.stop() == 0


@pytest.mark.requirement("SS-D58")
def test_it_waits_for_tokens_and_is_well_meanwhile(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    """a new environment has no tokens: a listener that ends for that is begun again and again, and blocks the stack"""
    table.delete(*OWNER)
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        process.until(lambda: len([line for line in process.lines() if line["message"] == "heartbeat"]) >= 3)
        assert process.health() == (0, "")
        assert {line["state"] for line in process.lines() if line["message"] == "heartbeat"} == {"waits for tokens"}
        link(table, Tokens("refresh-0"))
        process.until_it_says("listens")
        assert tokens(table) == Tokens("refresh-1", "access-1", (tokens(table) or Tokens("")).expires)
        broker.publish(news("late"))
        process.until(lambda: heard(table, news("late")))


def test_a_broker_that_goes_and_comes_back_is_listened_to_again(
    listener: Process, broker: Mosquitto, table: Table
) -> None:
    for number in range(3):
        listener.until_it_says("listens", number + 1)
        broker.publish(news(f"before {number}"))
        listener.until(lambda number=number: heard(table, news(f"before {number}")))  # type: ignore[misc]
        broker.stop()
        time.sleep(0.5)
        assert listener.health() == (0, "")
        broker.start()
    listener.until_it_says("listens", 4)
    causes = [line["cause"] for line in listener.lines() if line["message"] == "again"]
    assert causes
    assert all(each.startswith("Lost") for each in causes)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_lost_that_is_published_while_no_listener_runs(
    listener: Process, broker: Mosquitto, table: Table, ending: signal.Signals
) -> None:
    listener.until_it_says("listens")
    listener.stop(ending)
    broker.publish(news("meanwhile"))
    broker.stop()  # whatever waits in a session outlives the broker too
    broker.start()
    assert not heard(table, news("meanwhile"))
    listener.start()
    listener.until(lambda: heard(table, news("meanwhile")))


def test_nothing_is_lost_where_the_listener_is_killed_in_the_middle(
    listener: Process, broker: Mosquitto, table: Table
) -> None:
    """what was on its way in one of five rounds, each of other players, is never heard"""
    listener.until_it_says("listens")
    rounds = [news(f"round {number}", PLAYERS[number::5]) for number in range(5)]
    for messages in rounds:
        broker.publish(messages)
        listener.stop(signal.SIGKILL)
        listener.start()
    for messages in rounds:
        listener.until(lambda messages=messages: heard(table, messages))  # type: ignore[misc]


def test_a_message_is_acknowledged_once_it_is_kept(
    listener: Process, broker: Mosquitto, table: Table, cloud: Cloud
) -> None:
    """messages that the table did not take while it was away are gone"""
    listener.until_it_says("listens")
    cloud.faults.add("dynamodb:UpdateItem", Throttle(), times=None)
    broker.publish(news("unkept", PLAYERS[:5]))
    listener.until_it_says("again", 2)
    listener.stop(signal.SIGKILL)
    cloud.faults.clear()
    listener.start()
    listener.until(lambda: heard(table, news("unkept", PLAYERS[:5])))


def test_a_table_that_stays_away_is_waited_for_and_its_words_are_not_told(
    listener: Process, cloud: Cloud, broker: Mosquitto, table: Table
) -> None:
    listener.until_it_says("listens")
    cloud.faults.add("dynamodb:UpdateItem", Fail("AccessDeniedException", "secret", 400), times=None)
    broker.publish(news("later", PLAYERS[:1]))
    listener.until_it_says("again")
    assert listener.health() == (0, "")
    cloud.faults.clear()
    listener.until(lambda: heard(table, news("later", PLAYERS[:1])))
    (first, *_) = [line for line in listener.lines() if line["message"] == "again"]
    assert first["cause"] == "UpdateItem: AccessDeniedException"


@pytest.mark.parametrize("payload", ["no JSON", "[" * 5_000, json.dumps("x" * 70_000)])
def test_a_message_that_nobody_can_use_is_left_out_and_does_not_come_again(
    listener: Process, broker: Mosquitto, table: Table, payload: str
) -> None:
    listener.until_it_says("listens")
    broker.publish({"device/p00/data/events": payload})
    broker.publish(news("after"))
    listener.until(lambda: heard(table, news("after")))
    assert listener.messages().count("a message is left out") == 1
    assert listener.stop() == 0
    listener.start()
    listener.until_it_says("listens", 2)
    assert listener.messages().count("a message is left out") == 1


@pytest.mark.requirement("SS-45")
def test_a_password_that_the_broker_takes_no_more_is_renewed(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    """tokens that were revoked before their time stop the listener for ever"""
    broker.stop()
    broker.allow(USER, "access-2")
    broker.start()
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        process.until_it_says("listens")
        assert len(yoto.asked) == 2
        assert (tokens(table) or Tokens("")).access == "access-2"


def test_tokens_that_yoto_takes_no_more_are_waited_for(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    link(table, Tokens("spent"))
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        process.until_it_says("link the environment anew: Yoto takes its token no more")
        time.sleep(1)
        assert len(yoto.asked) == 1
        assert process.health() == (0, "")
        link(table, Tokens("refresh-0"))
        process.until_it_says("listens")


def test_yoto_that_does_not_answer_is_asked_again(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    del table
    yoto.statuses = [500] * 4 + [429] * 2
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        process.until_it_says("listens")
        assert process.messages().count("again") == 2


def test_tokens_are_renewed_before_they_expire(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    """five minutes before: these are good for two seconds beyond that"""
    del table
    yoto.seconds = 302
    with Process(tmp_path / "listener", cloud, broker, yoto) as process:
        process.until_it_says("listens", 2)
        assert len(yoto.asked) >= 2


def test_sigterm_ends_it_well(listener: Process, broker: Mosquitto) -> None:
    """ECS kills what does not end; and a will or a session that is left half-open keeps the next one waiting"""
    listener.until_it_says("listens")
    assert listener.stop() == 0
    assert listener.messages()[-1] == "stopped"
    assert "disconnected" in broker.log().splitlines()[-1]


def test_a_listener_that_waits_ends_at_once_too(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    table.delete(*OWNER)
    with Process(tmp_path / "listener", cloud, broker, yoto, POLL_SECONDS="600") as process:
        process.until(lambda: bool(process.lines()))
        began = time.monotonic()
        assert process.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 10


@pytest.mark.requirement("SS-D49")
def test_a_listener_that_hangs_is_not_well(listener: Process, tmp_path: Path) -> None:
    """it hangs unseen, and nobody begins it anew"""
    alive = tmp_path / "listener" / "smart-stream-listener-alive"
    listener.until_it_says("listens")
    listener.pause()
    os.utime(alive, (time.time() - 100, time.time() - 100))
    code, said = listener.health()
    assert (code, said[:28]) == (1, "the listener has hung for 10")
    alive.unlink()
    assert listener.health() == (1, "the listener has not begun yet\n")


@pytest.mark.requirement("SS-D49")
def test_the_heart_beats_whatever_the_level_of_the_log_and_no_other_line_says_so(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    """production logs warnings alone, and the alarm that counts heartbeats rings for ever, or counts other lines"""
    del table
    with Process(tmp_path / "listener", cloud, broker, yoto, LOG_LEVEL="warning", ENVIRONMENT="prod") as process:
        process.until(lambda: [line.get("state") for line in process.lines()].count("listens") >= 2)
        assert process.messages() == []
    with Process(tmp_path / "other", cloud, broker, yoto, LOG_LEVEL="debug") as process:
        process.until_it_says("listens")
        others = [line for line in process.lines() if line["message"] != "heartbeat"]
        assert "heartbeat" not in json.dumps(others)


def test_all_that_is_wrong_with_its_variables_ends_it(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices
) -> None:
    wrong = {"MQTT_CLIENT_ID": "", "BEAT_SECONDS": "0", "MQTT_URL": "mqtt://example.org:1883"}
    with Process(tmp_path / "listener", cloud, broker, yoto, **wrong) as process:
        assert process.wait() == 1
        (line,) = process.lines()
        assert line["level"] == "ERROR"
        assert all(name in line["cause"] for name in wrong)


def test_no_token_gets_into_the_log(
    tmp_path: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, table: Table
) -> None:
    del table
    broker.stop()
    broker.allow(USER, "access-2")
    broker.start()
    yoto.statuses = [500, 500, 500, 403]
    with Process(tmp_path / "listener", cloud, broker, yoto, LOG_LEVEL="debug") as process:
        process.until_it_says("again")
        log = json.dumps(process.lines())
        assert not [secret for secret in ("access-", "refresh-", "secret of Yoto") if secret in log]
