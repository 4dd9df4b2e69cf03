"""The StackSet of a release: made where there is none, changed where it differs, and planned before anything starts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer.handlers import definitions
from stackgen.deployer.handlers.artifacts import Template
from stackgen.deployer.handlers.inputs import Pair
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import ADMINISTRATION_ROLE, BUCKET, HERE, TEMPLATE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed


def stack_set(field: Field, build: Any) -> dict[str, Any]:
    found = field.cloudformation.describe_stack_set(StackSetName=field.stack_set(build))["StackSet"]
    return dict(found)


def given(field: Field, build: Any) -> dict[str, str]:
    """The parameters of the StackSet."""
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack_set(field, build)["Parameters"]}


@pytest.mark.requirement("DEP-20", "DEP-21", "DEP-26")
def test_a_stack_set_that_is_not_there_is_made(field: Field) -> None:
    """A StackSet under another name, with other roles or tags, or whose making is not told."""
    build = field.ready()
    assert field.create_stackset(build) == {
        "stack_set_name": f"dev-{build.repo}",
        "operation": "CREATE",
        "batch_count": 1,
        "orphans": 0,
    }
    made = stack_set(field, build)
    assert made["AdministrationRoleARN"] == ADMINISTRATION_ROLE
    assert made["ExecutionRoleName"] == "AWSCloudFormationStackSetExecutionRole"
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == {
        "Environment": "dev",
        "Repository": build.repo,
        "ManagedBy": "aws-deployer",
    }
    assert json.loads(made["TemplateBody"]) == TEMPLATE
    assert field.operations(build) == [], "nothing starts before the plan is kept"
    assert field.plan(build) == [("CREATE", 0, [A, B], [HERE])]


@pytest.mark.requirement("DEP-25", "DEP-D22")
@pytest.mark.parametrize("expands", [True, False])
def test_the_capabilities_are_those_of_iam_and_of_macros_where_asked_for(field: Field, expands: bool) -> None:
    """A template with roles that CloudFormation refuses, or one with macros that nobody allowed."""
    build = field.ready(policy={"auto_expand": expands})
    field.create_stackset(build)
    found = set(stack_set(field, build)["Capabilities"])
    more = {"CAPABILITY_AUTO_EXPAND"} if expands else set()
    assert found == {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} | more


@pytest.mark.requirement("DEP-22", "DEP-23", "DEP-24")
def test_parameters_are_merged_and_the_environment_cannot_be_overridden(field: Field) -> None:
    """An Env that a file sets, a base value that wins, or a standard parameter that is not given."""
    parameters = {name: {"Type": "String", "Default": "?"} for name in ("Env", "Version", "S3Prefix", "Size", "Color")}
    build = field.ready(template={**TEMPLATE, "Parameters": parameters}, parameters={"Env": "evil", "Size": "small"})
    field.upload(build, "cloudformation-params.dev.json", json.dumps({"Size": "big", "Version": "mine"}))
    field.create_stackset(build)
    assert given(field, build) == {
        "Env": "dev",
        "Version": "mine",
        "S3Prefix": field.key(build),
        "Size": "big",
        "Color": "?",
    }


@pytest.mark.requirement("DEP-D74", "DEP-D26")
def test_a_template_that_declares_them_gets_the_digests_of_its_images(field: Field) -> None:
    """Digests that are not given, or whole addresses, which differ from target to target."""
    build = field.ready(template={**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], "Api": {"Type": "String"}}})
    image = {"name": "api", "registry": "shop/api", "digest": f"sha256:{'0' * 64}"}
    images = [{**image, "parameterName": "Api"}, {**image, "parameterName": "NotDeclared"}, image]
    field.upload(build, "container-images.json", json.dumps({"images": images}))
    field.create_stackset(build)
    assert given(field, build) == {"Env": "dev", "Size": "small", "Api": image["digest"]}


@pytest.mark.requirement("DEP-D21")
def test_env_is_given_only_where_it_is_declared(field: Field) -> None:
    """A parameter that the template does not declare, for which CloudFormation refuses it."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    build = field.ready(template=template, parameters={"Env": "x", "S3Bucket": "y"})
    assert field.create_stackset(build)["operation"] == "CREATE"
    assert stack_set(field, build).get("Parameters", []) == []


