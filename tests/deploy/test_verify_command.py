"""``verify``: what is deployed is asked whether it works; what is wrong is named with the next step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.deploy.polling import Pace
from stackgen.deploy.stacks import Resource, StackState, Tree
from stackgen.deploy.verifying.looking import checked

from .deployed import ACCOUNT, BUCKET, NAME, READS, REGION, target

if TYPE_CHECKING:
    from stackgen.deploy.verifying.checked import Checked

    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"
WORDS = f"shop-stack -e dev -r {REGION}"
ROLE = "arn:aws:iam::111111111111:role/any"
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "till", "Runtime": "python3.11", "Handler": "index.handler", "Role": ROLE,
        "Code": {"ZipFile": "def handler(event, context): return event"},
    },
}  # fmt: skip
RECEIPTS = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "till-receipts"}}
ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "till-errors", "Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
    },
}  # fmt: skip
TRIAL = """
[tool.stackgen.stack.shop-stack.verify.functions.sale]
function = "till"
payload = { sale = "verify-{id}", bucket = "till-receipts" }
answer = { valid = true }

[[tool.stackgen.stack.shop-stack.verify.functions.sale.items]]
table = "{Table}"
item = { id = { S = "verify-{id}" }, until = { N = "{in_an_hour}" } }

[[tool.stackgen.stack.shop-stack.verify.functions.sale.objects]]
bucket = "till-receipts"
key = "verify-{id}.json"
"""


def wrong(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [check for stack in told["stacks"] for check in stack["checks"] if not check["right"]]


def checks(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [check for stack in told["stacks"] for check in stack["checks"]]


def with_settings(typed: Typed, more: str) -> None:
    path = typed.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")


def till(typed: Typed, answers: Any) -> None:
    """The shop with a till, whose function answers so."""
    typed.cloud.functions.register("till", answers)
    typed.deploy(queues={"Till": FUNCTION, "Receipts": RECEIPTS, "Errors": ALARM})


def test_a_stack_that_works_is_told_with_counts_and_nothing_is_changed(typed: Typed) -> None:
    typed.deploy(queues={"Till": FUNCTION, "Errors": ALARM})
    code, out, err = typed.run("verify")
    assert (code, err) == (0, "")
    assert out.splitlines() == ["1 stack: 7 checks, 7 right, 0 wrong", "", f"{PLACE}: 7 right"]
    assert {each["type"] for each in checks(typed.told("verify"))} == {
        "AWS::CloudFormation::Stack", "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::CloudWatch::Alarm",
    }  # fmt: skip
    assert all(each.operation.startswith(READS) for each in typed.cloud.gateway.notes)


def test_an_alarm_that_rings_and_a_table_that_somebody_deleted_are_wrong(typed: Typed) -> None:
    shop = typed.deploy(queues={"Errors": ALARM})
    shop.client("cloudwatch").set_alarm_state(AlarmName="till-errors", StateValue="ALARM", StateReason="5 errors")
    (table,) = shop.client("dynamodb").list_tables()["TableNames"]
    shop.client("dynamodb").delete_table(TableName=table)
    told = typed.told("verify", code=4)
    assert told["verdict"] == "1 stack: 6 checks, 4 right, 2 wrong"
    gone, ringing = wrong(told)
    assert gone["path"] == f"{NAME}/Data/Tables/Table"
    assert gone["said"] == "it does not exist"
    assert f"python -m stackgen drift {WORDS}" in gone["next_step"]
    assert ringing["path"] == f"{NAME}/Queues/Errors"
    assert ringing["said"] == "ALARM: 5 errors"
    assert f"python -m stackgen rollback {WORDS} --to COMMIT" in ringing["next_step"]


def test_an_alarm_that_rolls_back_must_exist_too(typed: Typed) -> None:
    typed.deploy()
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:guard"
    with_settings(typed, f'[tool.stackgen.stack.shop-stack]\nrollback_alarms = ["{arn}"]\n')
    (found,) = wrong(typed.told("verify", code=4))
    assert (found["path"], found["type"], found["said"]) == ("guard", "rollback trigger", "it does not exist")


def test_a_stack_that_is_not_there_or_was_taken_back_is_wrong_with_the_next_step(typed: Typed) -> None:
    code, out, _ = typed.run("verify")
    assert code == 4
    assert f"next: python -m stackgen deploy {WORDS} makes it" in out


def test_what_is_tried_gets_its_items_and_leaves_nothing_behind(typed: Typed) -> None:
    sales: list[dict[str, Any]] = []
    items: list[int] = []

    def answer(event: dict[str, Any], context: object) -> dict[str, Any]:
        del context
        shop = typed.shop(queues={"Till": FUNCTION, "Receipts": RECEIPTS, "Errors": ALARM})
        (table,) = shop.client("dynamodb").list_tables()["TableNames"]
        items.append(len(shop.client("dynamodb").scan(TableName=table)["Items"]))
        shop.client("s3").put_object(Bucket=event["bucket"], Key=f"{event['sale']}.json", Body=b"{}")
        sales.append(event)
        return {"valid": True, "more": 1}

    till(typed, answer)
    with_settings(typed, TRIAL)
    told = typed.told("verify", "--invoke")
    tried = checks(told)[-2:]
    assert [(each["path"].partition(" ")[0], each["said"]) for each in tried] == [
        ("sale", "it answers as expected"), ("sale", "it is in till-receipts"),
    ]  # fmt: skip
    assert (items, len(sales)) == ([1], 1)
    assert told["stacks"][0]["left"] == []
    client = typed.cloud.client
    (table,) = client("dynamodb", ACCOUNT, REGION).list_tables()["TableNames"]
    assert client("dynamodb", ACCOUNT, REGION).scan(TableName=table)["Items"] == []
    assert "Contents" not in client("s3", ACCOUNT, REGION).list_objects_v2(Bucket="till-receipts")


def test_a_function_that_fails_and_an_answer_that_is_another_are_wrong_and_tidied_up(typed: Typed) -> None:
    def answer(event: dict[str, Any], context: object) -> dict[str, Any]:
        del event, context
        raise LookupError("no such sale")

    till(typed, answer)
    with_settings(typed, TRIAL)
    (found,) = wrong(typed.told("verify", "--invoke", code=4))
    assert (found["path"], found["said"]) == ("sale", "it failed: LookupError: no such sale")
    assert "/aws/lambda/till" in found["next_step"]
    typed.cloud.functions.register(
        "till", lambda event, context: {"valid": False, "event": str(event), "by": str(context)}
    )
    (found,) = wrong(typed.told("verify", "--invoke", code=4))
    assert found["said"] == "valid is false, expected true"
    dynamodb = typed.cloud.client("dynamodb", ACCOUNT, REGION)
    (table,) = dynamodb.list_tables()["TableNames"]
    assert dynamodb.scan(TableName=table)["Items"] == []


def test_a_word_that_is_no_output_is_refused_with_its_line(typed: Typed) -> None:
    typed.deploy()
    with_settings(typed, TRIAL.replace("{Table}", "{Tabel}"))
    code, _, err = typed.run("verify", "--invoke")
    assert code == 1
    assert "has '{Tabel}', and the stack has no output Tabel" in err
    assert "Table" in err.replace("{Tabel}", "")


def test_json_tells_every_check(typed: Typed) -> None:
    typed.deploy()
    told = json.loads(typed.run("verify", "--format", "json").out)
    assert told["schema"] == "stackgen/verify"
    assert len(checks(told)) == 5


TWO_REGIONS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1", "eu-west-1"]
"""


