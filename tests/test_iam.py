"""IAM statements: actions are checked names, and every statement names its resources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from awacs import dynamodb, s3
from awacs.aws import Action, ArnLike, Bool, Principal, Statement, StringEquals, StringLike
from troposphere import GetAtt, Sub, sqs

from stackgen import Parameter, allow, deny, trust
from stackgen.errors import PolicyError
from stackgen.iam import document, inline
from stackgen.parameter_types import COMMA_DELIMITED_LIST
from tests.samples import SystemStack, line_of, resources


def any_(thing: Any) -> Any:
    """What no type checker judges."""
    return thing


def plain(thing: Any) -> Any:
    return json.loads(thing.to_json())


def test_a_statement_has_its_actions_and_resources() -> None:
    statement = allow(dynamodb.GetItem, dynamodb.PutItem, on=["arn:a", "arn:b"], sid="Read")
    assert plain(statement) == {
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
        "Effect": "Allow",
        "Resource": ["arn:a", "arn:b"],
        "Sid": "Read",
    }
    assert plain(deny(dynamodb.GetItem, on=["*"]))["Effect"] == "Deny"
    assert plain(allow(s3.GetObject, on=["*"], to=Principal("AWS", "arn:x")))["Principal"] == {"AWS": "arn:x"}


WRONG: list[tuple[Any, str]] = [
    (lambda: allow(on=["*"]), "a statement needs at least one action"),
    (
        lambda: allow(any_("dynamodb:GetItem"), on=["*"]),
        "'dynamodb:GetItem' is not an action\n  take it from awacs: from awacs import dynamodb; dynamodb.GetItem",
    ),
    (lambda: allow(any_("s3:*"), on=["*"]), r'say it aloud: from awacs.aws import Action; Action\("s3", "\*"\)'),
    (lambda: allow(any_("GetItem"), on=["*"]), "take it from awacs"),
    (lambda: allow(dynamodb.GetItem, on=[]), r'a statement needs a list of resources\n  on=\["\*"\] says it aloud'),
    (lambda: allow(dynamodb.GetItem, on="*"), "needs a list of resources"),
    (lambda: allow(dynamodb.GetItem, on=any_(None)), "needs a list of resources"),
    (lambda: allow(dynamodb.GetItem, on=[""]), "needs a list of resources"),
    (lambda: allow(dynamodb.GetItem, on=[None]), "needs a list of resources"),
    (lambda: allow(dynamodb.GetItem, on=any_(GetAtt("Table", "Arn"))), "needs a list of resources"),
    (lambda: allow(dynamodb.GetItem, on=Parameter()), "needs a list of resources"),
    (lambda: deny(dynamodb.GetItem, on=()), "needs a list of resources"),
    (document, "a policy needs at least one statement"),
    (lambda: document(any_({"Effect": "Allow"})), r"is not a statement\n  make it with allow\(\) or deny\(\)"),
    (lambda: document(Statement(Effect="Allow", Action=[dynamodb.GetItem])), "needs a list of resources"),
    (lambda: document(Statement(Effect="Allow", Resource=["*"])), "at least one action"),
    (lambda: inline("empty"), "a policy needs at least one statement"),
    (trust, 'trust\\(\\) needs a service\n  such as "lambda.amazonaws.com"'),
    (
        lambda: allow(s3.GetObject, on=["*"], when=[StringEquals("a", "b"), StringEquals("a", "c")]),
        "StringEquals tests a twice",
    ),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_a_statement_that_allows_nothing_or_everything_is_refused(make: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as refused:
        make()
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_the_error_points_at_the_statement() -> None:
    with pytest.raises(PolicyError) as refused:
        allow(dynamodb.GetItem, on=[])  # the empty one
    assert refused.value.location == (__file__, line_of("# the empty one", __file__))


def test_why_conditions_are_merged_awacs_would_drop_all_but_the_last_of_one_operator() -> None:
    when = [StringEquals("aws:a", "1"), Bool("aws:c", "true"), StringEquals({"aws:b": ["2", "3"]})]
    condition = plain(allow(s3.GetObject, on=["*"], when=when))["Condition"]
    assert condition == {"StringEquals": {"aws:a": "1", "aws:b": ["2", "3"]}, "Bool": {"aws:c": "true"}}


def test_a_policy_has_its_version() -> None:
    policy = plain(document(allow(s3.GetObject, on=["*"])))
    assert policy["Version"] == "2012-10-17"
    assert len(policy["Statement"]) == 1


def test_trust_names_one_or_more_services_in_one_order() -> None:
    assert plain(trust("lambda.amazonaws.com"))["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert plain(trust("b", "a"))["Statement"][0]["Principal"] == {"Service": ["a", "b"]}
    guarded = plain(trust("a", when=[ArnLike("aws:SourceArn", "arn:x"), StringLike("aws:b", "c")]))["Statement"][0]
    assert guarded["Condition"] == {"ArnLike": {"aws:SourceArn": "arn:x"}, "StringLike": {"aws:b": "c"}}


def test_declarations_and_intrinsics_stand_in_a_policy() -> None:
    class Policies(SystemStack):
        """A queue and who may send."""

        file = "policies"
        Arns: Any = Parameter(COMMA_DELIMITED_LIST, default="arn:a")
        Account: Any = Parameter(default="1")

        def build(self) -> None:
            queue = self.add(sqs.Queue("Queue"))
            policy = document(
                allow(s3.GetObject, on=self.Arns),
                allow(
                    Action("sqs", "*"),
                    on=[queue.get_att("Arn"), Sub("arn:${Account}")],
                    to=Principal("AWS", [self.Account]),
                ),
                allow(s3.GetObject, on=[self.Account], when=[StringEquals("aws:a", self.Account)]),
            )
            self.add(sqs.QueuePolicy("Policy", Queues=[queue.ref()], PolicyDocument=policy))

    found = resources(Policies)["Policy"]["Properties"]["PolicyDocument"]["Statement"]
    assert found[0]["Resource"] == {"Ref": "Arns"}
    assert found[1]["Resource"] == [{"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::Sub": "arn:${Account}"}]
    assert found[1]["Principal"] == {"AWS": [{"Ref": "Account"}]}
    assert found[2]["Condition"] == {"StringEquals": {"aws:a": {"Ref": "Account"}}}