@pytest.mark.requirement("DEP-29", "DEP-45")
@pytest.mark.parametrize(
    ("case", "error", "message"),
    [
        ("unknown parameter", "ParametersInvalid", "declares no parameter Sise; did you mean Size?"),
        ("bad json", "ParametersInvalid", "failed to parse JSON of s3://artifacts/"),
        ("no template", "TemplateNotFetched", "failed to fetch template s3://artifacts/"),
        ("bad template", "TemplateInvalid", "CloudFormation cannot read the template: "),
        ("no value", "TemplateInvalid", "must have values"),
        ("bad policy", "TargetsInvalid", "policy: mode is 'x'"),
        ("no targets", "TargetsNotConfigured", "no deployment targets configured"),
    ],
)
def test_a_release_that_cannot_be_deployed_fails_at_once_and_so_does_its_build(
    field: Field, case: str, error: str, message: str
) -> None:
    """A mistake in a release that is tried again and again, or that leaves its build waiting."""
    build = field.ready()
    key = f"{field.key(build)}/cloudformation.template"
    match case:
        case "unknown parameter":
            field.upload(build, "cloudformation-params.json", '{"Sise": "big"}')
        case "bad json":
            field.upload(build, "cloudformation-params.json", "{")
        case "no template":
            field.s3.delete_object(Bucket=BUCKET, Key=key)
        case "bad template":
            field.upload(build, "cloudformation.template", "Resources: [")
        case "no value":
            template = {**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], "Must": {"Type": "String"}}}
            field.upload(build, "cloudformation.template", json.dumps(template))
        case "bad policy":
            field.targets(build, ((A,), (HERE,)), mode="x")
        case _:
            field.made.put("targets", PK=f"REPO#{build.repo}", SK="ENV#dev", targets=[])
    with pytest.raises(FunctionFailed) as caught:
        field.create_stackset(build)
    assert caught.value.name == error
    assert message in caught.value.message
    record = field.record(build)
    assert record["status"] == "FAILED"
    assert record["error_msg"].startswith(f"{error}: ")
    assert message in record["error_msg"]


# An existing StackSet


@pytest.mark.requirement("DEP-28", "DEP-D07")
def test_an_unchanged_release_starts_nothing_and_is_a_success(field: Field) -> None:
    """A rollout although nothing changed, or a failure because of it."""
    first = field.deployed()
    before = len(field.operations(first))
    second = field.ready(first.repo)
    assert field.create_stackset(second) == {
        "stack_set_name": f"dev-{first.repo}",
        "operation": "UPDATE",
        "batch_count": 0,
        "orphans": 0,
    }
    answer = field.deploy(second)
    assert (answer["operation_id"], answer["account_ids"], answer["batch_count"]) == ("", [], 0)
    assert field.check(second, answer)["is_complete"]
    assert field.finish(second)["build_status"] == "SUCCESS"
    assert len(field.operations(first)) == before
    assert {each["status_reason"] for each in field.deployments(second).values()} == {"was current already"}


@pytest.mark.requirement("DEP-21", "DEP-30", "DEP-D01")
def test_a_changed_release_is_rolled_out_by_the_operation_that_changes_the_definition(field: Field) -> None:
    """An update of the definition whose operation is not followed, or that reaches what nobody asked for."""
    first = field.deployed()
    second = field.ready(first.repo, parameters={"Size": "big"}, groups=[((A,), (HERE,)), ((C,), (THERE,))])
    answer = field.create_stackset(second)
    assert (answer["operation"], answer["batch_count"], answer["orphans"]) == ("UPDATE", 2, 1)
    assert field.plan(second) == [("DEFINE", 0, [A], [HERE]), ("CREATE", 0, [C], [THERE])]
    running = field.operations(second)[-1]
    assert (running["OperationId"], running["Action"]) == (answer["operation_id"], "UPDATE")
    assert field.deploy(second)["operation_id"] == answer["operation_id"], "it is found, not started again"
    field.roll_out(second)
    assert given(field, second)["Size"] == "big"
    assert field.instances(second) == {f"{A}/{HERE}": "CURRENT", f"{B}/{HERE}": "OUTDATED", f"{C}/{THERE}": "CURRENT"}


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"Size": "big"}},
        {"policy": {"auto_expand": True}},
        {"template": {**TEMPLATE, "Description": "new"}},
    ],
    ids=["parameters", "capabilities", "template"],
)
def test_whatever_makes_another_stack_set_is_a_change(field: Field, change: dict[str, Any]) -> None:
    first = field.deployed()
    second = field.ready(first.repo, **change)
    field.create_stackset(second)
    assert [batch[0] for batch in field.plan(second)] == ["DEFINE"]


