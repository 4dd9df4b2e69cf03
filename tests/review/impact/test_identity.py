"""What a reference is known to give, and which attributes may move while their resource stays."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Attribute, Live
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.impact.identity import Identity
from stackgen.review.impact.judge import Judge
from stackgen.review.schemas import Schemas
from tests.review.impact.changing import app, build_of, resource


def identity(type_: str, properties: dict[str, Any]) -> Identity:
    return Identity(evaluate(build_of(app({"It": resource(type_, properties)})), "app"), Judge(Schemas()))


def attribute(name: str = "", logical_id: str = "It") -> Attribute:
    return Attribute(("app",), logical_id, name)


BUCKET = ("AWS::S3::Bucket", {"BucketName": "logs"})
NAMELESS: tuple[str, dict[str, Any]] = ("AWS::S3::Bucket", {})
QUEUE = ("AWS::SQS::Queue", {"QueueName": "orders"})


@pytest.mark.parametrize(
    ("resource_", "name", "expected"),
    [
        pytest.param(BUCKET, "", "logs", id="Ref of a bucket is its name"),
        pytest.param(NAMELESS, "", None, id="which CloudFormation chooses"),
        pytest.param(
            ("AWS::S3::Bucket", {"BucketName": {"Fn::ImportValue": "x"}}), "", None, id="or the account knows"
        ),
        pytest.param(QUEUE, "", None, id="Ref of a queue is its URL"),
        pytest.param(QUEUE, "QueueName", "orders", id="an attribute that is a property"),
        pytest.param(QUEUE, "Arn", None, id="an attribute that is none"),
        pytest.param(
            ("AWS::ApiGateway::Stage", {"StageName": "prod", "RestApiId": "r"}), "", None, id="two identifiers"
        ),
        pytest.param(("Company::Team::Thing", {"Name": "x"}), "", None, id="an unknown type"),
    ],
)
def test_a_reference_gives_what_the_template_says(
    resource_: tuple[str, dict[str, Any]], name: str, expected: str | None
) -> None:
    symbol = attribute(name)
    assert identity(*resource_).resolve(symbol) == (symbol if expected is None else expected)


def test_what_is_no_reference_or_leads_nowhere_stays_as_it_is() -> None:
    for symbol in (Live("import", "x"), attribute(logical_id="Other")):
        assert identity(*BUCKET).resolve(symbol) is symbol


TEMPLATE: tuple[str, dict[str, Any]] = ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {}})
DATABASE = ("AWS::RDS::DBInstance", {"Engine": "mysql", "Port": "3306"})


@pytest.mark.parametrize(
    ("resource_", "name", "changed", "moves"),
    [
        pytest.param(TEMPLATE, "LatestVersionNumber", {"LaunchTemplateData"}, True, id="a number that counts changes"),
        pytest.param(TEMPLATE, "LatestVersionNumber", set(), False, id="nothing changed"),
        pytest.param(TEMPLATE, "LatestVersionNumber", {"Tags"}, False, id="only tags changed"),
        pytest.param(TEMPLATE, "LatestVersionNumber", {"Tags", "LaunchTemplateData"}, True, id="tags and more changed"),
        pytest.param(TEMPLATE, "", {"LaunchTemplateData"}, False, id="Ref says which one it is"),
        pytest.param(TEMPLATE, "LaunchTemplateId", {"LaunchTemplateData"}, False, id="and so does an ID"),
        pytest.param(QUEUE, "Arn", {"DelaySeconds"}, False, id="and an ARN"),
        pytest.param(QUEUE, "QueueUrl", {"DelaySeconds"}, False, id="and a URL"),
        pytest.param(DATABASE, "Port", {"Engine"}, False, id="a property that did not change"),
        pytest.param(DATABASE, "Port", {"Port"}, True, id="a property that changed"),
        pytest.param(DATABASE, "Endpoint.Port", {"Port"}, True, id="an attribute inside another"),
    ],
)
def test_an_attribute_moves_or_stays(
    resource_: tuple[str, dict[str, Any]], name: str, changed: set[str], *, moves: bool
) -> None:
    assert identity(*resource_).may_move(attribute(name), changed) is moves


def test_an_attribute_of_nothing_moves_nowhere() -> None:
    assert not identity(*TEMPLATE).may_move(attribute("LatestVersionNumber", "Other"), {"LaunchTemplateData"})
