"""Whatever is logged, and however, no line shows the password."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pymysql
import pytest
from aws_lambda_powertools import Logger
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackgen.local.cloud import Cloud
from stacks.tap.images.migration.masking import masking
from stacks.tap.images.migration.migrating import Outcome
from stacks.tap.images.migration.passwords import Passwords
from stacks.tap.images.migration.responding import respond
from tests.tap.migration.desk import Desk

PARAMETER = "/tap/dev/database/master-password"
PASSWORD = "Pa55-'word\\ü%\""  # noqa: S105 - none of anybody's
FORMS = (PASSWORD, repr(PASSWORD), json.dumps(PASSWORD), quote(PASSWORD, safe=""), PASSWORD.replace("\\", "\\\\"))


class Page:
    """A log in the form of the function's, by a function that has read the password."""

    def __init__(self, cloud: Cloud) -> None:
        cloud.client("ssm").put_parameter(Name=PARAMETER, Value=PASSWORD, Type="SecureString", Overwrite=True)
        self.passwords = Passwords(lambda: cloud.client("ssm"))
        self.passwords.read(PARAMETER)
        self.stream = io.StringIO()
        form = masking(self.passwords.hidden)
        self.log = Logger(service=f"masking-{uuid4()}", stream=self.stream, json_serializer=form)

    def lines(self) -> list[dict[str, Any]]:
        """What was written, each line a JSON object that shows the password in no form."""
        written = self.stream.getvalue()
        written.encode("utf-8")
        found = [json.loads(line) for line in written.split("\n") if line]
        for form in FORMS:
            assert form not in written
            assert form not in str(found)
            assert all(form not in str(value) for line in found for value in line.values())
        return found


@pytest.fixture
def page(cloud: Cloud) -> Page:
    return Page(cloud)


def driver_fails(text: str) -> Outcome:
    """An error of the driver that names the password, and one that nobody thought of in its handling."""
    try:
        raise pymysql.err.OperationalError(2013, f"lost {PASSWORD}")  # shown as Python writes a tuple
    except pymysql.MySQLError as error:
        raise RuntimeError(f"after {text}") from error


@pytest.mark.requirement("TAP-34", "TAP-44")
@pytest.mark.parametrize("form", FORMS)
def test_an_error_that_nobody_thought_of_is_traced_in_the_log_without_the_password(
    page: Page, desk: Desk, form: str
) -> None:
    """the trace of an exception shows what the driver said, and that names the password"""
    respond(desk.request("Create"), lambda: driver_fails(form), page.log, page.passwords.hidden)
    traced, told = page.lines()
    assert traced["exception_name"] == "RuntimeError"
    assert "pymysql.err.OperationalError: (2013, " in traced["exception"]
    assert "RuntimeError: after " in traced["exception"]
    assert traced["exception"].count("***") >= 2
    assert told["message"].startswith("unexpected RuntimeError")


@pytest.mark.parametrize(
    "told",
    [
        lambda log, text: log.info("it is %s, %r", text, [text]),
        lambda log, text: log.warning(text),
        lambda log, text: log.error({"values": [{text: (text, 1)}], "error": ValueError(text)}),
        lambda log, text: log.info("keys", extra={"value": text, "nested": {"deep": [text]}}),
        lambda log, text: log.append_keys(access=text) or log.info("key"),
        lambda log, text: log.set_correlation_id(text) or log.info("correlation"),
        lambda log, text: log.info("stack %s", text, stack_info=True),
    ],
)
def test_no_way_of_logging_goes_past_the_mask(page: Page, told: Callable[[Logger, str], None]) -> None:
    told(page.log, f"<{PASSWORD}>")
    (line,) = page.lines()
    assert "<***>" in str(line)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(around=st.text(st.characters(codec=None), max_size=10), form=st.sampled_from(FORMS))
def test_whatever_stands_around_it_the_line_is_written_and_hides_it(page: Page, around: str, form: str) -> None:
    """a text that no stream takes is told on stderr, past the mask"""
    page.stream.truncate(0)
    page.stream.seek(0)
    page.log.error("%s", around + form, exc_info=ValueError(f"{around}{form}{around}"))
    (line,) = page.lines()
    assert "***" in line["message"]
    assert "***" in line["exception"]
