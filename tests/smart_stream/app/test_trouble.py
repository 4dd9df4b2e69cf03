"""The API when it is not set up, or when AWS does not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.settings import settings
from smartstream.errors import SettingInvalid
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, Throttle
from tests.smart_stream.app.api import VARIABLES, Api, runtime


@pytest.mark.requirement("SS-14")
def test_all_that_is_wrong_with_the_variables_is_told_at_once() -> None:
    """a function that is set up wrongly answers as if it were well, or tells one mistake after the other"""
    wrong = {**VARIABLES, "ENVIRONMENT": "staging", "DEBUG": "yes", "YOTO_LOGIN_URL": "http://login.yotoplay.com"}
    del wrong["S3_AUDIO_BUCKET"]
    with pytest.raises(SettingInvalid) as caught:
        settings(wrong)
    said = str(caught.value)
    assert said.startswith("environment variables: ENVIRONMENT is 'staging', which is not of the form ")
    assert all(name in said for name in ("S3_AUDIO_BUCKET is not set", "DEBUG is 'yes'", "YOTO_LOGIN_URL is "))
    assert "DYNAMODB_TABLE" not in said


def test_a_function_that_is_not_set_up_answers_so_and_its_log_says_what_is_wrong(cloud: Cloud, tmp_path: Path) -> None:
    with runtime(cloud, tmp_path, ENVIRONMENT="", DYNAMODB_TABLE="") as function:
        answered = Api(function).ask("GET", "/api/health")
        assert (answered.status, answered.body["error"]["code"]) == (500, "SettingInvalid")
        assert "cause" not in answered.body["error"]
        told = json.loads(function.log().splitlines()[-1])
        assert (told["level"], told["cause"]) == (
            "ERROR",
            "environment variables: ENVIRONMENT is not set; DYNAMODB_TABLE is not set",
        )
        assert "ENVIRONMENT is not set" in function.invoke({"command": "put-user"}).error["errorMessage"]


def test_what_passes_is_tried_again_and_what_stays_is_unavailable(cloud: Cloud, tmp_path: Path) -> None:
    with runtime(cloud, tmp_path) as function:
        api = Api(function)
        token = api.login()
        cloud.faults.add("dynamodb:PutItem", Throttle(), times=2)
        assert api.ask("POST", "/api/checks/table", token=token).status == 200
        cloud.faults.add("dynamodb:PutItem", Throttle(), times=4)
        answered = api.ask("POST", "/api/checks/table", token=token)
        assert (answered.status, answered.body["error"]["code"]) == (503, "Unavailable")
        assert answered.body["cause"] == "PutItem: ProvisionedThroughputExceededException"
        cloud.faults.add("s3:HeadObject", Fail("AccessDenied", "not you", 403))
        assert api.ask("GET", "/api/audio/x.mp3", token=token).status == 503
        assert "not you" not in function.log()


def test_production_answers_no_cause_and_logs_no_request_that_went_well(cloud: Cloud, tmp_path: Path) -> None:
    with runtime(cloud, tmp_path, ENVIRONMENT="prod", DEBUG="false", LOG_LEVEL="warning") as function:
        api = Api(function)
        token = api.login()
        cloud.faults.add("dynamodb:PutItem", Throttle(), times=4)
        answered = api.ask("POST", "/api/checks/table", token=token)
        assert set(answered.body) == {"error", "correlation_id"}
        told = [json.loads(line) for line in function.log().splitlines() if line.startswith("{")]
        assert [(each["message"], each["status"]) for each in told] == [("answered", 503)]