def test_what_failed_before_is_deployed_again_though_nothing_changed(field: Field) -> None:
    build = field.ready()
    field.create_stackset(build)
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=B):
        field.roll_out(build)
    assert field.finish(build)["build_status"] == "FAILED"
    again = field.ready(build.repo)
    assert field.create_stackset(again)["batch_count"] == 1
    assert field.plan(again) == [("UPDATE", 0, [B], [HERE])]


@pytest.mark.requirement("DEP-D25")
def test_orphans_are_told_and_only_deleted_with_prune(field: Field) -> None:
    """An instance that nobody asks for any more and that is deleted without a word, or not told."""
    first = field.deployed()
    second = field.ready(first.repo, groups=[((A,), (HERE,))])
    assert field.create_stackset(second)["orphans"] == 1
    assert field.plan(second) == []
    field.finish(second)
    third = field.ready(first.repo, groups=[((A,), (HERE,))], prune=True)
    assert field.create_stackset(third)["batch_count"] == 1
    assert field.plan(third) == [("DELETE", 1, [B], [HERE])]
    assert field.deployments(third)[f"{B}/{HERE}"]["action"] == "DELETE"
    field.roll_out(third)
    assert field.finish(third)["build_status"] == "SUCCESS"
    assert set(field.instances(third)) == {f"{A}/{HERE}"}


def test_a_change_that_would_reach_orphans_alone_is_refused(field: Field) -> None:
    first = field.deployed()
    second = field.ready(first.repo, groups=[((C,), (HERE,))], parameters={"Size": "big"})
    with pytest.raises(FunctionFailed, match=r"^OnlyOrphansLeft: the StackSet has 2 instances"):
        field.create_stackset(second)
    assert field.record(second)["status"] == "FAILED"


@pytest.mark.requirement("DEP-D23")
def test_the_name_of_another_repository_is_not_taken(field: Field) -> None:
    """A build that changes the StackSet of another repository."""
    build = field.ready()
    field.cloudformation.create_stack_set(
        StackSetName=field.stack_set(build),
        TemplateBody=json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}),
        Tags=[{"Key": "Repository", "Value": "other"}, {"Key": "ManagedBy", "Value": "aws-deployer"}],
    )
    with pytest.raises(FunctionFailed, match=r"^StackSetNameTaken: StackSet .* belongs to the repository other"):
        field.create_stackset(build)


def test_a_stack_set_that_somebody_made_by_hand_is_left_alone(field: Field) -> None:
    """Its instances would be orphans, which prune deletes with their stacks."""
    build = field.ready(prune=True)
    field.cloudformation.create_stack_set(
        StackSetName=field.stack_set(build),
        TemplateBody=json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}),
    )
    with pytest.raises(FunctionFailed, match=r"^StackSetNameTaken: .* was not made by the deployer.*tag it ManagedBy="):
        field.create_stackset(build)
    assert field.operations(build) == []


def test_no_value_of_a_parameter_lies_in_a_table(field: Field) -> None:
    """It may be a secret; the files are read again where a definition is sent."""
    secret = "hunter2-and-more"  # noqa: S105 - it must not be found
    first = field.deployed(parameters={"Size": secret})
    second = field.deployed(first.repo, template={**TEMPLATE, "Description": "new"}, parameters={"Size": secret})
    found = [field.made.records(name) for name in ("builds", "deployments", "locks")]
    assert secret not in json.dumps(found)
    assert field.plan(second)[0][0] == "DEFINE"


