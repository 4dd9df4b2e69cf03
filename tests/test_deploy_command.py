"""``python -m stackgen deploy`` against a served stand-in for AWS: its questions, what it says, its exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from tests.deploy.deployed import ACCOUNT, BUCKET, NAME, NOTE, SECRET, templates
from tests.support import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tests.support import Sandbox

SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1"]
"""


def written(sandbox: Sandbox, **changed: dict[str, Any]) -> None:
    for name, each in templates(**changed).templates.items():
        sandbox.write({f"build/{name}.json": each.text})


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[tuple[Sandbox, Cloud]]:
    """A project with the shop, whose AWS is a stand-in that this process serves."""
    written(sandbox)
    sandbox.write({"pyproject.toml": SETTINGS, "stacks/.keep": ""})
    with Cloud() as cloud:
        sandbox.always |= {
            **credentials(cloud.url, ACCOUNT, sandbox.root),
            "STACKGEN_PARAM_Password": SECRET,
        }
        yield sandbox, cloud


DEPLOY = ("deploy", "-p", f"TemplatesBucketName={BUCKET}")


@pytest.mark.requirement("PP-02", "PP-26", "PP-34")
def test_one_command_deploys_tells_its_progress_and_the_outputs(served: tuple[Sandbox, Cloud]) -> None:
    """A deployment needs a second command, or its events or outputs are not told, or a second one does something."""
    sandbox, _ = served
    ran = sandbox.run(*DEPLOY, "--yes")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[:2] == [
        "1 stack deployed, 0 failed, 0 not begun",
        f"{NAME} in {ACCOUNT}/us-east-1: deployed (3 created)",
    ]
    assert lines[2].startswith("  Table = shop-dev-Data-")
    assert f"CREATE_COMPLETE              {NAME}/Data/Tables/Table" in ran.err
    again = sandbox.run(*DEPLOY, "--yes", "--format", "json")
    assert again.code == 0, again.err
    (told,) = json.loads(again.out)["stacks"]
    assert (told["outcome"], told["exit_code"]) == ("nothing to do", 0)
    assert SECRET not in ran.out + ran.err + again.out + again.err


@pytest.mark.requirement("PP-24")
def test_nobody_to_ask_leaves_everything_untouched(served: tuple[Sandbox, Cloud]) -> None:
    """Something is deployed that nobody said yes to."""
    sandbox, cloud = served
    ran = sandbox.run(*DEPLOY)
    assert (ran.code, ran.out) == (3, "")
    assert f"nobody to ask: create {NAME} in {ACCOUNT}/us-east-1: 3 created?" in ran.err
    found = cloud.client("cloudformation").describe_stacks()["Stacks"]
    assert found == []


@pytest.mark.requirement("PP-27")
def test_what_costs_data_is_refused_until_it_is_allowed_by_name(served: tuple[Sandbox, Cloud]) -> None:
    """A table is replaced although nobody allowed it."""
    sandbox, _ = served
    assert sandbox.run(*DEPLOY, "--yes").code == 0
    ran = sandbox.run(*DEPLOY, "-p", "Key=name", "--yes")
    assert (ran.code, ran.out) == (4, "")
    assert "1 change may cost data" in ran.err
    assert "--allow replace:Data/Tables/Table allows it" in ran.err
    ran = sandbox.run(*DEPLOY, "-p", "Key=name", "--yes", "--allow", "replace:Data/Tables/Table")
    assert ran.code == 0, ran.err
    assert "1 replaced" in ran.out


@pytest.mark.requirement("PP-25")
def test_a_failure_is_told_with_its_cause_and_what_to_do(served: tuple[Sandbox, Cloud]) -> None:
    """A failed deployment exits with 0, or does not say why and what then."""
    sandbox, cloud = served
    assert sandbox.run(*DEPLOY, "--yes").code == 0
    written(sandbox, root={"Note": {**NOTE, "Properties": {"Type": "String", "Value": "x"}}})
    cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    ran = sandbox.run(*DEPLOY, "--yes")
    assert ran.code == 5
    assert ran.out.startswith("0 stacks deployed, 1 failed, 0 not begun\n")
    assert ran.out.splitlines()[2].startswith(f"  cause: {NAME}/Note (AWS::SSM::Parameter): ")
    assert "planted" in ran.out
    assert "  next: everything is as it was before: python -m stackgen deploy shop-stack -e dev" in ran.out


@pytest.mark.requirement("PP-14", "PP-D37")
def test_a_template_that_is_broken_stops_before_anything_is_done(served: tuple[Sandbox, Cloud]) -> None:
    """Something is uploaded although a template cannot be read."""
    sandbox, cloud = served
    sandbox.write({"build/shop/data.json": "{"})
    cloud.gateway.notes.clear()
    ran = sandbox.run(*DEPLOY, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "data.json" in ran.err
    assert [each for each in cloud.gateway.notes if each.account] == []
