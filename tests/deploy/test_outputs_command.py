"""``outputs``: what stacks give out, in each form; a single value for a script; nothing that is secret."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.secret_places import secret_outputs
from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, REGION, templates
from .typed import SETTINGS

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"


def table_of(typed: Typed) -> str:
    return next(str(each["OutputValue"]) for each in typed.shop().stack()["Outputs"] if each["OutputKey"] == "Table")


def test_all_outputs_are_told_with_how_many_they_are(typed: Typed) -> None:
    typed.deploy()
    code, out, _ = typed.run("outputs")
    assert (code, out) == (0, f"1 output, 0 exported: {PLACE}\n  Table  {table_of(typed)}\n")


@pytest.mark.parametrize("words", [["Table"], ["shop-stack", "Table"]])
def test_with_a_name_the_value_alone_is_printed(typed: Typed, words: list[str]) -> None:
    typed.deploy()
    assert typed.run("outputs", *words) == (0, f"{table_of(typed)}\n", "")


def test_a_name_that_is_not_there_is_refused_with_the_likely_one(typed: Typed) -> None:
    typed.deploy()
    code, out, err = typed.run("outputs", "shop-stack", "Tabel")
    assert (code, out) == (2, "")
    assert "did you mean Table?" in err
    code, _, err = typed.run("outputs", "shop-stak")
    assert code == 2
    assert "no stack 'shop-stak'" in err
    assert typed.run("outputs", "shop-stack", "Table", "more")[0] == 2


def test_programs_get_names_and_values(typed: Typed) -> None:
    typed.deploy()
    content = typed.told("outputs")
    assert (content["schema"], content["version"]) == ("stackgen/outputs", 1)
    (told,) = content["stacks"]
    assert told["outputs"] == {"Table": table_of(typed)}
    assert (told["stack"], told["status"], told["exports"]) == (NAME, "CREATE_COMPLETE", {})


def test_a_shell_reads_what_is_printed_for_it(typed: Typed) -> None:
    typed.deploy()
    _, out, _ = typed.run("outputs", "--format", "env")
    read = subprocess.run(["sh", "-c", f'{out}printf %s "$Table"'], capture_output=True, text=True, check=True)
    assert read.stdout == table_of(typed)


def test_a_name_of_an_output_that_is_misspelt_is_told_also_without_a_stack(typed: Typed) -> None:
    typed.deploy()
    ran = typed.run("outputs", "Tabel")
    assert (ran.code, ran.err) == (2, "error: no stack and no output 'Tabel'\n  did you mean Table?\n")


def test_a_shell_is_given_no_name_twice(typed: Typed) -> None:
    """It took the last value, silently that of another region."""
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', '["us-east-1", "us-west-2"]'))
    assert typed.run("deploy", "--yes", "-p", "TemplatesBucketName=", "--every", "0.1").code == 0
    ran = typed.run("outputs", "--format", "env")
    assert (ran.code, ran.out) == (2, "")
    places = f"{NAME} in {ACCOUNT}/us-east-1 and {NAME} in {ACCOUNT}/us-west-2"
    assert ran.err.startswith(f"error: --format env: Table is given out by {places}\n  -r REGION")
    assert typed.run("outputs", "--format", "env", "-r", "us-west-2").code == 0


def test_the_outputs_of_a_deleted_stack_are_told_as_such(typed: Typed) -> None:
    shop = typed.deploy()
    arn = shop.stack()["StackId"]
    shop.client("cloudformation").delete_stack(StackName=NAME)
    typed.cloud.clock.settle()
    ran = typed.run("outputs", arn)
    assert ran.out.splitlines()[0].endswith("; 1 stack deleted, and nothing of it is there")
    assert " is deleted: DELETE_COMPLETE\n" in typed.run("diagnose", arn).out


def with_outputs(typed: Typed, **outputs: Any) -> None:
    """Deploy the shop with further outputs of its root."""
    shop = typed.shop()
    root = shop.build.templates["shop/shop-stack"]
    content = {**root.content, "Outputs": {**root.content["Outputs"], **outputs}}
    text = json.dumps(content, indent=2)
    shop.build.templates["shop/shop-stack"] = type(root)(root.name, root.path, content, text)
    typed.write("build/shop/shop-stack.json", text)
    shop.deploy()


def test_exports_are_shown_and_secrets_hidden(typed: Typed) -> None:
    with_outputs(
        typed,
        Shared={"Value": "a b", "Export": {"Name": "shop-Shared"}},
        Login={"Value": {"Fn::Sub": "user:${Password}"}},
    )
    code, out, err = typed.run("outputs")
    assert code == 0
    assert out.splitlines()[0] == f"3 outputs, 1 exported: {PLACE}"
    assert "  Shared  a b" in out
    assert "exported as shop-Shared" in out
    assert "  Login   ****\n" in out
    assert "hidden, for a secret is in it: Login" in err
    assert "Shared='a b'\n" in typed.run("outputs", "--format", "env")[1]
    assert typed.told("outputs")["stacks"][0]["exports"] == {"Shared": "shop-Shared"}


def test_what_a_nested_stack_tells_of_a_secret_is_hidden_too() -> None:
    build = templates()
    child = build.templates["shop/tables"]
    child.content["Parameters"]["Word"] = {"Type": "String", "NoEcho": True}
    child.content["Outputs"]["Told"] = {"Value": {"Fn::Join": ["", ["x", {"Ref": "Word"}]]}}
    parent = build.templates["shop/data"]
    parent.content["Outputs"]["Up"] = {"Value": {"Fn::GetAtt": ["Tables", "Outputs.Told"]}}
    parent.content["Outputs"]["Other"] = {"Value": {"Fn::Sub": "${Tables.Outputs.Table}"}}
    parent.content["Outputs"]["ApiToken"] = {"Value": "x"}
    assert secret_outputs(build, "shop/tables") == {"Told"}
    assert secret_outputs(build, "shop/data") == {"Up", "ApiToken"}
    assert secret_outputs(build, "shop/nothing") == frozenset()


def test_a_stack_that_is_not_there_is_an_error_with_the_next_step(typed: Typed) -> None:
    code, out, err = typed.run("outputs")
    assert (code, out) == (1, "")
    assert f"{PLACE} does not exist" in err
    assert "python -m stackgen deploy shop-stack -e dev" in err


def test_what_aws_refuses_is_told(typed: Typed) -> None:
    typed.deploy()
    typed.cloud.faults.add("cloudformation:DescribeStacks", Fail("AccessDenied", "no", 403), times=None)
    code, out, err = typed.run("outputs")
    assert (code, out) == (1, "")
    assert "may not cloudformation:DescribeStacks" in err
