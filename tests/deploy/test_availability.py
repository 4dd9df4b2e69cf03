"""What regions must offer: declared by the project, asked of AWS, a warning where it is lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from stackgen.deploy.availability import Check, checks_of, lacking
from stackgen.deploy.settings import settings_of, words_of
from stackgen.errors import ProjectError
from tests.deploy.test_resolving import project_of

if TYPE_CHECKING:
    from pathlib import Path

FOUND = ["anthropic.claude-v2:1", "meta.llama3-1-70b-instruct-v1:0"]


def client(service: str) -> Any:
    made = boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    stubber = Stubber(made)
    answers: dict[str, tuple[str, Any]] = {
        "bedrock": ("list_foundation_models", {"modelSummaries": [_model(each) for each in FOUND]}),
        "service-quotas": ("get_service_quota", {"Quota": {"Value": 6.0}}),
    }
    stubber.add_response(*answers[service])
    stubber.activate()
    return made


def _model(name: str) -> dict[str, str]:
    return {"modelId": name, "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{name}"}


def models(match: str, *wanted: str) -> Check:
    return Check("Models", "bedrock", "list_foundation_models", "modelSummaries[].modelId", match, {}, wanted)


def quota(*wanted: str) -> Check:
    parameters = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}
    return Check("Tasks", "service-quotas", "get_service_quota", "Quota.Value", "least", parameters, wanted)


LACKING = {
    "all there, by the beginning of their names": (models("prefix", "anthropic.claude-v2", "meta.llama3-1-70b"), []),
    "none by the beginning": (models("prefix", "mistral.large"), ["Models: mistral.large is not offered"]),
    "exactly": (models("equal", "anthropic.claude-v2:1"), []),
    "not exactly": (
        models("equal", "anthropic.claude-v2"),
        ["Models: anthropic.claude-v2 is not offered; did you mean anthropic.claude-v2:1?"],
    ),
    "enough": (quota("6"), []),
    "not enough": (quota("10"), ["Tasks: 10 is not offered; there is 6.0"]),
    "no number": (quota("many"), ["Tasks: many is not offered; there is 6.0"]),
}


@pytest.mark.requirement("PP-17", "PP-39", "PP-D35")
@pytest.mark.parametrize(("check", "sentences"), LACKING.values(), ids=LACKING)
def test_what_a_region_lacks_is_told(check: Check, sentences: list[str]) -> None:
    """a model or quota that a region does not have is not noticed before the jobs fail"""
    assert list(lacking(check, client)) == sentences


def test_a_check_that_boto3_does_not_know_is_refused() -> None:
    with pytest.raises(ProjectError, match="bedrock has no operation list_models"):
        list(lacking(models("equal", "a")._replace(operation="list_models"), client))
    with pytest.raises(ProjectError, match=r"checks\.Models\.values is no JMESPath"):
        list(lacking(models("equal", "a")._replace(values="modelSummaries[["), client))


SETTINGS = """\
[tool.stackgen]
[tool.stackgen.env.dev]
[tool.stackgen.stack.shop-stack]
regions_file = "regions.json"
[tool.stackgen.stack.shop-stack.checks.Models]
"""
DECLARED = 'service = "bedrock"\noperation = "list_foundation_models"\nvalues = "modelSummaries[].modelId"\n'


def read(folder: Path, text: str) -> list[Check]:
    (folder / "regions.json").write_text('{"us-east-1": {"Models": ["a", "b"]}, "eu-west-1": {}}')
    project, _ = project_of(folder, SETTINGS + text)
    words = words_of("dev", "us-east-1", "", "shop/shop-stack")
    return checks_of(project, "us-east-1", settings_of(project, "dev", "shop/shop-stack", words))


def test_a_check_is_declared_by_the_project(tmp_path: Path) -> None:
    (found,) = read(tmp_path, DECLARED)
    assert found == models("equal", "a", "b")._replace(place=f"{tmp_path / 'regions.json'}:1")


ACCESS = {
    "operation": "get_foundation_model_availability",
    "parameter": "modelId",
    "values": "authorizationStatus",
    "expected": "AUTHORIZED",
}
NO = "Models: anthropic is offered, but this account may not use it"


@pytest.mark.requirement("PP-17", "PP-D35")
@pytest.mark.parametrize(("statuses", "sentences"), [
    (["AUTHORIZED"], []), (["NOT_AUTHORIZED"], [NO]), (["NOT_AUTHORIZED", "AUTHORIZED"], []),
])  # fmt: skip
def test_what_a_region_has_and_the_account_may_not_use_is_told(statuses: list[str], sentences: list[str]) -> None:
    """a model that is listed and not granted to the account is taken for one that jobs can ask"""
    made = boto3.client("bedrock", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    names = [f"anthropic.claude-{number}" for number in range(len(statuses))]
    with Stubber(made) as stubber:
        stubber.add_response("list_foundation_models", {"modelSummaries": [_model(each) for each in names]})
        for name, status in zip(names, statuses, strict=True):
            answer = {
                "modelId": name,
                "agreementAvailability": {"status": "AVAILABLE"},
                "authorizationStatus": status,
                "entitlementAvailability": "AVAILABLE",
                "regionAvailability": "AVAILABLE",
            }
            stubber.add_response("get_foundation_model_availability", answer, {"modelId": name})
        assert list(lacking(models("prefix", "anthropic")._replace(access=ACCESS), lambda _: made)) == sentences


WRONG = {
    "access without a word": (
        DECLARED + '[tool.stackgen.stack.shop-stack.checks.Models.access]\nparameter = "a"\n',
        9,
        "checks.Models.access has no operation",
    ),
    "access that changes": (
        DECLARED + "[tool.stackgen.stack.shop-stack.checks.Models.access]\n"
        'operation = "put_x"\nparameter = "a"\nvalues = "a"\nexpected = "b"\n',
        10,
        "but an operation that reads",
    ),
    "lacking": (DECLARED.replace('service = "bedrock"\n', ""), 5, "checks.Models has no service"),
    "misspelt": (DECLARED + 'macth = "prefix"\n', 9, "unknown setting 'macth'\n  did you mean match?"),
    "another match": (DECLARED + 'match = "prefxi"\n', 9, "match is 'prefxi'\n  did you mean prefix?"),
    "a call that changes": (
        DECLARED.replace("list_", "delete_"),
        7,
        "but an operation that reads: list_..., describe_",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), WRONG.values(), ids=WRONG)
def test_a_check_that_is_declared_wrongly_is_refused(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location[1] == line