def test_what_is_not_ascii_makes_no_change_of_an_unchanged_template() -> None:
    """CloudFormation answers a question mark for it, so every build would be a rollout."""
    template = {**TEMPLATE, "Description": "für alle"}
    body = json.dumps(template, ensure_ascii=False).encode("ascii", "replace").decode()
    answered = {"TemplateBody": body, "Parameters": [], "Capabilities": []}
    release = definitions.Release(Template(json.dumps(template, ensure_ascii=False), "", "", ""), {}, (), (), {})
    wanted = {"AdministrationRoleARN": None, "ExecutionRoleName": None}
    assert not definitions.is_changed(answered, release, wanted)
    assert definitions.is_changed({**answered, "TemplateBody": body + "?"}, release, wanted)


def test_a_definition_that_reaches_nobody_is_not_sent_while_anything_is_left(field: Field) -> None:
    """Orphans go first; UpdateStackSet without accounts would reach every one that could not be deleted."""
    first = field.deployed(groups=[((A, B), (HERE,))])
    changed = {**TEMPLATE, "Description": "new"}
    policy = {"mode": "collect-all"}
    second = field.planned(first.repo, template=changed, groups=[((C,), (HERE,))], policy=policy, prune=True)
    assert [action for action, *_ in field.plan(second)] == ["DELETE", "DEFINE", "CREATE"]
    field.wait(second, field.deploy(second, 0))
    field.cloudformation.create_stack_instances(StackSetName=field.stack_set(second), Accounts=[A], Regions=[HERE])
    field.cloud.clock.settle()
    told = f"^OnlyOrphansLeft: 1 instances could not be deleted, such as {Pair(A, HERE)}"
    with pytest.raises(FunctionFailed, match=told):
        field.deploy(second, 1)


@pytest.mark.requirement("DEP-D13")
def test_a_target_that_no_operation_reaches_has_failed_with_what_to_do(field: Field) -> None:
    """An INOPERABLE target that is waited for, or without a word on what to do. AWS leaves it out of every update."""
    first = field.deployed()
    with field.fault("delete:AWS::SSM::Parameter", Fail("x", "in use"), account=B):
        field.cloudformation.delete_stack_instances(
            StackSetName=field.stack_set(first), Accounts=[B], Regions=[HERE], RetainStacks=False
        )
        field.cloud.clock.settle()
    second = field.ready(first.repo)
    field.create_stackset(second)
    record = field.deployments(second)[f"{B}/{HERE}"]
    assert (record["status"], record["detailed_status"]) == ("FAILED", "INOPERABLE")
    assert "DeleteStackInstances with RetainStacks" in record["status_reason"]
    assert field.plan(second) == []


@pytest.mark.requirement("DEP-D82")
def test_the_build_remembers_the_template_that_it_was_made_of(field: Field) -> None:
    """A build of which nobody can say what it deployed."""
    build = field.ready()
    field.create_stackset(build)
    record = field.record(build)
    versions = field.s3.list_object_versions(Bucket=BUCKET, Prefix=f"{field.key(build)}/cloudformation.template")
    assert record["template_version"] == versions["Versions"][0]["VersionId"]
    assert len(record["template_hash"]) == 64


# Twice, and faults

CALLS = [
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "dynamodb:PutItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    "s3:GetObject",
    "cloudformation:GetTemplateSummary",
    "cloudformation:DescribeStackSet",
    "cloudformation:CreateStackSet",
]


def interrupted(field: Field, build: Any, calls: str, kind: Any) -> None:
    """Ask for the StackSet while something goes wrong; a refusal is an answer that does not get lost."""
    told = ""
    with field.fault(calls, kind):
        try:
            field.create_stackset(build)
        except FunctionFailed as failed:
            told = failed.name
    assert told == "Transient" or (not told and kind == LoseAnswer())


