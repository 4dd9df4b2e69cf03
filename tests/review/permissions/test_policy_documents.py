"""Documents within IAM's limits, and how permissions and their delta are shown."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.iam_actions import without_covered
from stackgen.review.permissions import (
    INLINE_OF_ROLE,
    MANAGED_POLICY,
    Permissions,
    as_dict,
    as_markdown,
    as_text,
    delta,
    delta_as_dict,
    delta_as_markdown,
    delta_as_text,
    documents,
    needed,
    size,
)
from stackgen.review.schemas import Schemas

PASS_ROLE = "iam:PassRole"  # noqa: S105  an action of IAM
ROLE = "arn:aws:iam::111122223333:role/tap"

SERVICES = st.sampled_from(["s3", "sqs", "ec2", "iam", "s3-outposts", "states"])
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC*", min_size=1, max_size=40)
ACTIONS = st.builds(lambda service, name: f"{service}:{name[0].upper()}{name[1:]}", SERVICES, NAMES)
ROLES = st.lists(st.integers(0, 400).map(lambda number: f"{ROLE}-{number}"), unique=True, max_size=40)


def permissions(actions: list[str], roles: list[str]) -> Permissions:
    granted = [*without_covered([*actions, PASS_ROLE] if roles else actions)]
    return Permissions(
        dict.fromkeys(granted, ("My::Own::Type",)), {"My::Own::Type": ("Tap/It",)}, dict.fromkeys(roles, ("Tap/It",))
    )


def grants(made: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Each action with each resource that it is allowed on."""
    found: Counter[tuple[str, str]] = Counter()
    for document in made:
        for statement in document["Statement"]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            found.update((action, resource) for action in actions for resource in resources)
    return found


@given(st.lists(ACTIONS, max_size=80), ROLES, st.integers(200, 900))
def test_no_document_is_too_long_and_no_action_lost_or_doubled(
    actions: list[str], roles: list[str], limit: int
) -> None:
    needs = permissions(actions, roles)
    made = documents(needs, limit)
    passed = {(PASS_ROLE, arn) for arn in roles or ["*"]} if PASS_ROLE in needs.actions else set()
    assert grants(made) == Counter({(action, "*") for action in needs.actions if action != PASS_ROLE} | passed)
    for document in made:
        assert size(document) == len(json.dumps(document, separators=(",", ":"))) <= limit
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)


def test_as_much_as_fits_goes_into_one_document() -> None:
    needs = permissions([f"sqs:Action{number}" for number in range(30)], [])
    (one,) = documents(needs)
    exact = size(one)
    assert len(documents(needs, exact)) == 1
    assert len(documents(needs, exact - 1)) == 2


def test_a_service_is_divided_only_where_it_must_be() -> None:
    needs = permissions([f"{service}:Action{number}" for service in ("s3", "sqs") for number in range(30)], [])
    whole = size(documents(permissions([f"sqs:Action{number}" for number in range(30)], []))[0])
    made = documents(needs, whole + 20)
    assert [[statement["Sid"] for statement in document["Statement"]] for document in made] == [["S3"], ["Sqs"]]


def test_a_limit_that_holds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no document of 100 characters can hold sqs:CreateQueue"):
        documents(permissions(["sqs:CreateQueue"], []), 100)


def test_nothing_needs_no_document() -> None:
    assert documents(Permissions()) == []


def test_all_types_fit_into_documents_of_the_right_size() -> None:
    schemas = Schemas()
    needs = needed({type_: ["Tap/It"] for type_ in schemas.types()}, schemas)
    made = documents(needs)
    assert max(map(size, made)) <= MANAGED_POLICY
    assert {action for action, _ in grants(made)} == set(needs.grantable)
    assert len(made) * MANAGED_POLICY < sum(map(size, made)) * 1.05  # hardly any room is wasted
    text = "\n".join(as_text(needs))
    assert "a role has at most 10 managed policies" in text
    assert f"inline policies, which have {INLINE_OF_ROLE:,} characters together" in text
    assert "s3:* is all of a service: so says the schema of " in text


