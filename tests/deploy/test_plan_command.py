"""``plan`` and ``apply``, typed into a project whose AWS is a stand-in."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail

from .deployed import ACCOUNT, BUCKET, NAME, NOTE, SECRET, changing
from .test_deploy_options import BOTH, in_both

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.gateway import Note

    from .deployed import Deployed
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/us-east-1"
QUEUE = f"{NAME}/Queues/Queue"
MAY_CHANGE = {"CreateBucket", "PutObject", "CreateChangeSet", "DeleteChangeSet", "DeleteStack"}
"""What a plan may call: it changes no resource of a stack."""


def stacks(typed: Typed) -> list[str]:
    found = typed.cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [f"{each['StackName']} {each['StackStatus']}" for each in found]


def deployed(typed: Typed) -> Deployed:
    """The shop, as the command line deploys it."""
    ran = typed.run("deploy", "--yes")
    assert ran.code == 0, ran.err
    typed.cloud.gateway.notes.clear()
    return typed.shop()


@pytest.mark.requirement("PP-11", "PP-21", "PP-24")
def test_a_plan_shows_what_would_change_and_takes_its_change_set_back(typed: Typed) -> None:
    """A plan executes something, leaves its change set, or does not show action, type and replacement."""
    shop = deployed(typed)
    before, sets = shop.stack(), shop.change_sets()
    ran = typed.run("plan", "-p", "Delay=7")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[:2] == [
        "1 change in 1 of 1 stack, no data at risk",
        f"update {PLACE}: 1 updated in place",
    ]
    assert lines.pop(2) == "  parameter Delay: 5 -> 7 (-p)"
    assert lines[2].split() == ["RESOURCE", "TYPE", "ACTION", "REPLACEMENT", "THE", "TEMPLATES", "SAY"]
    assert lines[3].split() == [QUEUE, "AWS::SQS::Queue", "updated", "in", "place", "no", "updated", "in", "place"]
    assert lines[4].startswith("  change set stackgen-2")
    assert lines[4].endswith(": taken back")
    assert (shop.stack(), shop.change_sets()) == (before, sets)
    assert set(changing(shop.calls())) == {"CreateChangeSet", "DeleteChangeSet"}


def test_what_takes_a_while_is_told_while_it_lasts(typed: Typed) -> None:
    """A fresh account saw nothing for a quarter of a minute."""
    typed.patch.setenv("STACKGEN_PARAM_Dealy", "7")
    why = "no stack of the project has a parameter Dealy; did you mean Delay?"
    ran = typed.run("plan")
    assert ran.code == 0, ran.err
    assert ran.err.splitlines() == [
        f"warning: STACKGEN_PARAM_Dealy is passed over: {why}",
        f"us-east-1: make the bucket {BUCKET} for templates",
        f"us-east-1: ask AWS what would change in {PLACE}",
    ]


@pytest.mark.requirement("PP-D24")
def test_a_plan_of_a_stack_that_is_not_there_leaves_the_bucket_and_no_shell(typed: Typed) -> None:
    """A change set of a new stack is refused, or leaves the empty stack that it was made of."""
    ran = typed.run("plan")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "3 changes in 1 of 1 stack, no data at risk"
    assert f"  made the bucket {BUCKET}\n  uploaded 4 templates to {BUCKET}\n" in ran.out
    assert stacks(typed) == []
    again = typed.run("plan")
    assert "made the bucket" not in again.out
    assert "uploaded" not in again.out


def test_with_exit_code_three_says_that_something_would_change(typed: Typed) -> None:
    assert typed.run("plan", "--exit-code").code == 3
    deployed(typed)
    ran = typed.run("plan", "--exit-code")
    assert (ran.code, ran.out.splitlines()[:2]) == (0, ["nothing changes in 1 stack", f"{PLACE}: nothing changes"])
    assert typed.run("plan", "--exit-code", "-p", "Delay=9").code == 3


def test_a_plan_as_json_has_both_verdicts_and_no_secret(typed: Typed) -> None:
    deployed(typed)
    told = typed.told("plan", "-p", "Key=name")
    assert (told["schema"], told["version"]) == ("stackgen/planned", 1)
    (plan,) = told["plans"]
    assert (plan["kind"], plan["kept"]) == ("update", False)
    (table,) = [each for each in plan["changes"] if each["path"].endswith("/Table")]
    assert (table["action"], table["replacement"]) == ("Modify", "True")
    assert [each["allow"] for each in plan["risks"]] == ["replace:Data/Tables/Table"]
    assert plan["verdicts"]
    assert SECRET not in json.dumps(told)


def test_a_change_that_may_cost_data_is_planned_and_told_and_nothing_is_refused(typed: Typed) -> None:
    deployed(typed)
    ran = typed.run("plan", "-p", "Key=name")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "1 change in 1 of 1 stack, 1 may cost data"
    assert "--allow replace:Data/Tables/Table allows it" in ran.out


def test_what_aws_refuses_leaves_nothing_of_the_plan(typed: Typed) -> None:
    typed.build(root={"Bad": {"Type": "AWS::No::Such", "Properties": {}}})
    ran = typed.run("plan", "--save", "plan.json")
    assert ran.code == 1
    assert stacks(typed) == []
    assert not (typed.root / "plan.json").exists()


# --- kept, and carried out


def kept(typed: Typed, *words: str) -> dict[str, Any]:
    """A plan in ``plan.json``."""
    ran = typed.run("plan", "--save", "plan.json", *words)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads((typed.root / "plan.json").read_text("utf-8"))
    return found


@pytest.mark.requirement("PP-11", "PP-33")
def test_a_saved_plan_of_a_new_stack_is_carried_out_with_its_own_change_set(typed: Typed) -> None:
    """A saved plan is made again instead of carried out, or nobody is told of the empty shell."""
    ran = typed.run("plan", "--save", "plan.json")
    assert ran.code == 0, ran.err
    assert "kept; until it is carried out the stack is an empty shell, in REVIEW_IN_PROGRESS" in ran.out
    assert ran.out.splitlines()[-1] == "kept in plan.json: 1 plan"
    assert "carry it out: python -m stackgen apply plan.json" in ran.err
    assert stacks(typed)[0] == f"{NAME} REVIEW_IN_PROGRESS"
    text = (typed.root / "plan.json").read_text("utf-8")
    assert SECRET not in text
    typed.cloud.gateway.notes.clear()
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 stack deployed, 0 failed, 0 not begun\n")
    assert changing(typed.shop().calls()) == ["ExecuteChangeSet"]
    assert typed.shop().stack()["ChangeSetId"] == json.loads(text)["plans"][0]["change_set"]


def test_values_of_the_command_line_are_kept_but_for_the_secret_ones(typed: Typed) -> None:
    deployed(typed)
    content = kept(typed, "-p", "Delay=7", "-p", "Password=tiger")
    assert content["values"] == {"given": {"Delay": "7"}, "files": [], "hidden": ["Password"]}
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 1
    assert "parameters are others: a value that nobody sees" in ran.err
    assert "to be given again: Password" in ran.err
    assert typed.run("apply", "plan.json", "--yes", "-p", "Password=tiger").code == 0
    found = {each["ParameterKey"]: each["ParameterValue"] for each in typed.shop().stack()["Parameters"]}
    assert found["Delay"] == "7"


def test_an_apply_that_is_declined_leaves_the_plan_for_another_time(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Delay=7")
    assert typed.run("apply", "plan.json").code == 3
    assert typed.run("apply", "plan.json", answer="n").code == 3
    assert typed.run("apply", "plan.json", answer="y").code == 0
    again = typed.run("apply", "plan.json", "--yes")
    assert again.code == 0, again.err
    assert "this plan was carried out at 2026-01-01 00:00:00 UTC; nothing to do" in again.out
    assert "UPDATE" not in again.err


@pytest.mark.requirement("PP-33")
def test_a_plan_that_was_carried_out_says_so_and_replays_nothing(typed: Typed) -> None:
    """Events of long ago pass for those of now, or something else than the plan is said to be done."""
    shop = deployed(typed)
    kept(typed, "-p", "Delay=7")
    typed.cloud.clock.advance(60)
    assert typed.run("apply", "plan.json", "--yes").code == 0
    typed.cloud.clock.advance(3600)
    again = typed.run("apply", "plan.json", "--yes")
    done = f"{PLACE}: this plan was carried out at 2026-01-01 00:01:00 UTC; nothing to do"
    assert (again.code, again.out.splitlines()[1]) == (0, done), again.err
    assert "UPDATE" not in again.err
    other = typed.run("apply", "plan.json", "--yes", "-p", "Delay=5")
    assert (other.code, other.out) == (1, "")
    assert (
        "parameters are others: Delay: 7 -> 5; as the file has it, it was carried out at 2026-01-01 00:01:00 UTC"
        in other.err
    )
    typed.cloud.clock.advance(60)
    assert typed.run("deploy", "--yes", "-p", "Delay=9").code == 0
    assert done in typed.run("apply", "plan.json", "--yes").out
    typed.build(queues={"Other": NOTE})
    assert "the templates in the build folder are others: " in typed.run("apply", "plan.json", "--yes").err
    typed.build()
    shop.client("cloudformation").delete_stack(StackName=NAME)
    typed.cloud.clock.advance(60)
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "the stack has changed since: CREATE_COMPLETE 2026-01-01T00:00:00+00:00 -> not there" in ran.err


def test_a_plan_that_was_carried_out_and_failed_says_how_until_something_else_was_done(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Delay=7")
    typed.cloud.clock.advance(60)
    typed.cloud.faults.add("update:AWS::SQS::Queue", Fail("InvalidRequest", "planted"))
    assert typed.run("apply", "plan.json", "--yes").code == 5
    again = typed.run("apply", "plan.json", "--yes")
    assert again.code == 5
    assert "planted" in again.out
    typed.cloud.clock.advance(60)
    assert typed.run("deploy", "--yes", "-p", "Delay=9").code == 0
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "carried out at 2026-01-01 00:01:00 UTC, and it ended in UPDATE_ROLLBACK_COMPLETE" in ran.err
    assert "plan again" in ran.err


def test_a_plan_beside_a_saved_one_does_not_take_it_away(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Delay=7")
    for words in (["-p", "Delay=7"], ["-p", "Delay=8"]):
        assert typed.run("plan", *words).code == 0
    assert typed.run("apply", "plan.json", "--yes").code == 0


def test_what_may_cost_data_must_be_allowed_when_it_is_carried_out(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Key=name")
    assert typed.run("apply", "plan.json", "--yes").code == 4
    ran = typed.run("apply", "plan.json", "--yes", "--allow", "replace:Table")
    assert ran.code == 0, ran.err
    assert "backed up: " in ran.err


def other_template(typed: Typed) -> None:
    typed.build(queues={"Other": NOTE})


def other_parameter(typed: Typed) -> None:
    typed.patch.setenv("STACKGEN_PARAM_Delay", "8")


def other_secret(typed: Typed) -> None:
    typed.patch.setenv("STACKGEN_PARAM_Password", "tiger")


def other_account(typed: Typed) -> None:
    typed.write(
        "pyproject.toml", (typed.root / "pyproject.toml").read_text("utf-8").replace(f'account = "{ACCOUNT}"', "")
    )
    typed.patch.setenv("AWS_ACCESS_KEY_ID", "222222222222")


def wrong_account(typed: Typed) -> None:
    typed.patch.setenv("AWS_ACCESS_KEY_ID", "222222222222")


def other_region(typed: Typed) -> None:
    text = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", text.replace("us-east-1", "eu-west-1"))


def other_tags(typed: Typed) -> None:
    text = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", text + 'tags.Owner = "orders"\n')


def other_state(typed: Typed) -> None:
    typed.cloud.clock.advance(60)
    assert typed.run("deploy", "--yes", "-p", "Delay=3").code == 0


def no_change_set(typed: Typed) -> None:
    shop = typed.shop()
    for name in shop.change_sets():
        shop.client("cloudformation").delete_change_set(StackName=NAME, ChangeSetName=name)


def no_environment(typed: Typed) -> None:
    text = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", text.replace("env.dev", "env.test"))


DIFFERENT: dict[str, tuple[Callable[[Typed], None], str]] = {
    "a template": (other_template, "the templates in the build folder are others: shop/queues: "),
    "a parameter": (other_parameter, "parameters are others: Delay: 5 -> 8"),
    "a secret": (other_secret, "parameters are others: a value that nobody sees"),
    "the account": (other_account, f"it is for account {ACCOUNT}, and the credentials are of 222222222222"),
    "credentials": (
        wrong_account,
        f"dev is account {ACCOUNT}, but the credentials at hand belong to account 222222222222",
    ),
    "the region": (other_region, "dev is not deployed to us-east-1"),
    "tags": (other_tags, "tags are others: Owner: nothing -> orders"),
    "the stack": (other_state, "the stack has changed since: CREATE_COMPLETE 2026"),
    "the change set": (no_change_set, "its change set is gone"),
    "the environment": (no_environment, "the project has no environment 'dev'"),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_plan_is_refused_where_something_is_not_as_it_was(typed: Typed, what: str) -> None:
    shop = deployed(typed)
    kept(typed, "-p", "Delay=7") if what != "a parameter" else kept(typed, "-p", "Key=name")
    change, words = DIFFERENT[what]
    change(typed)
    before = shop.stack()
    typed.cloud.gateway.notes.clear()
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"the plan of {PLACE} is not carried out: " in ran.err
    assert words in ran.err
    assert shop.stack() == before
    assert changing(shop.calls()) == []


FORM = '{"schema": "stackgen/plan", "version": 1, "values": {"given": {}, "files": [], "hidden": []}, "plans": %s}'
BROKEN = {
    "no file": (None, 1, "cannot be read"),
    "no JSON": ("{", 1, "is no plan: not JSON"),
    "something else": ('{"schema": "stackgen/backup"}', 1, "schema stackgen/plan was expected"),
    "another version": ('{"schema": "stackgen/plan", "version": 2}', 1, "is version 2, and this stackgen reads 1"),
    "plans that are texts": (FORM % '["a"]', 1, "is broken: plans[0]: a table was expected, not a text"),
    "plans that are a text": (FORM % '"a"', 1, "is broken: plans: a list was expected, not a text"),
    "a plan without a stack": (FORM % '[{"kind": "update"}]', 1, "is broken: plans[0].environment is missing"),
    "files that are numbers": (
        (FORM % "[]").replace('"files": []', '"files": [1]'),
        1,
        "is broken: values.files: a list of texts was expected, and it has a number",
    ),
    "no digest": (FORM % "[]", 1, "is broken: digest is missing"),
    "half of it": ('{"schema": "stackgen/plan", "version": 1, "plans": [{}]}', 1, "is broken: values is missing"),
    "another form": (
        '{"schema": "stackgen/plan", "version": 1, "values": {"given": [], "files": [], "hidden": []}, "plans": []}',
        1,
        "is broken: values.given: a table was expected, not a list",
    ),
}


@pytest.mark.parametrize(("text", "code", "words"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_plan_is_refused(typed: Typed, text: str | None, code: int, words: str) -> None:
    if text is not None:
        typed.write("plan.json", text)
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == code
    assert "plan.json" in ran.err
    assert words in ran.err
    assert text is None or "python -m stackgen plan --save plan.json writes" in ran.err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "delete"}, "plans[0].kind: create or update was expected, not 'delete'"),
        ({"change_set": "x"}, "plans[0].change_set: the ARN of a change set was expected, not 'x'"),
        ({"parameters": {"Delay": 7}}, "plans[0].parameters.Delay: a text was expected, not a number"),
        ({"tags": None}, "plans[0].tags: a table was expected, not nothing"),
        ({"region": True}, "plans[0].region: a text was expected, not true or false"),
    ],
)
def test_a_part_of_another_form_is_named_with_its_place(typed: Typed, wrong: dict[str, Any], words: str) -> None:
    deployed(typed)
    content = kept(typed, "-p", "Delay=7")
    content["plans"][0] |= wrong
    typed.write("plan.json", json.dumps(content))
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"plan.json: is broken: {words}" in ran.err


@pytest.mark.requirement("PP-33")
def test_a_file_that_somebody_has_changed_is_refused_however_little_it_is(typed: Typed) -> None:
    """What the file says is not what is carried out."""
    deployed(typed)
    content = kept(typed, "-p", "Delay=7")
    changes: list[dict[str, Any]] = [{"digests": {**content["plans"][0]["digests"], "stack": "0" * 16}}]
    changes += [{"parameters": {**content["plans"][0]["parameters"], "Delay": "5"}}, {"changes": []}]
    for change in changes:
        changed = {**content, "plans": [{**content["plans"][0], **change}]}
        typed.write("plan.json", json.dumps(changed))
        ran = typed.run("apply", "plan.json", "--yes")
        assert (ran.code, ran.out) == (1, "")
        assert "plan.json: was changed since it was written: its digest is of another content" in ran.err
    typed.write("plan.json", json.dumps(content))  # other spaces are no other content
    assert typed.run("apply", "plan.json", "--yes").code == 0


def test_the_file_of_values_that_is_wrong_is_named(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Delay=7")
    typed.write("notes.md", "# Notes")
    ran = typed.run("apply", "plan.json", "--parameters", "notes.md")
    assert f"the plan of {PLACE} is not carried out: notes.md:1: " in ran.err


@pytest.mark.parametrize("place", ["build", "pyproject.toml/plan.json"])
def test_where_a_plan_can_be_kept_is_looked_at_before_anything_is_asked_of_aws(typed: Typed, place: str) -> None:
    ran = typed.run("plan", "--save", place)
    assert (ran.code, ran.out) == (1, "")
    assert f"{place}: cannot be written: " in ran.err
    assert changing(typed.shop().calls()) == []


def test_a_plan_beside_a_saved_one_says_whose_the_change_set_is(typed: Typed) -> None:
    deployed(typed)
    kept(typed, "-p", "Delay=7")
    assert ": left as it is, for an earlier plan keeps it" in typed.run("plan", "-p", "Delay=7").out


def test_a_file_that_cannot_be_written_leaves_no_change_set(typed: Typed) -> None:
    shop = deployed(typed)
    sets = shop.change_sets()
    typed.write("full", "")
    ran = typed.run("plan", "-p", "Delay=7", "--save", "full/plan.json")
    assert ran.code == 1
    assert shop.change_sets() == sets


def test_where_aws_throttles_a_plan_is_made_all_the_same(typed: Typed) -> None:
    typed.cloud.faults.add("cloudformation:CreateChangeSet", Fail("Throttling", "Rate exceeded"), times=2)
    assert typed.run("plan").code == 0


def test_a_plan_shows_which_parameters_change_and_who_says_so_but_no_secret(typed: Typed) -> None:
    """Somebody's -p of yesterday is set back today, and nobody reads that before it is done."""
    typed.deploy()
    assert typed.run("deploy", "-p", "Delay=7", "--yes").code == 0
    ran = typed.run("plan")
    assert "  parameter Delay: 7 -> 5 (default)\n" in ran.out
    assert "Password" not in ran.out
    assert "parameter" not in typed.run("plan", "-p", "Delay=7").out


