"""What roles, users and groups may do that they could not do before."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import Severity, narrowed, widened
from tests.review.access.trees import allow, att, change, deny, if_prod, policy, ref, resource, role, texts, tree

BUCKET = resource("S3::Bucket")
GET, PUT = "s3:GetObject", "s3:PutObject"
IF_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SUB_OBJECTS = {"Fn::Sub": "${Bucket.Arn}/*"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

Statements = list[dict[str, Any]]


def roles(before: Statements, after: Statements) -> list[str]:
    start = {"Bucket": BUCKET, "Table": resource("DynamoDB::Table"), "Role": role(*before)}
    return texts(change(start, start | {"Role": role(*after)}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(GET)], []),
        ([allow("s3:Get*")], [allow(GET)]),
        ([allow("*")], [allow([GET, "iam:PassRole"])]),
        ([allow("S3:getobject")], [allow(GET)]),
        ([allow(GET), allow(PUT)], [allow([PUT, GET])]),
        ([allow([GET, PUT], ["arn:aws:s3:::a", "arn:aws:s3:::b"])], [allow(PUT, "arn:aws:s3:::b")]),
        ([allow(GET, "arn:aws:s3:::*")], [allow(GET, "arn:aws:s3:::logs/*")]),
        ([allow(GET, SUB_OBJECTS)], [allow(GET, {"Fn::Join": ["", [att("Bucket"), "/*"]]})]),
        ([allow(GET, SUB_OBJECTS)], [allow(GET, {"Fn::Sub": "${Bucket.Arn}/logs/*"})]),
        ([allow(GET)], [allow(GET, Condition=IF_MFA)]),
        ([allow(GET)], [allow(GET), deny("s3:*")]),
        ([allow(GET), deny(PUT)], [allow(GET), deny("s3:Put*")]),
        ([deny(PUT, Condition=IF_MFA)], [deny(PUT)]),
        ([deny(PUT, SUB_OBJECTS)], [deny(PUT)]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow(GET)]),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
        ),
        (
            [{"Effect": "Allow", "Action": GET, "NotResource": "arn:aws:s3:::secret/*"}],
            [allow(GET, "arn:aws:s3:::open/*")],
        ),
        (
            [{"Effect": "Deny", "NotAction": [GET, PUT], "Resource": "*"}],
            [{"Effect": "Deny", "NotAction": GET, "Resource": "*"}],
        ),
    ],
)
def test_the_same_or_less_is_no_widening(before: Statements, after: Statements) -> None:
    assert roles(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ([allow(GET)], [allow("s3:Get*")], "`App/Role` may now `s3:Get*` on `*`"),
        ([allow(GET)], [allow([GET, PUT])], "`App/Role` may now `s3:PutObject` on `*`"),
        ([allow(GET, "arn:aws:s3:::a/*")], [allow(GET)], "`App/Role` may now `s3:GetObject` on `*`"),
        (
            [allow(GET, SUB_OBJECTS)],
            [allow(GET, [SUB_OBJECTS, att("Table")])],
            "`App/Role` may now `s3:GetObject` on `Table.Arn`",
        ),
        (
            [allow(GET, att("Bucket"))],
            [allow(GET, SUB_OBJECTS)],
            "`App/Role` may now `s3:GetObject` on `${Bucket.Arn}/*`",
        ),
        (
            [allow(GET, Condition=IF_MFA)],
            [allow(GET)],
            "`App/Role` may now `s3:GetObject` on `*` without the condition `Bool aws:MultiFactorAuthPresent true`",
        ),
        ([deny(PUT), allow("*")], [allow("*")], "a policy of `App/Role` no longer denies `s3:PutObject` on `*`"),
        ([deny("s3:*"), allow("*")], [deny(PUT), allow("*")], "a policy of `App/Role` no longer denies `s3:*` on `*`"),
        (
            [deny(PUT)],
            [deny(PUT, Condition=IF_MFA)],
            "a policy of `App/Role` now denies `s3:PutObject` on `*` only if Bool aws:MultiFactorAuthPresent true",
        ),
        (
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            "`App/Role` may now all but `iam:*` on `*`",
        ),
        (
            [allow(GET)],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            "`App/Role` may now all but `iam:*` on `*`",
        ),
        (
            [{"Effect": "Allow", "Action": GET, "NotResource": "arn:aws:s3:::secret/*"}],
            [allow(GET, "arn:aws:s3:::secret/x")],
            "`App/Role` may now `s3:GetObject` on `arn:aws:s3:::secret/x`",
        ),
        (
            [{"Effect": "Deny", "NotAction": GET, "Resource": "*"}],
            [{"Effect": "Deny", "NotAction": [GET, PUT], "Resource": "*"}],
            "a policy of `App/Role` no longer denies all but `s3:GetObject` on `*`",
        ),
    ],
)
def test_more_is_said_in_words(before: Statements, after: Statements, text: str) -> None:
    assert roles(before, after) == [text]


def test_many_actions_are_shown_in_short() -> None:
    actions = [f"s3:Get{letter}" for letter in "ABCDEF"]
    assert roles([], [allow(actions)]) == ["`App/Role` may now `s3:GetA`, `s3:GetB`, `s3:GetC` and 3 more on `*`"]


@pytest.mark.parametrize(
    "before",
    [
        {"Role": role(allow(GET))},
        {"Role": role(), "Policy": resource("IAM::Policy", PolicyDocument=policy(allow(GET)), Roles=[ref("Role")])},
        {
            "Role": role(),
            "Policy": resource("IAM::RolePolicy", PolicyDocument=policy(allow(GET)), RoleName=ref("Role")),
        },
        {
            "Role": role(ManagedPolicyArns=[ref("Policy")]),
            "Policy": resource("IAM::ManagedPolicy", PolicyDocument=policy(allow(GET))),
        },
        {
            "Role": role(),
            "Policy": resource("IAM::ManagedPolicy", PolicyDocument=policy(allow(GET)), Roles=[ref("Role")]),
        },
    ],
)
@pytest.mark.parametrize(
    "after",
    [
        {"Role": role(allow(GET))},
        {"Role": role(), "Policy": resource("IAM::Policy", PolicyDocument=policy(allow(GET)), Roles=[ref("Role")])},
        {
            "Role": role(),
            "Policy": resource("IAM::RolePolicy", PolicyDocument=policy(allow(GET)), RoleName=ref("Role")),
        },
        {
            "Role": role(ManagedPolicyArns=[ref("Policy")]),
            "Policy": resource("IAM::ManagedPolicy", PolicyDocument=policy(allow(GET))),
        },
    ],
)
def test_a_statement_that_moves_between_policies_of_one_role_is_no_widening(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert texts(change(before, after)) == []
    assert narrowed(tree(before), tree(after)) == []


def nested(**parameters: Any) -> dict[str, Any]:
    return resource("CloudFormation::Stack", TemplateURL="Policies.json", Parameters=parameters)


def test_a_statement_that_moves_into_another_template_is_no_widening() -> None:
    child = {
        "Parameters": {"RoleName": {"Type": "String"}},
        "Resources": {"P": resource("IAM::Policy", PolicyDocument=policy(allow(GET)), Roles=[ref("RoleName")])},
    }
    after = tree({"Role": role(), "Policies": nested(RoleName=ref("Role"))}, Policies=child)
    assert texts(widened(tree({"Role": role(allow(GET))}), after)) == []


def test_a_role_that_moves_into_another_template_is_no_new_role() -> None:
    child = {"Resources": {"Role": role(allow(GET))}}
    before = tree({"Role": role(allow(GET))})
    assert texts(widened(before, tree({"Policies": nested()}, Policies=child))) == []
    wider = {"Resources": {"Role": role(allow("s3:*"))}}
    assert texts(widened(before, tree({"Policies": nested()}, Policies=wider))) == [
        "`App/Policies/Role` may now `s3:*` on `*`"
    ]


def test_a_role_is_known_by_its_name_too() -> None:
    before = {"Role": role(allow(GET), RoleName="worker")}
    inline = resource("IAM::Policy", PolicyDocument=policy(allow(GET)), Roles=["worker"])
    assert texts(change(before, {"Role": role(RoleName="worker"), "Policy": inline})) == []


@pytest.mark.parametrize(
    ("kind", "policy_kind", "key"),
    [
        ("IAM::User", "IAM::UserPolicy", "UserName"),
        ("IAM::Group", "IAM::GroupPolicy", "GroupName"),
        ("IAM::Role", "IAM::RolePolicy", "RoleName"),
    ],
)
def test_users_groups_and_roles_are_read_alike(kind: str, policy_kind: str, key: str) -> None:
    before = {"Who": resource(kind)}
    found = change(
        before, before | {"More": resource(policy_kind, PolicyDocument=policy(allow(GET)), **{key: ref("Who")})}
    )
    assert texts(found) == ["`App/Who` may now `s3:GetObject` on `*`"]
    assert found[0].address == "App/More"


@pytest.mark.parametrize(
    ("statement", "severity"),
    [
        (allow("*"), Severity.POWERFUL),
        (allow("iam:*"), Severity.POWERFUL),
        (allow("iam:PassRole", "arn:aws:iam::1:role/x"), Severity.POWERFUL),
        (allow("IAM:passrole"), Severity.POWERFUL),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, Severity.POWERFUL),
        (allow("s3:*"), Severity.WIDER),
    ],
)
def test_every_action_and_handing_out_roles_come_first(statement: dict[str, Any], severity: Severity) -> None:
    assert [each.severity for each in change({"Role": role()}, {"Role": role(statement)})] == [severity]


def test_the_gravest_is_first() -> None:
    found = change({"Role": role()}, {"Role": role(allow("a:B"), allow("iam:PassRole"), allow("c:D"))})
    assert [each.severity for each in found] == [Severity.POWERFUL, Severity.WIDER, Severity.WIDER]


def test_a_new_role_is_shown_once_with_its_statements() -> None:
    found = change({}, {"Role": role(allow(GET), allow("sqs:*", "arn:aws:sqs:::q"))})
    assert [(each.kind, each.text) for each in found] == [
        ("new access", "new `App/Role` can be assumed by `lambda.amazonaws.com`"),
        ("new access", "new `App/Role` may `s3:GetObject` on `*`; `sqs:*` on `arn:aws:sqs:::q`"),
    ]


def test_in_a_new_stack_everything_is_new() -> None:
    found = widened(None, tree({"Role": role(allow(GET))}))
    assert {each.kind for each in found} == {"new access"}


def test_what_a_new_role_may_do_without_its_policies_is_not_said() -> None:
    found = change({}, {"Role": role(allow("*"))})
    assert found[0].severity is Severity.POWERFUL


def test_the_policies_of_a_removed_role_are_narrowed_and_not_widened() -> None:
    before, after = tree({"Role": role(deny(GET), allow("s3:*"))}), tree({})
    assert widened(before, after) == []
    assert "removed `App/Role` may `s3:*` on `*`" in texts(narrowed(before, after))


def test_a_policy_of_aws_is_named() -> None:
    found = change({"Role": role()}, {"Role": role(ManagedPolicyArns=[ADMINISTRATOR])})
    assert texts(found) == ["`App/Role` now has all that the policy `AdministratorAccess` allows"]
    assert found[0].severity is Severity.POWERFUL
    assert found[0].kind == "attachment"


@pytest.mark.parametrize(
    ("boundary", "text", "certain"),
    [
        ({}, "`App/Role` is no longer kept within the boundary `arn:aws:iam::1:policy/b`", True),
        (
            {"PermissionsBoundary": "arn:aws:iam::1:policy/c"},
            (
                "`App/Role` may now possibly more: its boundary is `arn:aws:iam::1:policy/c` "
                "instead of `arn:aws:iam::1:policy/b`"
            ),
            False,
        ),
    ],
)
def test_a_boundary_that_goes_is_a_widening(boundary: dict[str, str], text: str, certain: bool) -> None:
    start = role(PermissionsBoundary="arn:aws:iam::1:policy/b")
    found = change({"Role": start}, {"Role": role(**boundary)})
    assert [(each.text, each.certain) for each in found] == [(text, certain)]
    assert change({"Role": role()}, {"Role": start}) == []


def test_another_role_for_a_function_may_widen() -> None:
    before = {"A": role(), "B": role(), "Function": resource("Lambda::Function", Role=att("A"))}
    found = change(before, before | {"Function": resource("Lambda::Function", Role=att("B"))})
    assert [(each.text, each.certain) for each in found] == [
        ("`App/Function` runs as `B.Arn`, whose access may be wider", False)
    ]


def test_a_stack_set_that_uses_another_role_may_widen() -> None:
    before = resource("CloudFormation::StackSet", ExecutionRoleName="narrow")
    found = change({"Set": before}, {"Set": resource("CloudFormation::StackSet", ExecutionRoleName="wide")})
    assert texts(found) == ["`App/Set` runs as `wide`, whose access may be wider"]


def test_a_resource_that_is_not_known_may_widen() -> None:
    imported = {"Fn::ImportValue": "shared-bucket"}
    found = change({"Role": role(allow(GET, "arn:aws:s3:::a"))}, {"Role": role(allow(GET, imported))})
    assert [each.certain for each in found] == [False]
    assert "(may widen access)" in found[0].text
    assert change({"Role": role(allow(GET, imported))}, {"Role": role(allow(GET, imported))}) == []


def test_a_policy_that_is_not_known_may_widen() -> None:
    unknown = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://policies/policy.json"}}}
    after = role(Policies=[{"PolicyName": "x", "PolicyDocument": unknown}])
    found = change({"Role": role()}, {"Role": after})
    assert [each.certain for each in found] == [False]
    assert change({"Role": after}, {"Role": after}) == []


def test_a_statement_under_an_unknown_condition_may_widen() -> None:
    plain = {"Role": role(allow(GET))}
    conditional = {"Role": role(allow(GET), if_prod(allow(PUT)))}
    always = {"Role": role(allow(GET), allow(PUT))}
    found = change(plain, conditional)
    assert [(each.text, each.certain) for each in found] == [
        ("`App/Role` may now `s3:PutObject` on `*` (may widen access)", False)
    ]
    assert change(conditional, conditional) == []
    assert change(always, conditional) == []
    assert [each.certain for each in change(conditional, always)] == [False]


def test_the_two_branches_of_an_unknown_condition_are_read_apart() -> None:
    either = {"Role": role(allow(GET, if_prod("arn:aws:s3:::prod", "arn:aws:s3:::dev")))}
    swapped = {"Role": role(allow(GET, if_prod("arn:aws:s3:::dev", "arn:aws:s3:::prod")))}
    both = {"Role": role(allow(GET, ["arn:aws:s3:::dev", "arn:aws:s3:::prod"]))}
    assert change(both, either) == []
    assert len(change(either, swapped)) == 2


def test_a_role_that_may_be_there_is_no_certain_access() -> None:
    conditional = {"Role": role(allow(GET)) | {"Condition": "IsProd"}}
    assert [each.certain for each in change({}, conditional)] == [False, False]
    assert change(conditional, conditional) == []
    assert change({"Role": role(allow(GET))}, conditional) == []


@pytest.mark.parametrize(
    "broken",
    ["text", 7, {}, {"Statement": "text"}, {"Statement": [None, 7]}, {"Statement": {"Effect": "Maybe"}}, [], None],
)
def test_a_policy_that_is_none_is_reported_and_not_refused(broken: Any) -> None:
    after = role(Policies=[{"PolicyName": "x", "PolicyDocument": broken}])
    assert all(not each.certain for each in change({"Role": role()}, {"Role": after}))
    assert change({"Role": after}, {"Role": after}) == []
