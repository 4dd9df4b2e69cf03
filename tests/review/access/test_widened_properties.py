"""What holds for every pair of trees."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.access import narrowed, widened
from tests.review.access.trees import att, if_prod, policy, ref, resource, role, tree, trust

ACTIONS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "sqs:SendMessage", "iam:PassRole"]
RESOURCES: list[Any] = [
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/x",
    att("Bucket"),
    {"Fn::Sub": "${Bucket.Arn}/*"},
    {"Fn::ImportValue": "shared"},
    if_prod("arn:aws:s3:::a/x", otherwise="arn:aws:s3:::b/x"),
    {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"},
]
CONDITIONS: list[Any] = [
    None,
    {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    {"StringLike": {"aws:SourceAccount": "1*"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:SecureTransport": True}},
]
PRINCIPALS: list[Any] = ["*", {"AWS": "222222222222"}, {"Service": "s3.amazonaws.com"}, {"AWS": att("Role")}]


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


@st.composite
def statements(draw: st.DrawFn, effect: str = "", *, principal: bool = False) -> Any:
    actions = draw(st.sampled_from(["Action", "Action", "NotAction"]))
    resources = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    made = {
        "Effect": effect or draw(st.sampled_from(["Allow", "Deny"])),
        actions: draw(some(ACTIONS)),
        resources: draw(some(RESOURCES)),
    }
    condition = draw(st.sampled_from(CONDITIONS))
    if condition:
        made["Condition"] = condition
    if principal:
        made[draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))] = draw(st.sampled_from(PRINCIPALS))
    return draw(st.sampled_from([made, made, made, if_prod(made)]))


MEMBERS: list[Any] = [ref("Group"), att("Other", "GroupId"), "sg-1", if_prod(ref("Group"))]
GROUPS: list[Any] = [[], [ref("Admins")], ["outside"], [if_prod(ref("Admins"))]]
CIDRS = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.1/32", {"Fn::ImportValue": "range"}]


@st.composite
def rules(draw: st.DrawFn) -> Any:
    low = draw(st.sampled_from([0, 22, 443]))
    made = {
        "IpProtocol": draw(st.sampled_from(["tcp", "udp", "-1", "icmp"])),
        "FromPort": low,
        "ToPort": draw(st.sampled_from([low, 443, 65535])),
    }
    if draw(st.booleans()):
        made["CidrIp"] = draw(st.sampled_from(CIDRS))
    else:
        made["SourceSecurityGroupId"] = draw(st.sampled_from([att("Other", "GroupId"), "sg-1"]))
    return draw(st.sampled_from([made, made, if_prod(made)]))


@st.composite
def stacks(draw: st.DrawFn) -> dict[str, Any]:
    """A stack with a role, a bucket with its policy, groups and switches; the role is always there."""
    made: dict[str, Any] = {
        "Bucket": resource("S3::Bucket", **draw(st.sampled_from([{}, {"BucketName": "a"}, {"BucketName": "b"}]))),
        "Role": role(
            *draw(st.lists(statements(), max_size=3)),
            AssumeRolePolicyDocument=trust(draw(st.sampled_from(PRINCIPALS[:3]))),
        ),
        "Other": resource("EC2::SecurityGroup"),
        "Group": resource("EC2::SecurityGroup", SecurityGroupIngress=draw(st.lists(rules(), max_size=3))),
    }
    flag = draw(st.sampled_from([None, True, False, {"Fn::ImportValue": "public"}, if_prod(True, otherwise=False)]))
    optional: dict[str, Any] = {
        "Access": resource(
            "S3::BucketPolicy",
            Bucket=ref("Bucket"),
            PolicyDocument=policy(*draw(st.lists(statements(principal=True), max_size=2))),
        ),
        "Policy": resource(
            "IAM::ManagedPolicy",
            PolicyDocument=policy(*draw(st.lists(statements(), max_size=2))),
            Roles=[ref("Role")],
        ),
        "Database": resource(
            "RDS::DBInstance",
            VPCSecurityGroups=draw(st.lists(st.sampled_from(MEMBERS), max_size=2)),
            **({} if flag is None else {"PubliclyAccessible": flag}),
        ),
        "Admins": resource(
            "IAM::Group",
            ManagedPolicyArns=draw(st.lists(st.sampled_from(["arn:aws:iam::aws:policy/A", "b"]), max_size=1)),
            Policies=[{"PolicyDocument": policy(*draw(st.lists(statements(), max_size=2)))}],
        ),
        "User": resource("IAM::User", Groups=draw(st.sampled_from(GROUPS))),
        "Addition": resource("IAM::UserToGroupAddition", GroupName=ref("Admins"), Users=[ref("User")]),
        "Out": resource("EC2::SecurityGroupEgress", GroupId=ref("Group"), IpProtocol="-1", CidrIp="10.0.0.0/8"),
        "Second": role(*draw(st.lists(statements(), max_size=1))) | {"Condition": "IsProd"},
    }
    for name in draw(st.sets(st.sampled_from(sorted(optional)))):
        made[name] = optional[name]
    return made


@given(stacks())
@settings(max_examples=60, deadline=None)
def test_nothing_widens_where_nothing_changes(stack: dict[str, Any]) -> None:
    assert widened(tree(stack), tree(stack)) == []
    assert narrowed(tree(stack), tree(stack)) == []


@given(stacks(), stacks())
@settings(max_examples=60, deadline=None)
def test_what_is_narrowed_one_way_is_widened_the_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = tree(one), tree(other)
    lost = [(each.kind, each.address, each.severity, each.after) for each in narrowed(first, second)]
    gained = [(each.kind, each.address, each.severity, each.after) for each in widened(second, first)]
    assert sorted(lost) == sorted(gained)


@given(st.lists(statements("Allow"), min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_taking_an_allow_away_never_widens(several: list[Any], data: st.DataObject) -> None:
    left = list(several)
    left.remove(data.draw(st.sampled_from(several)))
    before = {"Bucket": resource("S3::Bucket"), "Role": role(*several)}
    assert widened(tree(before), tree(before | {"Role": role(*left)})) == []


@given(st.lists(statements(), max_size=3), statements("Deny"))
@settings(max_examples=60, deadline=None)
def test_adding_a_deny_never_widens(several: list[Any], denial: Any) -> None:
    before = {"Bucket": resource("S3::Bucket"), "Role": role(*several)}
    assert widened(tree(before), tree(before | {"Role": role(*several, denial)})) == []


@given(st.lists(rules(), min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_taking_a_rule_in_away_never_widens(several: list[Any], data: st.DataObject) -> None:
    left = list(several)
    left.remove(data.draw(st.sampled_from(several)))
    groups = {"Other": resource("EC2::SecurityGroup")}
    before = groups | {"Group": resource("EC2::SecurityGroup", SecurityGroupIngress=several)}
    after = groups | {"Group": resource("EC2::SecurityGroup", SecurityGroupIngress=left)}
    assert widened(tree(before), tree(after)) == []


KEYS = [
    *("Statement", "Effect", "Action", "Resource", "Principal", "Condition", "Policies", "PolicyDocument", "Roles"),
    *("SecurityGroupIngress", "IpProtocol", "CidrIp", "FromPort", "ToPort", "AWS", "Ref", "StringEquals", "Bucket"),
    *("PublicAccessBlockConfiguration", "RouteTableId", "GatewayId", "ManagedPolicyArns", "PortRange", "CidrBlock"),
    *("Groups", "Users", "GroupName", "KubernetesGroups", "VPCSecurityGroups", "BucketName", "Path", "RoleName"),
]
TYPES = ["IAM::Role", "IAM::Policy", "S3::BucketPolicy", "EC2::SecurityGroup", "EC2::Route", "Lambda::Permission"]
TYPES += ["EC2::NetworkAclEntry", "EC2::SecurityGroupIngress", "S3::Bucket", "EC2::VPCPeeringConnection"]
TYPES += ["IAM::User", "IAM::UserToGroupAddition", "EKS::AccessEntry", "RDS::DBInstance", "AppSync::GraphQLApi"]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 70000) | st.sampled_from(["*", "s3:*", "tcp", "10.0.0.0/8", "Allow"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(KEYS), values, max_size=5))
@settings(max_examples=150, deadline=None)
def test_properties_of_any_form_are_read(kind: str, properties: dict[str, Any]) -> None:
    made = tree({"It": resource(kind, **properties)})
    widened(tree({}), made)
    widened(tree({"It": resource(kind)}), made)
    assert widened(made, made) == []


REQUESTS = [
    (action, name)
    for action in ("s3:getobject", "s3:putobject", "sqs:sendmessage", "iam:passrole")
    for name in ("arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b/x")
]
KNOWN = ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/x", "arn:aws:s3:::?/x"]


@st.composite
def plain_statements(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(some(ACTIONS)),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(some(KNOWN)),
    }


def speaks_of(statement: dict[str, Any], key: str, value: str) -> bool:
    negated = f"Not{key}" in statement
    patterns = statement[f"Not{key}" if negated else key]
    return any(fnmatchcase(value, each.lower() if key == "Action" else each) for each in patterns) is not negated


def allowed(several: list[dict[str, Any]], action: str, name: str) -> bool:
    effects = {
        each["Effect"] for each in several if speaks_of(each, "Action", action) and speaks_of(each, "Resource", name)
    }
    return effects == {"Allow"}


@given(st.lists(plain_statements(), max_size=3), st.lists(plain_statements(), max_size=3))
@settings(max_examples=300, deadline=None)
def test_no_request_is_newly_allowed_where_nothing_is_said_to_widen(one: list[Any], other: list[Any]) -> None:
    found = widened(tree({"Role": role(*one)}), tree({"Role": role(*other)}))
    if any(allowed(other, *request) and not allowed(one, *request) for request in REQUESTS):
        assert found
        assert found[0].kind in {"statement", "deny"}
