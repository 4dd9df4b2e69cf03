"""Outputs that a hidden parameter goes into, and reasons that repeat one: no command shows what is in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.hiding import Hiding
from stackgen.local.faults import Fail

from .deployed import SECRET, target, templates
from .test_deploy_faults import failed

if TYPE_CHECKING:
    from .typed import Typed

NEWER = "battery-staple-correct"
DSN = {"Fn::Sub": "db://u:${Password}@h"}


@pytest.fixture
def shop(typed: Typed) -> Typed:
    """The shop, which gives its password out."""
    content = json.loads(templates().templates["shop/shop-stack"].text)
    content["Outputs"]["Address"] = {"Value": DSN}
    typed.write("build/shop/shop-stack.json", json.dumps(content, indent=2))
    return typed


def told(typed: Typed, *words: str, code: int = 0) -> dict[str, str]:
    """The outputs of a command's only stack; what it says has no secret in it."""
    (stack,) = typed.told(*words, code=code)["stacks"]
    outputs: dict[str, str] = stack["outputs"]
    return outputs


def test_what_was_deployed_shows_no_secret(shop: Typed) -> None:
    """An address with the password in it is printed at the end of a deployment, where ``outputs`` hides it."""
    first = told(shop, "deploy", "--yes")
    assert set(first) == {"Address", "Table"}
    assert first["Address"] == "****"
    assert told(shop, "deploy", "--yes") == first
    assert told(shop, "outputs") == first
    assert "  Address = ****" in shop.run("deploy", "--yes", "-p", "Delay=7").out


def test_a_secret_that_is_deployed_no_longer_known_here_is_hidden_too(
    shop: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is changed, the update fails, and the old one is shown: nobody gave it to this run."""
    told(shop, "deploy", "--yes")
    monkeypatch.setenv("STACKGEN_PARAM_Password", NEWER)
    shop.cloud.faults.add("update:AWS::SQS::Queue", Fail("InternalFailure", f"bad: {NEWER}"))
    (stack,) = shop.told("deploy", "--yes", "-p", "Delay=8", code=5)["stacks"]
    assert stack["outputs"]["Address"] == "****"
    assert "bad: ****" in stack["cause"]["reason"]
    assert NEWER not in json.dumps(stack)


def test_a_saved_plan_that_is_carried_out_shows_none(shop: Typed) -> None:
    told(shop, "deploy", "--yes")
    assert shop.run("plan", "--save", "plan.json", "-p", "Delay=8").code == 0
    assert told(shop, "apply", "plan.json", "--yes")["Address"] == "****"


def test_what_was_taken_back_shows_none(shop: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollback prints the outputs as AWS tells them."""
    told(shop, "deploy", "--yes")
    monkeypatch.setenv("STACKGEN_PARAM_Password", NEWER)
    shop.cloud.faults.add("update:AWS::SQS::Queue", Fail("InternalFailure", "planted"))
    assert shop.run("deploy", "--yes", "--no-rollback", "-p", "Delay=8").code == 6
    (stack,) = shop.told("rollback", "--yes")["stacks"]
    assert stack["status"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stack["outputs"]["Address"] == "****"


@pytest.mark.parametrize("words", [("deploy", "--yes"), ("plan",)])
def test_why_aws_makes_no_change_set_repeats_no_secret(shop: Typed, words: tuple[str, ...]) -> None:
    """AWS repeats a parameter's value in the reason of a change set that failed."""
    told(shop, "deploy", "--yes")
    shop.cloud.gateway.observers.append(
        lambda call, _: failed(call, f"bad: {SECRET}", shop) if call.operation == "CreateChangeSet" else None
    )
    ran = shop.run(*words, "-p", "Delay=7")
    assert ran.code == 1
    assert "bad: ****" in ran.err


def test_an_output_is_hidden_by_its_template_or_by_its_value() -> None:
    content = json.loads(templates().templates["shop/shop-stack"].text)
    build = templates()
    build.templates["shop/shop-stack"].content["Outputs"] = {**content["Outputs"], "Address": {"Value": DSN}}
    hiding = Hiding(target(), build)
    assert hiding.outputs({"Table": f"t-{SECRET}", "Address": "db://u:old@h"}) == {"Address": "****", "Table": "t-****"}
