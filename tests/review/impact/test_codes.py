"""The table of verdicts: complete, and every entry earned by a change."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from stackgen.review.impact import codes as module
from stackgen.review.impact.codes import CODES, verdict
from stackgen.review.impact.result import CERTAIN_FAILURE, DATA_LOSS, FAIL_ON, NOTE, WIDEN
from tests.review.impact.changing import LIVE, SOMETIMES, Contents, app, codes, nested, resource

FOLDER = Path(module.__file__).parent
CODE = re.compile(r"V[1-4]\d\d")
TOPIC = resource("AWS::SNS::Topic")
QUEUE = resource("AWS::SQS::Queue", {"QueueName": "q"})
FIFO = resource("AWS::SQS::Queue", {"QueueName": "q", "FifoQueue": True})
ALONE = app({"Topic": TOPIC})
NEVER = {"Never": {"Fn::Equals": ["a", "b"]}, **SOMETIMES}
IMPORTED = resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "x"}})
EXPORT = {"Out": {"Value": "1", "Export": {"Name": "x"}}}
NAMED = {"Out": {"Value": {"Ref": "T"}, "Export": {"Name": "x"}}}


def instance(zone: str) -> dict[str, Any]:
    return resource("AWS::RDS::DBInstance", {"Engine": "mysql", "AvailabilityZone": zone, "DBInstanceIdentifier": "db"})


def role(action: str) -> Contents:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}]
    return app({"It": resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": {}, "Policies": policies})})


def group(cidr: str) -> Contents:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": cidr}
    return app({"It": resource("AWS::EC2::SecurityGroup", {"GroupDescription": "g", "SecurityGroupIngress": [rule]})})


def database(*, public: bool) -> Contents:
    return app({"It": resource("AWS::RDS::DBInstance", {"Engine": "mysql", "PubliclyAccessible": public})})


def image() -> Contents:
    return app({"It": resource("AWS::EC2::Instance", {"ImageId": {"Fn::ImportValue": "ami"}})})


def child(**outputs: Any) -> Contents:
    topic = resource("AWS::SNS::Topic", {"DisplayName": {"Fn::GetAtt": ["Child", "Outputs.Url"]}})
    return {**app({"Child": nested("child"), "Topic": topic}), "child": {"Resources": {"T": TOPIC}, "Outputs": outputs}}


def service_managed() -> Contents:
    properties = {"StackSetName": "s", "PermissionModel": "SERVICE_MANAGED", "TemplateURL": "child.json"}
    stack_set = resource("AWS::CloudFormation::StackSet", properties)
    return {
        **app({"Set": stack_set}),
        "child": {"Resources": {"Inner": nested("leaf")}},
        "leaf": {"Resources": {"T": TOPIC}},
    }


def mapped() -> Contents:
    size = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Delay"]}
    return app({"It": resource("AWS::SQS::Queue", {"DelaySeconds": size})}, Mappings={"Sizes": {"x": {"Delay": 1}}})


def key(spec: str) -> Contents:
    return app({"It": resource("AWS::KMS::Key", {"KeySpec": spec})})


GUARDED = resource(
    "AWS::RDS::DBCluster", {"Engine": "aurora-mysql", "DeletionProtection": True}, DeletionPolicy="Delete"
)
RUNNER = app({"It": resource("AWS::AppRunner::Service", {"SourceConfiguration": {}})})
FAR = {"dev": {"regions": ["ca-west-1"]}}
HERE = {"dev": {"regions": ["us-east-1"]}}

SOMETIMES_SECTIONS: dict[str, dict[str, Any]] = {
    "Parameters": {"Stage": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stage"}},
    "Conditions": {"Sometimes": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
}

TAGGED = nested("child")
TAGGED["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]

EARNED: dict[str, tuple[Contents, Contents, dict[str, Any]]] = {
    "V101": (app({"It": QUEUE}), app({"It": FIFO}), HERE),
    "V102": (app({"It": QUEUE, "T": TOPIC}), app({"T": TOPIC}), HERE),
    "V103": (app({"It": instance("a")}), app({"It": instance("b")}), HERE),
    "V104": (app({"It": QUEUE}), app({"It": {**QUEUE, "Condition": "Sometimes"}}, **SOMETIMES_SECTIONS), HERE),
    "V201": (app({"It": QUEUE}), app({"It": FIFO}), HERE),
    "V202": (child(Url={"Value": "x"}), child(), HERE),
    "V203": (ALONE, app({"A": QUEUE, "B": QUEUE}), HERE),
    "V204": (app({"It": QUEUE}), app({"It": TOPIC}), HERE),
    "V205": (key("RSA_2048"), key("RSA_4096"), HERE),
    "V206": (ALONE, app({f"T{number}": TOPIC for number in range(501)}), HERE),
    "V207": (ALONE, mapped(), HERE),
    "V208": (
        {"a": {"Resources": {"T": TOPIC}, "Outputs": EXPORT}, "b": {"Resources": {"T": IMPORTED}}},
        {"a": {"Resources": {"T": TOPIC}}, "b": {"Resources": {"T": IMPORTED}}},
        HERE,
    ),
    "V209": (ALONE, service_managed(), HERE),
    "V210": (app({"Old": QUEUE}), app({"New": QUEUE}), HERE),
    "V211": (ALONE, app({"A": {**TOPIC, "DependsOn": "B"}, "B": {**TOPIC, "DependsOn": "A"}}), HERE),
    "V301": (role("s3:GetObject"), role("s3:*"), HERE),
    "V302": (group("10.0.0.0/8"), group("0.0.0.0/0"), HERE),
    "V303": (database(public=False), database(public=True), HERE),
    "V304": (ALONE, role("s3:GetObject"), HERE),
    "V401": (app({"It": QUEUE}), app({"It": {**FIFO, "UpdateReplacePolicy": "Retain"}}), HERE),
    "V402": (image(), image(), HERE),
    "V403": (ALONE, app({"Topic": TOPIC}, Transform="Macro"), HERE),
    "V404": (ALONE, app({"Child": nested("missing")}), HERE),
    "V405": (RUNNER, RUNNER, FAR),
    "V406": (app({"It": instance("a")}), app({"It": instance("b")}), HERE),
    "V407": (
        {"a": {"Resources": {"T": TOPIC}, "Outputs": EXPORT}, "b": {"Resources": {"T": IMPORTED}}},
        {"a": {"Resources": {"T": TOPIC}}, "b": {"Resources": {"T": TOPIC}}},
        HERE,
    ),
    "V411": (
        {**app({"Child": nested("child")}), "child": ALONE["app"]},
        {**app({"Child": TAGGED}), "child": ALONE["app"]},
        HERE,
    ),
    "V412": (
        {"a": {"Resources": {"T": TOPIC}, "Outputs": NAMED}, "b": {"Resources": {"T": IMPORTED}}},
        {"a": {"Resources": {"T": TOPIC}, "Outputs": EXPORT}, "b": {"Resources": {"T": IMPORTED}}},
        HERE,
    ),
    "V408": (app({"It": resource("AWS::S3::Bucket"), "T": TOPIC}), app({"T": TOPIC}), HERE),
    "V409": (app({"T": TOPIC}), app({"T": {**TOPIC, "DeletionPolicy": "Retain"}}), HERE),
    "V410": (app({"It": GUARDED, "T": TOPIC}), app({"T": TOPIC}), HERE),
}


def test_every_code_is_earned_by_a_change_here() -> None:
    assert sorted(EARNED) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(EARNED))
def test_a_change_earns_its_code(code: str) -> None:
    assert code in codes(*EARNED[code])


@pytest.mark.parametrize("code", sorted(EARNED))
def test_no_change_at_all_earns_nothing_that_a_change_would(code: str) -> None:
    _, after, env = EARNED[code]
    standing = {"V202", "V203", "V206", "V207", "V209", "V211", "V402", "V403", "V404", "V405"}
    assert set(codes(after, after, env)) <= standing


def _mentioned() -> set[str]:
    """Every code that a module of impact writes as a text of its own."""
    found = set()
    for path in FOLDER.glob("*.py"):
        if path.name != "codes.py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    found.add(node.value)
    return found


def test_what_the_modules_emit_and_what_the_table_explains_is_the_same() -> None:
    assert _mentioned() == set(CODES)


@pytest.mark.parametrize(("code", "entry"), CODES.items())
def test_an_entry_is_a_sentence_of_its_kind(code: str, entry: Any) -> None:
    kinds = {"1": {DATA_LOSS}, "2": {CERTAIN_FAILURE}, "3": {WIDEN, NOTE}, "4": {NOTE}}
    assert CODE.fullmatch(code)
    assert entry.kind in kinds[code[1]]
    assert entry.kind == NOTE or entry.kind in FAIL_ON
    assert entry.title
    assert entry.title[0] not in ".,;"
    assert not entry.title.endswith(".")
    assert entry.why.endswith(".")
    assert entry.remedy
    assert not entry.remedy.endswith(".")
    assert not entry.source or entry.source.startswith("https://docs.aws.amazon.com/")


def test_titles_are_told_apart() -> None:
    assert len({entry.title for entry in CODES.values()}) == len(CODES)


def test_a_verdict_has_the_remedy_of_its_code_unless_it_has_one_of_its_own() -> None:
    assert verdict("V201", "a/B", "text").remedy == CODES["V201"].remedy
    assert verdict("V201", "a/B", "text", "do this").remedy == "do this"
    assert verdict("V201", "a/B", "text").kind == CERTAIN_FAILURE


def test_an_unknown_condition_earns_no_certain_failure() -> None:
    named = app({"A": QUEUE, "B": {**QUEUE, "Condition": "Sometimes"}}, Parameters=LIVE, Conditions=NEVER)
    assert "V203" not in codes(named, named)