NEEDS = needed(
    {
        "AWS::SQS::Queue": ["Tap/Jobs"],
        "AWS::StepFunctions::Activity": ["Tap/A"],
        "AWS::CodeBuild::Project": ["Tap/Build"],
    },
    Schemas(),
    {ROLE: ["Tap/Build"]},
)


def test_the_text_lists_actions_by_service() -> None:
    lines = as_text(NEEDS)
    actions, services = len(NEEDS.grantable), len(NEEDS.services)
    assert lines[0].startswith(f"3 resource types: {actions} actions of {services} services, ")
    assert lines[0].endswith(" characters in 1 managed policy of at most 6,144")
    at = lines.index("sqs")
    assert lines[at + 1] == "  CreateQueue  (AWS::SQS::Queue)"
    assert lines[lines.index("iam") + 1 :][:2] == ["  PassRole", f"    {ROLE}  (Tap/Build)"]
    assert lines[-1] == "the schemas do not say what is needed for AWS::CodeBuild::Project"


def test_a_role_that_nobody_named_is_to_be_narrowed() -> None:
    needs = needed({"AWS::Lambda::Function": ["Tap/Seed"]}, Schemas())
    assert "iam:PassRole is allowed for every role: narrow it (AWS::Lambda::Function)" in as_text(needs)
    assert (PASS_ROLE, "*") in grants(documents(needs))


def test_programs_get_everything() -> None:
    content = json.loads(json.dumps(as_dict(NEEDS)))
    assert content["actions"]["sqs:CreateQueue"] == ["AWS::SQS::Queue"]
    assert content["roles"] == {ROLE: ["Tap/Build"]}
    assert content["without_handlers"] == ["AWS::CodeBuild::Project"]
    assert content["documents"] == documents(NEEDS)


def test_markdown_holds_the_documents() -> None:
    lines = as_markdown(NEEDS)
    (document,) = documents(NEEDS)
    start, end = lines.index("```json"), lines.index("```")
    assert json.loads("\n".join(lines[start + 1 : end])) == document
    assert f"<summary>Policy 1 of 1, {size(document):,} characters</summary>" in lines
    assert lines[-1] == "</details>"


def test_the_delta_is_shown_with_signs() -> None:
    after = needed({"AWS::SQS::Queue": ["Tap/Jobs"], "AWS::SNS::Topic": ["Tap/News"]}, Schemas())
    change = delta(NEEDS, after)
    lines = delta_as_text(change)
    assert "+ sns:CreateTopic  (AWS::SNS::Topic)" in lines
    assert "- states:CreateActivity  (AWS::StepFunctions::Activity)" in lines
    assert f"- iam:PassRole {ROLE}  (Tap/Build)" in lines
    assert not [line for line in lines if "sqs:" in line]
    assert "| + | `sns:CreateTopic` | AWS::SNS::Topic |" in delta_as_markdown(change)
    assert {"name": "sns:CreateTopic", "types": ["AWS::SNS::Topic"]} in delta_as_dict(change)["added"]
    assert delta_as_dict(change)["roles_removed"] == [{"name": ROLE, "resources": ["Tap/Build"]}]


def test_no_delta_is_said_in_words() -> None:
    change = delta(NEEDS, NEEDS)
    assert delta_as_text(change) == ["the deploying role needs what it needed before"]
    assert delta_as_markdown(change) == ["The deploying role needs what it needed before."]


@given(st.lists(ACTIONS, max_size=12), st.lists(ACTIONS, max_size=12))
def test_a_delta_the_other_way_round_is_the_reverse(before: list[str], after: list[str]) -> None:
    there, back = (delta(permissions(a, []), permissions(b, [])) for a, b in ((before, after), (after, before)))
    assert (there.added, there.removed) == (back.removed, back.added)
    assert not delta(permissions(before, []), permissions(before, []))