@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "answer lost"])
@pytest.mark.parametrize("calls", CALLS)
def test_whatever_is_interrupted_goes_on_to_the_same_plan(field: Field, kind: Any, calls: str) -> None:
    build = field.ready()
    interrupted(field, build, calls, kind)
    assert field.record(build)["status"] == "IN_PROGRESS", "what will be tried again is no failure"
    assert field.create_stackset(build)["stack_set_name"] == field.stack_set(build)
    assert field.plan(build) == [("CREATE", 0, [A, B], [HERE])]
    assert field.operations(build) == []


@pytest.mark.requirement("DEP-D80")
@pytest.mark.parametrize(
    "calls", ["DescribeStackSet", "ListStackInstances", "DescribeStackSetOperation", "UpdateStackSet"]
)
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "answer lost"])
def test_a_change_that_is_interrupted_is_made_once(field: Field, calls: str, kind: Any) -> None:
    """A second operation for the same change, or the first one taken for somebody else's."""
    first = field.deployed()
    second = field.ready(first.repo, parameters={"Size": "big"})
    interrupted(field, second, f"cloudformation:{calls}", kind)
    answer = field.create_stackset(second)
    assert field.operations(second)[-1]["OperationId"] == answer["operation_id"]
    assert [each["Action"] for each in field.operations(second)] == ["CREATE", "UPDATE"]


@pytest.mark.requirement("DEP-27", "DEP-29", "DEP-D08")
@pytest.mark.parametrize(
    "calls",
    [
        "cloudformation:GetTemplateSummary",
        "cloudformation:DescribeStackSet",
        "cloudformation:CreateStackSet",
        "dynamodb:GetItem",
    ],
)
def test_a_permission_that_lacks_is_told_and_fails_the_build(field: Field, calls: str) -> None:
    """A missing permission that is tried again, taken for a StackSet that is not there, or not told."""
    build = field.ready()
    denied = Fail("AccessDenied", "User is not authorized", 403)
    with field.fault(calls, denied), pytest.raises(FunctionFailed, match=r"^Refused: .*User is not authorized"):
        field.create_stackset(build)
    assert "User is not authorized" in field.record(build)["error_msg"]


@pytest.mark.requirement("DEP-32")
def test_a_stack_set_that_is_busy_is_waited_for(field: Field) -> None:
    """A conflict that fails the build, or that the function itself waits for."""
    first = field.deployed()
    field.cloudformation.update_stack_instances(StackSetName=field.stack_set(first), Accounts=[A], Regions=[HERE])
    second = field.ready(first.repo, parameters={"Size": "big"})
    before = field.cloud.clock.time()
    with pytest.raises(FunctionFailed, match=r"^OperationInProgressException: StackSet dev-.* runs another operation"):
        field.create_stackset(second)
    assert field.cloud.clock.time() == before
    assert field.record(second)["status"] == "IN_PROGRESS"
    field.cloud.clock.settle()
    assert field.create_stackset(second)["operation_id"]


def test_a_build_that_lost_its_lock_touches_nothing(field: Field) -> None:
    build = field.ready()
    field.call("release_lock", build)
    with pytest.raises(FunctionFailed, match=r"^LockLost: "):
        field.create_stackset(build)
    assert field.plan(build) == []


def test_without_an_administration_role_nothing_is_made(field: Field) -> None:
    from stackgen.deployer.handlers import create_stackset

    build = field.ready()
    field.made.install("roleless", create_stackset.handler, ADMINISTRATION_ROLE_ARN="")
    with pytest.raises(FunctionFailed, match=r"^SettingMissing: .*ADMINISTRATION_ROLE_ARN is not set"):
        field.call("roleless", build, s3_bucket=BUCKET, s3_key=field.key(build))


def test_a_failure_is_told_though_the_build_cannot_be_written(field: Field) -> None:
    build = field.ready()
    field.upload(build, "cloudformation-params.json", "{")
    denied = Fail("AccessDeniedException")
    with field.fault("dynamodb:TransactWriteItems", denied), pytest.raises(FunctionFailed, match=r"^ParametersInvalid"):
        field.create_stackset(build)
