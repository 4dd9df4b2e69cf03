"""What users, and principals of clusters, get by joining a group."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import Severity, narrowed
from tests.review.access.trees import allow, change, deny, if_prod, policy, ref, resource, texts, tree

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ALL = "`App/User` now has all that the policy `AdministratorAccess` allows"
GET = "`App/User` may now `s3:GetObject` on `*`"


def group(*statements: Any, **properties: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "inline", "PolicyDocument": policy(*statements)}] if statements else []
    return resource("IAM::Group", Policies=inline, **properties)


def user(*groups: Any, **properties: Any) -> dict[str, Any]:
    return resource("IAM::User", Groups=list(groups), **properties)


def addition(group: Any, *users: Any) -> dict[str, Any]:
    return resource("IAM::UserToGroupAddition", GroupName=group, Users=list(users))


START = {
    "Admins": group(ManagedPolicyArns=[ADMINISTRATOR], GroupName="admins"),
    "Readers": group(allow("s3:GetObject")),
    "User": user(),
}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"User": user(ref("Admins"))}, [(ALL, Severity.POWERFUL, True)]),
        ({"User": user("admins")}, [(ALL, Severity.POWERFUL, True)]),
        ({"Joins": addition(ref("Admins"), ref("User"))}, [(ALL, Severity.POWERFUL, True)]),
        ({"User": user(ref("Readers"))}, [(GET, Severity.WIDER, True)]),
        ({"User": user(if_prod(ref("Readers")))}, [(f"{GET} (may widen access)", Severity.WIDER, False)]),
        ({"Joins": addition("admins", "alice")}, [(ALL.replace("App/User", "alice"), Severity.POWERFUL, True)]),
        (
            {"User": user("elsewhere")},
            [
                (
                    "`App/User` is now in the group `elsewhere`, which may give it access",
                    Severity.WIDER,
                    False,
                )
            ],
        ),
    ],
)
def test_who_joins_a_group_may_do_what_it_may(
    after: dict[str, Any], expected: list[tuple[str, Severity, bool]]
) -> None:
    found = change(START, START | after)
    assert [(each.text, each.severity, each.certain) for each in found] == expected
    assert change(START | after, START) == []
    assert change(START | after, START | after) == []
    assert len(narrowed(tree(START | after), tree(START))) == len(expected)


def test_the_address_is_that_of_what_makes_the_user_a_member() -> None:
    found = change(START, START | {"Joins": addition(ref("Readers"), ref("User"))})
    assert [each.address for each in found] == ["App/Joins"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"User": user(ref("Admins"))}, {"Joins": addition(ref("Admins"), ref("User"))}),
        ({"User": user(ref("Admins"))}, {"User": user("admins")}),
        ({"User": user(ref("Readers"))}, {"User": user(ref("Others")), "Others": group(allow("s3:GetObject"))}),
        (
            {"User": user(Policies=[{"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}])},
            {"User": user(ref("Readers"))},
        ),
        ({"User": user(ManagedPolicyArns=[ADMINISTRATOR])}, {"User": user(ref("Admins"))}),
        ({"User": user("elsewhere")}, {"User": user("elsewhere", ref("Silent")), "Silent": group()}),
    ],
)
def test_the_same_by_another_way_is_no_widening(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = change(START | before, START | after)
    assert [each for each in found if each.severity is not Severity.NEW] == []


def test_what_a_group_gains_is_told_once() -> None:
    members = {"User": user(ref("Readers")), "Second": user(ref("Readers"))}
    wider = group(allow("s3:*"), ManagedPolicyArns=[ADMINISTRATOR])
    assert sorted(texts(change(START | members, START | members | {"Readers": wider}))) == [
        "`App/Readers` may now `s3:*` on `*`",
        "`App/Readers` now has all that the policy `AdministratorAccess` allows",
    ]


def test_who_leaves_a_group_that_denies_may_do_more() -> None:
    start = {"Group": group(deny("s3:*")), "User": user(ref("Group"))}
    assert texts(change(start, start | {"User": user()})) == ["a policy of `App/User` no longer denies `s3:*` on `*`"]
    silent = start | {"Group": group()}
    assert texts(change(start, silent)) == ["a policy of `App/Group` no longer denies `s3:*` on `*`"]


def test_a_new_user_is_shown_with_what_its_groups_may() -> None:
    without = {key: each for key, each in START.items() if key != "User"}
    assert texts(change(without, without | {"User": user(ref("Readers"))})) == [
        "new `App/User` may `s3:GetObject` on `*`"
    ]


def test_a_group_of_a_cluster_may_give_access() -> None:
    def entry(*groups: str) -> dict[str, Any]:
        return {"It": resource("EKS::AccessEntry", ClusterName="c", PrincipalArn="p", KubernetesGroups=list(groups))}

    found = change(entry("viewers"), entry("viewers", "editors"))
    assert [(each.text, each.certain) for each in found] == [
        ("`App/It` is now in the group `editors`, which may give it access", False)
    ]
    assert change(entry("viewers", "editors"), entry("editors")) == []
