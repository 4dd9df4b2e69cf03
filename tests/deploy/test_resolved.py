"""Values that are read in Parameter Store: a saved plan stands for what its change set has read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.resolved import Resolved, look
from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, changing

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/us-east-1"


def reading(typed: Typed, name: str = "Delay", **more: Any) -> Deployed:
    """The shop whose delay is read in Parameter Store, deployed; another value is planned."""
    path = typed.root / "build/shop/shop-stack.json"
    content = json.loads(path.read_text("utf-8"))
    content["Parameters"][name] = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/delay", **more}
    path.write_text(json.dumps(content, indent=2), "utf-8")
    shop = typed.shop()
    put(shop, "3")
    assert typed.run("deploy", "--yes").code == 0
    put(shop, "7")
    ran = typed.run("plan", "--save", "plan.json", *([] if name == "Delay" else ["-p", "Delay=8"]))
    assert ran.code == 0, ran.err
    assert "kept in plan.json: 1 plan" in ran.out
    typed.cloud.gateway.notes.clear()
    return shop


def put(shop: Deployed, value: str) -> None:
    shop.client("ssm").put_parameter(Name="/shop/delay", Value=value, Type="String", Overwrite=True)


def digest(typed: Typed) -> str:
    content = json.loads((typed.root / "plan.json").read_text("utf-8"))
    return str(content["plans"][0]["digests"]["resolved"])


@pytest.mark.requirement("PP-33")
def test_a_plan_is_refused_where_parameter_store_has_another_value_by_now(typed: Typed) -> None:
    """Somebody agrees to one value, and another one is deployed, or an old one."""
    shop = reading(typed)
    put(shop, "9")
    typed.cloud.gateway.notes.clear()
    ran = typed.run("apply", "plan.json", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"the plan of {PLACE} is not carried out: values in Parameter Store are others: " in ran.err
    assert "Delay (/shop/delay): 7 -> 9" in ran.err
    assert changing(shop.calls()) == []
    put(shop, "7")
    assert typed.run("apply", "plan.json", "--yes").code == 0


def test_a_plan_whose_values_are_still_there_is_carried_out(typed: Typed) -> None:
    shop = reading(typed)
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 0, ran.err
    told = {each["ParameterKey"]: each for each in shop.stack()["Parameters"]}["Delay"]
    assert (told["ParameterValue"], told["ResolvedValue"]) == ("/shop/delay", "7")


def test_what_may_not_be_read_is_a_note_with_the_permission(typed: Typed) -> None:
    reading(typed)
    typed.cloud.faults.add("ssm:GetParameters", Fail("AccessDeniedException", "not you", 400))
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 0, ran.err
    assert "whether Delay would still be read as planned is not known: these credentials may not ssm:GetParameters" in (
        ran.err
    )


def test_a_value_that_nobody_sees_is_compared_and_not_told(typed: Typed) -> None:
    """A parameter that is a secret by its name."""
    shop = reading(typed, "DatabasePassword")
    put(shop, "9")
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 1
    assert "DatabasePassword (/shop/delay): a value that nobody sees" in ran.err
    assert "9" not in ran.err.partition("values in Parameter Store")[2]


def test_what_aws_does_not_tell_is_a_note(typed: Typed) -> None:
    reading(typed, "Hidden", NoEcho=True)
    ran = typed.run("apply", "plan.json", "--yes")
    assert ran.code == 0, ran.err
    assert f"{PLACE}: AWS does not tell what Hidden was read as, so nobody can compare it" in ran.err


def test_the_digest_of_a_plan_has_what_was_read(typed: Typed) -> None:
    shop = reading(typed)
    first = digest(typed)
    put(shop, "9")
    assert typed.run("deploy", "--yes", "-p", "Key=id").code == 0
    put(shop, "11")
    assert typed.run("plan", "--save", "plan.json").code == 0
    assert first != digest(typed)


class Store:
    """Parameter Store with some entries; it takes ten names at once."""

    def __init__(self, **entries: str) -> None:
        self.entries = entries

    def get_parameters(self, Names: list[str]) -> dict[str, Any]:
        assert len(Names) <= 10
        found = []
        for name in Names:
            plain, _, version = name.partition(":")
            if plain in self.entries:
                more = {"Selector": f":{version}"} if version else {}
                found.append({"Name": plain, "Value": self.entries[plain], "ARN": f"arn:{plain}", **more})
        return {"Parameters": found}


def test_many_names_versions_and_lists_are_compared() -> None:
    store = Store(**{f"n{number}": "v" for number in range(23)}, list="a, b")
    found = [Resolved(f"s/P{number}", f"P{number}", f"n{number}", "v") for number in range(23)]
    found += [Resolved("s/L", "L", "list", "a,b"), Resolved("s/V", "V", "n1:3", "v"), Resolved("s/G", "G", "gone", "x")]
    looked = look(found, (), str, lambda _: store)
    assert looked.changed == ("G (gone): x -> nothing",)
    assert looked.notes == ()
