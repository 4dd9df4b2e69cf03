"""Exports and imports of a whole build: each import has its one export, made before it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.lint.exchanges import Market, meets
from tests.lint.kit import built, nest

OWN = "${AWS::StackName}-VpcId"


def exporting(*names: str, **resources: Any) -> dict[str, Any]:
    exports = [{"Value": "x", "Export": {"Name": {"Fn::Sub": name}}} for name in names]
    outputs = {f"Out{number}": each for number, each in enumerate(exports)}
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, **resources}, "Outputs": outputs}


def importing(*names: object) -> dict[str, Any]:
    values = [{"Fn::ImportValue": name if isinstance(name, dict) else {"Fn::Sub": name}} for name in names]
    return {"Resources": {"User": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": values}}}}


def found(**contents: dict[str, Any]) -> list[str]:
    templates = {name: built(name, content) for name, content in contents.items()}
    return [f"{each.template}: {each.message}" for each in Market(templates).findings()]


@pytest.mark.parametrize(
    ("export", "wanted"),
    [
        (OWN, "${NetworkStackName}-VpcId"), ("net-VpcId", "net-VpcId"), ("net-${Env}", "net-${Stage}"),
        ("${A}-${B}", "x-${C}"), (OWN, {"Ref": "Wanted"}), (OWN, {"Fn::Join": ["-", [{"Ref": "Name"}, "VpcId"]]}),
    ],
)  # fmt: skip
def test_an_import_that_may_be_an_export_is_not_found(export: str, wanted: object) -> None:
    assert not found(net=exporting(export), app=importing(wanted))


@pytest.mark.parametrize("wanted", ["${NetworkStackName}-VpcIds", "vpc", "${AWS::StackName}-Other"])
def test_an_import_that_nothing_exports_is_found(wanted: str) -> None:
    assert found(net=exporting(OWN), app=importing(wanted)) == [
        f"app: User imports {wanted}, which no template of the build exports"
    ]


def test_one_name_that_two_export_is_found_but_not_where_it_has_the_stacks_name() -> None:
    assert found(a=exporting("net-${Env}"), b=exporting("net-${Env}")) == [
        "b: Out0 exports net-${Env}, which a, Out0 exports too"
    ]
    assert not found(a=exporting(OWN), b=exporting(OWN))
    assert len(found(a=exporting(OWN, OWN))) == 1


def test_what_a_template_exports_itself_it_refers_to() -> None:
    content = {**exporting("net-VpcId"), "Resources": importing("net-VpcId")["Resources"]}
    assert found(a=content) == ["a: User imports net-VpcId, which its own template exports: refer to it"]


def siblings(**app: Any) -> list[str]:
    network, service = nest("shop/net"), {**nest("shop/app"), **app}
    return found(
        **{"shop/shop": {"Resources": {"Network": network, "App": service}}, "shop/net": exporting(OWN),
           "shop/app": importing("${Name}-VpcId")}
    )  # fmt: skip


def test_a_sibling_that_imports_must_wait() -> None:
    """Both are made at the same time, and sometimes the import is first."""
    (said,) = siblings()
    assert said.endswith("App imports ${Name}-VpcId, which Network exports, and nothing makes App wait for it: "
                         "hand it over as a parameter")  # fmt: skip
    assert not siblings(DependsOn="Network")
    assert not siblings(Properties={"Parameters": {"Name": {"Fn::GetAtt": ["Network", "Outputs.Name"]}},
                                    "TemplateURL": nest("shop/app")["Properties"]["TemplateURL"]})  # fmt: skip


def test_a_sibling_that_is_waited_for_can_never_import() -> None:
    network = {**nest("shop/net"), "DependsOn": ["Between"]}
    between = {"Type": "AWS::SNS::Topic", "DependsOn": "App"}
    (said,) = found(
        **{"shop/shop": {"Resources": {"Network": network, "Between": between, "App": nest("shop/app")}},
           "shop/net": exporting(OWN), "shop/app": importing("${Name}-VpcId")}
    )  # fmt: skip
    assert "but Network waits for App" in said


def test_stacks_that_import_from_each_other_are_found_once() -> None:
    one = {**exporting("one"), "Resources": importing("two")["Resources"]}
    two = {**exporting("two"), "Resources": importing("three")["Resources"]}
    three = {**exporting("three"), "Resources": importing("one")["Resources"]}
    assert found(one=one, two=two, three=three) == [
        "one: stacks import from each other, so none can be made first: one -> two -> three -> one"
    ]


def test_what_imports_in_the_parent_itself_waits_for_the_child_that_exports() -> None:
    user = importing("net-VpcId")["Resources"]["User"]
    network = {"shop/net": exporting("net-VpcId")}
    (said,) = found(**network, shop={"Resources": {"Network": nest("shop/net"), "User": user}})
    assert said.endswith("User imports net-VpcId, which Network exports, and nothing makes User wait for it: "
                         "refer to Network.Outputs")  # fmt: skip
    waiting = {**user, "DependsOn": "Network"}
    assert not found(**network, shop={"Resources": {"Network": nest("shop/net"), "User": waiting}})
    unknown = importing("${Wanted}")["Resources"]["User"]
    assert not found(**network, shop={"Resources": {"Network": nest("shop/net"), "User": unknown}})


MAPPED = {"Fn::FindInMap": ["Names", "vpc", "export"]}


@pytest.mark.parametrize("wanted", [{"Fn::If": ["C", "net-VpcId", "b"]}, {"Ref": "Name"}, MAPPED])
def test_a_name_is_read_out_of_conditions_defaults_and_mappings(wanted: dict[str, Any]) -> None:
    more = {"Parameters": {"Name": {"Type": "String", "Default": "b"}}, "Mappings": {"Names": {"vpc": {"export": "b"}}}}
    app = {**importing(wanted), **more}
    assert found(net=exporting("net-VpcId"), app=app) == ["app: User imports b, which no template of the build exports"]


def test_what_conditions_decide_makes_no_circle_and_no_second_export() -> None:
    one = {**exporting("one"), "Resources": importing({"Fn::If": ["C", "two", "three"]})["Resources"]}
    assert not found(
        one=one, two={**exporting("two"), "Resources": importing("one")["Resources"]}, c=exporting("three")
    )
    both = {"Fn::If": ["C", "two", "two"]}
    one = {**exporting("one"), "Resources": importing(both)["Resources"]}
    assert len(found(one=one, two={**exporting("two"), "Resources": importing("one")["Resources"]})) == 1
    chosen = exporting("net", "net")
    chosen["Outputs"]["Out0"]["Condition"] = "C"
    assert not found(net=chosen)


def test_rubbish_is_no_export() -> None:
    names: list[Any] = [[1], {}, None, {"Fn::Sub": []}]
    outputs = {"A": 1, "B": {"Export": 1}, **{f"C{at}": {"Export": {"Name": each}} for at, each in enumerate(names)}}
    assert not found(a={"Resources": {"R": {"DependsOn": 7}}, "Outputs": outputs}, b=importing({"Fn::Sub": []}))


pieces = st.lists(st.sampled_from(["a", "b", "-", "${X}"]), max_size=6).map("".join)


@given(pieces, st.lists(st.sampled_from(["", "a", "b-", "ab"]), min_size=6, max_size=6))
def test_what_a_text_becomes_meets_it_whatever_is_filled_in(text: str, values: list[str]) -> None:
    filled = text
    for value in values:
        filled = filled.replace("${X}", value, 1)
    assert meets(text, filled)
    assert meets(filled, text)


@given(pieces, pieces)
def test_meeting_has_no_direction(one: str, other: str) -> None:
    assert meets(one, other) is meets(other, one)
    if "$" not in one + other:
        assert meets(one, other) is (one == other)