def test_all_regions_are_checked_and_one_that_is_wrong_decides(typed: Typed) -> None:
    typed.deploy()
    typed.write("pyproject.toml", TWO_REGIONS)
    told = typed.told("verify", code=4)
    assert [(each["region"], each["right"]) for each in told["stacks"]] == [("us-east-1", True), ("eu-west-1", False)]
    assert told["verdict"] == "2 stacks: 6 checks, 5 right, 1 wrong"


def state(name: str, **told: str) -> dict[str, Any]:
    """What Lambda says of a function."""
    return {"FunctionName": name, "State": "Active", "LastUpdateStatus": "Successful", **told}


class Lambda:
    """Says one thing after the other of any function; the last is what it stays with."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = [*answers]

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        assert FunctionName == "till"
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def looked_at(client: object, most: float = 60) -> Checked:
    """The check of one function, on a clock of its own."""
    moments = [0.0]
    pace = Pace(lambda: moments[0], lambda seconds: moments.append(moments.pop() + seconds))
    function = Resource("shop/Till", "Till", "till", "AWS::Lambda::Function", "CREATE_COMPLETE")
    tree = Tree(StackState("shop", "arn", "CREATE_COMPLETE"), "shop", (function,))
    return checked(tree, target(), lambda _: client, pace, most)[1]


def test_a_function_that_is_being_made_is_waited_for_and_one_that_fails_is_not() -> None:
    making = state("till", State="Pending", StateReason="The function is being created.")
    updating = state("till", LastUpdateStatus="InProgress")
    assert looked_at(Lambda(making, updating, state("till"))).said == "Active, last update Successful"
    late = looked_at(Lambda(making))
    assert (late.is_right, late.said) == (
        False,
        "still Pending, last update Successful: The function is being created.",
    )
    broken = state("till", LastUpdateStatus="Failed", LastUpdateStatusReason="the image is gone")
    refused = looked_at(Lambda(broken, state("till")))
    assert (refused.is_right, refused.said) == (False, "Active, last update Failed: the image is gone")
    again = f"python -m stackgen deploy {WORDS} -p TemplatesBucketName={BUCKET}"
    assert refused.remedy == f"mend what the reason says, then {again}"
