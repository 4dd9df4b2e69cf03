"""Reports to test with: of two builds that are written down here, in one region."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from stackgen.errors import OutputFileError
from stackgen.project import Project
from stackgen.review.environments import Values
from stackgen.review.model import Build, Template
from stackgen.review.report.gather import Report, gather
from stackgen.review.report.subject import Subject
from stackgen.review.unread import UnreadFile

TODAY = dt.date(2026, 11, 20)
EVIL = "</script><img src=x onerror=alert(1)>\"'`](javascript:alert(1)) | @everyone #1 **b** ```\n# Title\n<!-- -->"
"""What a name or description could hold to break out."""

Resources = dict[str, Any]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def build(label: str, **templates: Any) -> Build:
    """A build of templates by name, each a dict of resources or a whole template."""
    made = {}
    for name, content in templates.items():
        whole = content if "Resources" in content else {"Resources": content}
        made[name] = Template(name, f"{name}.json", whole, json.dumps(whole))
    return Build(label, made)


def report(before: Build, after: Build, project: Project | None = None, today: dt.date = TODAY) -> Report:
    return gather(Subject(before, after, Values(None, (), ("us-east-1",)), today, None, project))


def bucket(name: str) -> dict[str, Any]:
    return resource("AWS::S3::Bucket", BucketName=name)


def table(key: str, **further: Any) -> dict[str, Any]:
    attributes = [{"AttributeName": key, "AttributeType": "S"}]
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    return resource(
        "AWS::DynamoDB::Table",
        AttributeDefinitions=attributes,
        KeySchema=keys,
        BillingMode="PAY_PER_REQUEST",
        **further,
    )


def function(password: str = "") -> dict[str, Any]:
    variables = {"DB_PASSWORD": password} if password else {}
    return resource(
        "AWS::Lambda::Function",
        Runtime="python3.13",
        Handler="index.handler",
        Role="arn:aws:iam::111111111111:role/run",
        Code={"ZipFile": "def handler(event, context): pass"},
        Environment={"Variables": variables},
    )


def small() -> Report:
    """Something of everything: created, updated, replaced with its data, deleted, paid for."""
    before = build("main", App={"Orders": table("id", TableName="orders"), "Old": bucket("old"), "Run": function()})
    after = build(
        "topic",
        App={
            "Orders": table("number", TableName="orders"),
            "Run": function("hunter2-first"),
            "Gateway": resource("AWS::EC2::NatGateway", SubnetId="subnet-1"),
        },
    )
    return report(before, after)


def evil() -> Report:
    """Names, descriptions and values that try to be more than text."""
    properties = {"DisplayName": EVIL, "Tags": [{"Key": EVIL, "Value": EVIL}]}
    before = build(EVIL, App={"Topic": resource("AWS::SNS::Topic"), EVIL: resource("AWS::SNS::Topic")})
    after = build(
        f"<b>{EVIL}",
        App={
            "Description": EVIL,
            "Parameters": {EVIL: {"Type": "String", "Default": EVIL, "Description": EVIL}},
            "Resources": {
                "Topic": resource("AWS::SNS::Topic", **properties),
                EVIL: resource(f"Custom::{EVIL}", ServiceToken=EVIL),
                f"{EVIL}2": bucket(EVIL),
            },
            "Outputs": {EVIL: {"Value": EVIL, "Description": EVIL}},
        },
    )
    return report(before, after)


def unread(number: int = 1, *, same: bool = False) -> Report:
    """Files that could not be read, with names that try to be more than text, and a child that is not there."""
    stack = resource("AWS::CloudFormation::Stack", TemplateURL="./gone.json")
    before = build("main", App={"Old": bucket("old"), "Child": stack})
    after = before if same else build("topic", App={"Child": stack})
    errors = [OutputFileError(f"is not JSON: {EVIL}", location=("broken.json", 3 + at)) for at in range(number)]
    after.problems += [UnreadFile("broken", error) for error in errors]
    return report(build("main", App={"Child": stack}) if same else before, after)


def large(number: int = 500) -> Report:
    """As many resources as a template may have, each with a change."""
    before = build(
        "main", App={f"Queue{each}": resource("AWS::SQS::Queue", QueueName=f"q{each}") for each in range(number)}
    )
    after = build(
        "topic", App={f"Queue{each}": resource("AWS::SQS::Queue", QueueName=f"q{each}-next") for each in range(number)}
    )
    return report(before, after)
