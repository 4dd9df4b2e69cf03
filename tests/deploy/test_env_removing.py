"""The removal of environments: whatever runs, fails, is killed or is begun twice, they go whole, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from stackgen.deploy.environments.tools import FAILED, KEPT, NOT_BEGUN, REMOVED, SKIP, SKIPPED, WAIT
from stackgen.local.faults import Fail, LoseAnswer, Throttle

from .env_project import DAY, NOTE, QUICK, REPOSITORY, VERSIONED, Killed, Remover, Site

if TYPE_CHECKING:
    from .typed import Typed

RECORD = f"/stackgen/environments/{REPOSITORY}/pr-7"
SIGN = f"/stackgen/removals/{REPOSITORY}/pr-7"
AGREED = 2
"""The changing call after which a removal goes to its end, whoever does it."""

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}


@pytest.fixture
def site(typed: Typed) -> Site:
    """The project; nothing is deployed yet."""
    return Site(typed)


def is_clean(site: Site) -> bool:
    """Whether nothing of any environment of the site is left."""
    return not site.stacks() and not site.parameters() and not site.client("s3").list_buckets()["Buckets"]


@pytest.mark.requirement("SS-33", "SS-D26")
def test_a_bucket_with_a_thousand_versions_goes_with_its_environment(site: Site) -> None:
    """A version or a delete marker stays, or the bucket of another account is emptied."""
    site.fill(site.made(7), 1_000)
    remover = Remover(site)
    assert remover.remove("pr-7").outcome == REMOVED
    assert is_clean(site)
    deleted = [each.parameters for each in remover.actions if each.operation == "delete_objects"]
    assert sum(len(each["Delete"]["Objects"]) for each in deleted) == 1_058
    assert {each["ExpectedBucketOwner"] for each in deleted} == {"111111111111"}


FOREIGN = {
    "another repository": {"Environment": "pr-7", "AutoDelete": "true", "Repository": "acme/other"},
    "no leave to be removed": {"Environment": "pr-7", "Repository": REPOSITORY},
    "a permanent environment": {"Environment": "prod", "AutoDelete": "true", "Repository": REPOSITORY},
    "no environment": {"AutoDelete": "true", "Repository": REPOSITORY},
    "no tag at all": {},
}


def test_what_lacks_a_tag_or_has_anothers_is_never_touched(site: Site) -> None:
    """One of these stacks is emptied or deleted, whatever is closed or past its time."""
    for number, tags in enumerate(FOREIGN.values()):
        site.fill(site.foreign(f"foreign-{number}", **tags), 2)
    before = site.stacks()
    site.made(7)
    site.cloud.clock.advance(30 * DAY)
    assert [each.outcome for each in Remover(site).reap(closed=[7])] == [REMOVED]
    assert site.stacks() == before
    assert Remover(site).reap(closed=range(100)) == []


@pytest.mark.requirement("SS-D24")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_removal_that_is_killed_at_any_changing_call_is_finished_by_the_next_reaping(site: Site, after: bool) -> None:
    """A killed removal of an environment that is not due is forgotten, or leaves something behind."""
    for number in range(1, 20):
        site.fill(site.made(7), 3)
        site.client("logs").create_log_group(logGroupName="/ecs/site-pr-7")
        killed = Remover(site, dies=number, after=after)
        try:
            killed.remove("pr-7")
        except Killed:
            outcomes = Remover(site).reap()
            if number < AGREED or (number == AGREED and not after):  # nobody has seen yet that it may go
                assert outcomes == []
                assert Remover(site).remove("pr-7").outcome == REMOVED
            assert all(each.outcome == REMOVED for each in outcomes)
            assert is_clean(site), killed.operations()
            assert site.client("logs").describe_log_groups()["logGroups"] == []
            continue
        assert number > 5
        return
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("at", range(1, 8))
def test_two_at_once_do_not_disturb_each_other_at_any_changing_call(site: Site, at: int) -> None:
    """The second one fails because the first was before it, or the other way round."""
    site.fill(site.made(7), 3)
    site.client("logs").create_log_group(logGroupName="/ecs/site-pr-7")
    second: list[Any] = []
    first = Remover(site)

    def between() -> None:
        if len(first.actions) == at - 1 and not second:
            second.append(None)
            second[:] = Remover(site).reap(closed=[7])

    first.before = between
    (outcome,) = first.reap(closed=[7])
    assert outcome.outcome == REMOVED, outcome
    assert [each.outcome for each in second] == [REMOVED]
    assert is_clean(site)


@pytest.mark.parametrize(("seconds", "outcomes"), [(3 * DAY - 1, []), (3 * DAY, [REMOVED])])
def test_an_environment_lives_to_the_last_second_of_its_time(site: Site, seconds: int, outcomes: list[str]) -> None:
    site.made(7)
    site.cloud.clock.advance(seconds)
    assert [each.outcome for each in Remover(site).reap()] == outcomes
    assert bool(site.stacks()) is not bool(outcomes)


def test_what_is_made_to_live_longer_in_the_last_moment_is_kept(site: Site) -> None:
    """The time is looked at before it is said that the removal begins, and not after that."""
    site.made(7)
    site.cloud.clock.advance(4 * DAY)
    remover = Remover(site)

    def extended() -> None:
        content = {"owner": "ann", "created": "2026-01-01T00:00:00Z", "expires": "2026-02-01T00:00:00Z"}
        site.client("ssm").put_parameter(Name=RECORD, Value=json.dumps(content), Type="String", Overwrite=True)

    remover.before = extended
    (outcome,) = remover.reap()
    assert (outcome.outcome, outcome.exit_code) == (KEPT, 0)
    assert (site.stacks(), site.parameters()) == ({"site-pr-7": "CREATE_COMPLETE"}, [RECORD])
    assert Remover(site).reap() == []


def test_what_has_lost_its_record_is_removed_when_its_time_would_be_over(site: Site) -> None:
    site.made(7)
    site.client("ssm").delete_parameter(Name=RECORD)
    site.cloud.clock.advance(3 * DAY - 60)
    assert Remover(site).reap() == []
    site.cloud.clock.advance(120)
    assert [each.outcome for each in Remover(site).reap()] == [REMOVED]
    assert is_clean(site)


@pytest.mark.requirement("SS-D25")
def test_an_update_that_runs_is_cancelled_and_the_stack_deleted(site: Site) -> None:
    """A deletion is asked for while an update runs, which CloudFormation refuses, or the update goes on for hours."""
    stack = site.made(7)
    site.update(stack)
    remover = Remover(site)
    assert remover.remove("pr-7").outcome == REMOVED
    assert remover.operations()[:3] == ["put_parameter", "put_parameter", "cancel_update_stack"]
    assert is_clean(site)


def test_an_update_that_runs_is_waited_for_where_that_is_asked(site: Site) -> None:
    site.update(site.made(7))
    remover = Remover(site, running=WAIT)
    assert remover.remove("pr-7").outcome == REMOVED
    assert "cancel_update_stack" not in remover.operations()
    assert "pr-7: site-pr-7 in us-east-1 is UPDATE_COMPLETE" in remover.told


def test_a_stack_on_which_somebody_works_is_skipped_where_that_is_asked_and_may_be_made_again(site: Site) -> None:
    site.update(site.made(7))
    outcome = Remover(site, running=SKIP).remove("pr-7")
    assert (outcome.outcome, outcome.exit_code) == (SKIPPED, 7)
    assert outcome.lines == ("site-pr-7 is in UPDATE_IN_PROGRESS: somebody works on it",)
    assert site.parameters() == [RECORD]


@pytest.mark.requirement("SS-D25")
@pytest.mark.parametrize("running", ["cancel", WAIT])
def test_a_stack_that_is_just_being_made_goes_too(site: Site, running: str) -> None:
    """A pull request that is closed while its first deployment runs leaves its stack behind."""
    site.cloud.formation.operations.steps.durations["*"] = 60
    site.made(7)
    assert site.stacks() == {"site-pr-7": "CREATE_IN_PROGRESS"}
    assert Remover(site, running=running).remove("pr-7").outcome == REMOVED
    assert is_clean(site)


def test_a_stack_that_somebody_makes_while_the_others_go_goes_too(site: Site) -> None:
    """The record is forgotten while a stack of the environment is there."""
    site.made(7)
    remover = Remover(site)

    def another() -> None:
        if remover.operations() == ["put_parameter"] * 2 and "late" not in site.stacks():
            site.foreign("late", Environment="pr-7", AutoDelete="true", Repository=REPOSITORY)

    remover.before = another
    assert remover.remove("pr-7").outcome == REMOVED
    assert is_clean(site)


def test_what_cannot_be_deleted_is_told_with_its_reason_and_tried_again_by_the_next(site: Site) -> None:
    """It is told as removed, or is forgotten, or the reason is not AWS's."""
    site.made(7)
    fault = site.cloud.faults.add("delete:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), times=None)
    outcome = Remover(site).remove("pr-7")
    assert (outcome.outcome, outcome.exit_code) == (FAILED, 6)
    assert outcome.lines[0].startswith("site-pr-7/Note (")
    assert "planted" in outcome.lines[0]
    assert site.parameters() == [RECORD, SIGN]
    fault.times = fault.met
    assert [each.outcome for each in Remover(site).reap()] == [REMOVED]
    assert is_clean(site)


@pytest.mark.requirement("SS-D23")
def test_what_takes_longer_than_half_an_hour_is_given_up_and_told(site: Site) -> None:
    """A deletion is given up after 10 minutes, or never, or is told as one that went well."""
    site.made(7)
    site.cloud.formation.operations.steps.durations["*"] = 3 * 3600
    began = site.cloud.clock.time()
    outcome = Remover(site).remove("pr-7")
    assert (outcome.outcome, outcome.lines[0]) == (
        FAILED, "site-pr-7 is still in DELETE_IN_PROGRESS after 30 minutes",
    )  # fmt: skip
    assert site.cloud.clock.time() - began <= 30 * 60 + 60


BLOCKED: dict[str, tuple[dict[str, Any], str]] = {
    "a table protected from deletion": (
        {"Table": {**TABLE, "Properties": {**TABLE["Properties"], "DeletionProtectionEnabled": True}}},  # type: ignore[dict-item]
        "DeletionProtectionEnabled is on",
    ),
}


@pytest.mark.parametrize(("more", "why"), BLOCKED.values(), ids=BLOCKED)
def test_what_would_make_it_fail_is_seen_before_anything_is_done(site: Site, more: dict[str, Any], why: str) -> None:
    site.fill(site.made(7, **more), 2)
    remover = Remover(site)
    outcome = remover.remove("pr-7")
    assert (outcome.outcome, outcome.exit_code) == (NOT_BEGUN, 4)
    assert why in outcome.lines[0]
    assert remover.operations() == ["put_parameter", "delete_parameter"]
    assert site.parameters() == [RECORD]


def test_a_stack_that_is_protected_from_deletion_is_left(site: Site) -> None:
    stack = site.made(7)
    site.client("cloudformation").update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    outcome = Remover(site).remove("pr-7")
    assert (outcome.outcome, "is protected from deletion" in outcome.lines[0]) == (NOT_BEGUN, True)
    assert site.stacks() == {stack: "CREATE_COMPLETE"}


def test_an_export_that_another_stack_uses_keeps_the_environment(site: Site) -> None:
    site.foreign("shared")
    cloudformation = site.client("cloudformation")
    out = {"Value": {"Ref": "Files"}, "Export": {"Name": "files"}}
    own = json.dumps({"Resources": {"Files": VERSIONED}, "Outputs": {"Files": out}})
    tags = [{"Key": "Environment", "Value": "pr-7"}, {"Key": "AutoDelete", "Value": "true"},
            {"Key": "Repository", "Value": REPOSITORY}]  # fmt: skip
    cloudformation.create_stack(StackName="site-pr-7", TemplateBody=own, Tags=tags)
    uses = {"Resources": {"Note": {**NOTE, "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "files"}}}}}
    cloudformation.create_stack(StackName="user", TemplateBody=json.dumps(uses))
    outcome = Remover(site).remove("pr-7")
    assert (outcome.outcome, "its export files is used by user" in outcome.lines[0]) == (NOT_BEGUN, True)


@pytest.mark.requirement("SS-D27")
def test_log_groups_and_tags_of_images_go_with_it_and_no_others(site: Site) -> None:
    """Those of pr-70 go with those of pr-7, or one whose tags say that it is of another repository."""
    stack = site.made(7)
    logs, ecr = site.client("logs"), site.client("ecr")
    theirs = ["/ecs/site-pr-7", f"/aws/lambda/{stack}-Api-ABC"]
    others = ["/ecs/site-pr-70", "/ecs/site-dev", "/aws/lambda/site-pr-70-Api-ABC", "/aws/lambda/site-pr-7x"]
    for name in (*theirs, *others):
        logs.create_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=f"/aws/lambda/{stack}-archive", tags={"Repository": "acme/other"})
    ecr.create_repository(repositoryName="site-api")
    for number, tag in enumerate(("pr-7", "pr-7-abc", "pr-70", "latest")):
        ecr.put_image(repositoryName="site-api", imageManifest=json.dumps({"number": number}), imageTag=tag)
    assert Remover(site).remove("pr-7").outcome == REMOVED
    assert {each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]} == {
        *others, f"/aws/lambda/{stack}-archive",
    }  # fmt: skip
    left = ecr.list_images(repositoryName="site-api")["imageIds"]
    assert {each["imageTag"] for each in left} == {"pr-70", "latest"}


def test_a_service_that_aws_lists_after_its_end_is_not_left_over_and_one_that_runs_is(site: Site) -> None:
    """Every service that ever was is told as left over for ever, or one that runs on and costs is told by nobody."""
    ecs, stack = site.client("ecs"), site.made(7)
    tags = [{"key": "Environment", "value": "pr-7"}, {"key": "AutoDelete", "value": "true"},
            {"key": "Repository", "value": REPOSITORY}]  # fmt: skip
    task = [{"name": "one", "image": "one", "memory": 64}]
    ecs.create_cluster(clusterName="site")
    ecs.register_task_definition(family="site", containerDefinitions=task, tags=tags)
    for name in ("ended", "running"):
        made = {"cluster": "site", "serviceName": name, "taskDefinition": "site", "desiredCount": 0, "tags": tags}
        ecs.create_service(**made)
    ecs.delete_service(cluster="site", service="ended", force=True)
    assert Remover(site).remove("pr-7").outcome == REMOVED
    left = {each.arn.rpartition("/")[2] for each in Remover(site).all()["pr-7"].left}
    assert (left, stack in site.stacks()) == ({"running", "site:1"}, False)
    ecs.deregister_task_definition(taskDefinition="site:1")
    ecs.delete_service(cluster="site", service="running", force=True)
    assert Remover(site).all() == {}


def test_what_a_template_retains_stays_and_is_told_or_goes_where_the_project_says_so(site: Site) -> None:
    """It is deleted unasked, or nobody is told of it, or what another environment retained goes with it."""
    kept = {"Table": {**TABLE, "DeletionPolicy": "Retain"}, "Other": {**VERSIONED, "DeletionPolicy": "Retain"}}
    for number in (7, 8):
        site.made(number, **kept)
        assert len(Remover(site).remove(f"pr-{number}").lines) == 2
    assert Remover(site).reap() == []
    assert {name: len(each.left) for name, each in Remover(site).all().items()} == {"pr-7": 2, "pr-8": 2}
    assert Remover(site, retained="delete").remove("pr-7").lines == ()
    assert {name: len(each.left) for name, each in Remover(site).all().items()} == {"pr-8": 2}
    assert [each.outcome for each in Remover(site, retained="delete").reap()] == [REMOVED]
    assert is_clean(site)


CALLS = ["cloudformation:DeleteStack", "s3:DeleteObjects", "ssm:PutParameter", "ssm:DeleteParameter",
         "logs:DeleteLogGroup", "cloudformation:DescribeStacks"]  # fmt: skip


@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "lost"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_is_throttled_or_whose_answer_is_lost_is_made_again(site: Site, call: str, kind: Any) -> None:
    site.fill(site.made(7), 3)
    site.client("logs").create_log_group(logGroupName="/ecs/site-pr-7")
    fault = site.cloud.faults.add(call, kind, times=2)
    assert Remover(site).remove("pr-7").outcome == REMOVED
    assert fault.met == 2
    assert is_clean(site)


@pytest.mark.parametrize("call", CALLS)
def test_what_is_not_allowed_is_told_and_afterwards_all_goes(site: Site, call: str) -> None:
    site.fill(site.made(7), 3)
    site.client("logs").create_log_group(logGroupName="/ecs/site-pr-7")
    fault = site.cloud.faults.add(call, Fail("AccessDenied", "not for you", 403), times=None)
    with pytest.raises(ClientError, match="not for you"):
        Remover(site).remove("pr-7")
    fault.times = fault.met
    assert [each.outcome for each in Remover(site).reap(closed=[7])] == [REMOVED]
    assert is_clean(site)


def test_environments_in_several_regions_go_from_all_of_them(site: Site) -> None:
    """A region is not looked at, or what it holds is deleted in another."""
    text = (site.typed.root / "pyproject.toml").read_text("utf-8")
    more = text.replace('like = "dev"', 'like = "dev"\nregions = ["us-east-1", "eu-west-1"]')
    site.typed.write("pyproject.toml", more)
    site.create(7)
    assert {each["region"] for each in site.typed.told("env", "list")["environments"][0]["stacks"]} == {
        "us-east-1", "eu-west-1",
    }  # fmt: skip
    ran = site.typed.run("env", "destroy", "--pr", "7", "--yes", *QUICK)
    assert ran.code == 0, ran.err
    stacks = site.cloud.client("cloudformation", region="eu-west-1").describe_stacks()["Stacks"]
    assert [each for each in stacks if each["StackStatus"] != "DELETE_COMPLETE"] == []
    assert (site.stacks(), site.parameters()) == ({}, [])


def test_what_another_stack_holds_is_not_left_over_whatever_its_tags_say(site: Site) -> None:
    """A resource of a stack that nobody may remove is deleted because it has an environment's tags."""
    tags = [{"Key": "Environment", "Value": "pr-7"}, {"Key": "AutoDelete", "Value": "true"},
            {"Key": "Repository", "Value": REPOSITORY}]  # fmt: skip
    shared = {**TABLE, "Properties": {**TABLE["Properties"], "Tags": tags}}  # type: ignore[dict-item]
    body = json.dumps({"Resources": {"Table": shared}})
    site.client("cloudformation").create_stack(StackName="shared", TemplateBody=body)
    site.made(7)
    assert Remover(site, retained="delete").remove("pr-7").outcome == REMOVED
    assert Remover(site, retained="delete").all() == {}
    assert len(site.client("dynamodb").list_tables()["TableNames"]) == 1