def test_a_plan_that_changes_nothing_is_carried_out_without_a_word_of_error(typed: Typed) -> None:
    assert typed.run("deploy", "--yes").code == 0
    assert typed.run("plan", "--save", "plan.json").code == 0
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (0, "0 stacks deployed, 0 failed, 0 not begun\n")


def test_what_a_message_tells_to_type_has_what_was_given_with_p(typed: Typed) -> None:
    """The command of a next step takes back what it is to repeat."""
    typed.deploy()
    typed.cloud.faults.add("update:AWS::SQS::Queue", Fail("InvalidRequest", "planted"))
    ran = typed.run("deploy", "-p", "Delay=7", "-p", "Password=another-long-one", "--yes")
    assert ran.code == 5
    assert "deploy shop-stack -e dev -r us-east-1 -p Delay=7 -p Password=... tries again" in ran.out


@pytest.mark.parametrize("words", [(), ("--parallel",)], ids=["one after the other", "at once"])
def test_the_regions_of_a_stack_are_planned_in_their_order_also_at_once(typed: Typed, words: tuple[str, ...]) -> None:
    in_both(typed)
    told = typed.told("plan", "--save", "plan.json", *words)
    assert [each["region"] for each in told["plans"]] == list(BOTH)
    assert typed.run("apply", "plan.json", "--yes", *words).code == 0


@pytest.mark.requirement("PP-36")
def test_where_one_region_cannot_be_planned_at_once_nothing_of_the_other_is_left(typed: Typed) -> None:
    """The change set of the region that went well stays, and nobody knows of it."""
    in_both(typed)
    typed.cloud.faults.add(
        "cloudformation:CreateChangeSet", Fail("AccessDenied", "no", 403), region="us-east-1", times=None
    )
    ran = typed.run("plan", "--save", "plan.json", "--parallel")
    assert (ran.code, ran.out) == (1, "")
    assert "may not cloudformation:CreateChangeSet" in ran.err
    for region in BOTH:
        assert typed.cloud.client("cloudformation", region=region).describe_stacks()["Stacks"] == []
    assert not (typed.root / "plan.json").exists()


def test_at_once_the_regions_are_planned_beside_each_other(typed: Typed) -> None:
    in_both(typed)
    both = threading.Barrier(2, timeout=30)

    def meet(note: Note) -> None:
        if note.operation == "CreateChangeSet":
            both.wait()

    typed.cloud.gateway.watchers.append(meet)
    assert typed.run("plan", "--parallel").code == 0
    assert not both.broken
