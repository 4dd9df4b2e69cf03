"""Every intrinsic function: what is known is computed, what is not keeps a name, what is malformed breaks nothing."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import pytest

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.functions import FUNCTIONS
from stackgen.review.evaluation.symbols import ABSENT, Attribute, Choice, Live, Symbol, canonical, shown, symbols_in
from tests.review.evaluation.evaluating import faults_of, template_of, tree_of, value_of

UNKNOWN = {"Ref": "Unknown"}
QUEUE = {"Ref": "Queue"}
ARN = {"Fn::GetAtt": ["Queue", "Arn"]}
NO_VALUE = {"Ref": "AWS::NoValue"}

KNOWN: dict[str, tuple[Any, Any]] = {
    "a text": ("a", "a"),
    "a parameter": ({"Ref": "Size"}, "3"),
    "a list parameter, its blanks cut": ({"Ref": "Names"}, ["a", "b", "c"]),
    "a pseudo parameter": ({"Ref": "AWS::Region"}, "eu-west-1"),
    "Sub of a text": ({"Fn::Sub": "q-${Size}-${AWS::Region}"}, "q-3-eu-west-1"),
    "Sub with blanks in the braces": ({"Fn::Sub": "q-${ Size }"}, "q-3"),
    "Sub with variables": ({"Fn::Sub": ["${A}-${Size}", {"A": {"Ref": "Size"}}]}, "3-3"),
    "Sub whose variable hides a parameter": ({"Fn::Sub": ["${Size}", {"Size": "own"}]}, "own"),
    "Sub whose variable hides an attribute": ({"Fn::Sub": ["${Queue.Arn}", {"Queue.Arn": "own"}]}, "own"),
    "Sub of a literal": ({"Fn::Sub": "${!Size}-${Size}"}, "${Size}-3"),
    "Sub of a number and of true": ({"Fn::Sub": ["${A}${B}", {"A": 1, "B": True}]}, "1true"),
    "Sub without variables": ({"Fn::Sub": "plain"}, "plain"),
    "Join": ({"Fn::Join": ["-", ["a", {"Ref": "Size"}, 1, False]]}, "a-3-1-false"),
    "Join of a list parameter": ({"Fn::Join": ["|", {"Ref": "Names"}]}, "a|b|c"),
    "Join that leaves NoValue out": ({"Fn::Join": ["-", ["a", NO_VALUE, "b"]]}, "a-b"),
    "Join of nothing": ({"Fn::Join": ["-", []]}, ""),
    "Split": ({"Fn::Split": ["-", "a-b-"]}, ["a", "b", ""]),
    "Split of a Join": ({"Fn::Split": [".", {"Fn::Join": [".", ["a", "b"]]}]}, ["a", "b"]),
    "Select": ({"Fn::Select": [1, ["a", "b"]]}, "b"),
    "Select by a text": ({"Fn::Select": ["1", {"Ref": "Names"}]}, "b"),
    "Select of a Split": ({"Fn::Select": [0, {"Fn::Split": [",", "x,y"]}]}, "x"),
    "Select of a known item beside an unknown": ({"Fn::Select": [0, ["a", UNKNOWN]]}, "a"),
    "If that holds": ({"Fn::If": ["Yes", "a", "b"]}, "a"),
    "If that does not": ({"Fn::If": ["No", "a", "b"]}, "b"),
    "If with the same on both sides": ({"Fn::If": ["Open", {"Ref": "Size"}, 3]}, "3"),
    "FindInMap": ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]}, "1"),
    "FindInMap of a list": ({"Fn::FindInMap": ["Sizes", "eu-west-1", "All"]}, ["1", "2"]),
    "FindInMap with a default": ({"Fn::FindInMap": ["Sizes", "x", "y", {"DefaultValue": {"Ref": "Size"}}]}, "3"),
    "Base64": ({"Fn::Base64": {"Ref": "Size"}}, {"Fn::Base64": "3"}),
    "Length": ({"Fn::Length": {"Ref": "Names"}}, 3),
    "ToJsonString": ({"Fn::ToJsonString": {"a": [{"Ref": "Size"}]}}, '{"a":["3"]}'),
    "NoValue in an object": ({"a": NO_VALUE, "b": 1}, {"b": 1}),
    "NoValue in a list": (["a", NO_VALUE, {"b": NO_VALUE}], ["a", {}]),
    "an If of NoValue": ({"a": {"Fn::If": ["Yes", NO_VALUE, 1]}}, {}),
    "an object that only looks like a function": ({"Ref": "Size", "Other": 1}, {"Ref": "Size", "Other": 1}),
    "a function that only conditions know": ({"Fn::And": ["a", {"Ref": "Size"}]}, {"Fn::And": ["a", "3"]}),
    "nothing at all": (None, None),
}

UNKNOWNS: dict[str, tuple[Any, str]] = {
    "a resource": (QUEUE, "Queue"),
    "an attribute": (ARN, "Queue.Arn"),
    "an attribute as a text": ({"Fn::GetAtt": "Queue.Arn"}, "Queue.Arn"),
    "an attribute that a parameter names": ({"Fn::GetAtt": ["Queue", {"Ref": "Size"}]}, "Queue.3"),
    "an attribute that nobody knows": ({"Fn::GetAtt": ["Queue", UNKNOWN]}, "GetAtt(Queue, <parameter main.Unknown>)"),
    "a parameter that nobody gives": (UNKNOWN, "<parameter main.Unknown>"),
    "a name that is not there": ({"Ref": "Missing"}, "Ref(Missing)"),
    "the stack's name": ({"Ref": "AWS::StackName"}, "AWS::StackName"),
    "a dynamic reference": ("{{resolve:ssm:/a/b}}", "<dynamic reference {{resolve:ssm:/a/b}}>"),
    "a dynamic reference by Sub": ({"Fn::Sub": "{{resolve:ssm:/${Size}}}"}, "<dynamic reference {{resolve:ssm:/3}}>"),
    "one with an unknown inside": (
        {"Fn::Sub": "{{resolve:ssm:/${Unknown}}}"}, "<dynamic reference {{resolve:ssm:/${<parameter main.Unknown>}}}>",
    ),
    "Sub": ({"Fn::Sub": "a-${Queue}-${Queue.Arn}"}, "a-${Queue}-${Queue.Arn}"),
    "Sub of one symbol alone": ({"Fn::Sub": "${Queue.Arn}"}, "Queue.Arn"),
    "Sub of a list": ({"Fn::Sub": "${Names}"}, "text of([a, b, c])"),
    "Join": ({"Fn::Join": ["-", ["a", QUEUE]]}, "a-${Queue}"),
    "Join of an unknown list": ({"Fn::Join": ["-", UNKNOWN]}, "Join(-, <parameter main.Unknown>)"),
    "Split of an unknown text": ({"Fn::Split": ["-", UNKNOWN]}, "Split(-, <parameter main.Unknown>)"),
    "Split where an ID may hold the delimiter": (
        {"Fn::Split": ["-", {"Fn::Sub": "a-${Queue}"}]}, "Split(-, a-${Queue})",
    ),
    "Select beyond the end": ({"Fn::Select": [5, ["a"]]}, "Select(5, [a])"),
    "Select below the start": ({"Fn::Select": [-1, ["a"]]}, "Select(-1, [a])"),
    "Select of an unknown index": ({"Fn::Select": [UNKNOWN, ["a"]]}, "Select(<parameter main.Unknown>, [a])"),
    "Select of infinity": ({"Fn::Select": [1e999, ["a"]]}, "Select(inf, [a])"),
    "If": ({"Fn::If": ["Open", "a", QUEUE]}, "a or Queue"),
    "If of a condition that is not there": ({"Fn::If": ["Missing", "a", "b"]}, "a or b"),
    "If of NoValue": ({"Fn::If": ["Open", "a", NO_VALUE]}, "a or nothing"),
    "Select of an If": ({"Fn::Select": [0, {"Fn::If": ["Open", ["a"], ["b"]]}]}, "a or b"),
    "FindInMap by an unknown key": (
        {"Fn::FindInMap": ["Sizes", UNKNOWN, "Small"]}, "FindInMap(Sizes, <parameter main.Unknown>, Small)",
    ),
    "an import": ({"Fn::ImportValue": {"Fn::Sub": "net-${Size}"}}, "<import net-3>"),
    "an import by an unknown name": ({"Fn::ImportValue": {"Fn::Sub": "${Queue}-x"}}, "<import ${Queue}-x>"),
    "another stack's output": (
        {"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}},
        "<output of another stack {StackName: s, OutputName: o}>",
    ),
    "zones": ({"Fn::GetAZs": ""}, "GetAZs(eu-west-1)"),
    "zones of this region by name": ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, "GetAZs(eu-west-1)"),
    "a macro": ({"Fn::Transform": {"Name": "M", "Parameters": {"A": {"Ref": "Size"}}}},
                "<transform {Name: M, Parameters: {A: 3}}>"),
    "a loop": ({"Fn::ForEach::Topics": ["T", ["a"], {}]}, "<transform {Fn::ForEach::Topics: [T, [a], {}]}>"),
    "Length of an unknown list": ({"Fn::Length": UNKNOWN}, "Length(<parameter main.Unknown>)"),
    "ToJsonString of an unknown": ({"Fn::ToJsonString": {"a": QUEUE}}, "ToJsonString({a: Queue})"),
    "Cidr of an attribute": ({"Fn::Cidr": [ARN, 2, 8]}, "Cidr([Queue.Arn, 2, 8])"),
    "a secret": ({"Ref": "Password"}, "****"),
    "a secret in a text": ({"Fn::Sub": "x-${Password}"}, "x-${****}"),
}  # fmt: skip

SHAPES: dict[str, Any] = {
    "nothing": None, "a number": 5, "true": True, "a text": "a", "an empty list": [], "an empty object": {},
    "a list of one": ["a"], "a list of four": ["a", "b", "c", "d"], "a list of nothing": [None, None, None],
    "objects": [{}, {}, {}], "unknowns": [QUEUE, QUEUE, QUEUE], "NoValue": NO_VALUE,
    "a list of NoValue": [NO_VALUE] * 3,
    "infinity": [1e999, 1e999, 1e999], "a symbol": UNKNOWN, "an object in a list": ["a", {"b": ["c"]}],
}  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), KNOWN.values(), ids=KNOWN)
def test_what_is_known_is_computed(expression: Any, expected: Any) -> None:
    assert value_of(expression) == expected


@pytest.mark.parametrize(("expression", "expected"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_is_a_symbol_that_a_person_can_read(expression: Any, expected: str) -> None:
    value = value_of(expression)
    assert isinstance(value, Symbol)
    assert str(value) == expected


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_malformed_function_breaks_nothing(function: str, shape: Any) -> None:
    found = value_of({function: shape})
    assert canonical(found) == canonical(value_of({function: shape}))
    assert shown(found)


def test_novalue_takes_its_property_away() -> None:
    assert value_of(NO_VALUE) is ABSENT


def test_a_choice_keeps_both_values_and_what_decides() -> None:
    value = value_of({"Fn::If": ["Open", "a", "b"]})
    assert isinstance(value, Choice)
    assert (value.then, value.otherwise) == ("a", "b")
    assert str(value.condition) == "Equals(x, <parameter main.Unknown>)"


def test_the_same_text_by_sub_and_by_join_is_equal() -> None:
    by_sub = value_of({"Fn::Sub": "a-${Queue}-3"})
    assert by_sub == value_of({"Fn::Join": ["-", ["a", QUEUE, {"Ref": "Size"}]]})
    assert by_sub == value_of({"Fn::Sub": ["${Rest}-${Size}", {"Rest": {"Fn::Sub": "a-${Queue}"}}]})


def test_a_list_that_travelled_as_a_text_is_that_list() -> None:
    joined = {"Fn::Join": [",", [QUEUE, "b", ARN]]}
    assert value_of({"Fn::Split": [",", joined]}) == [
        Attribute(("main",), "Queue"),
        "b",
        Attribute(("main",), "Queue", "Arn"),
    ]


NETWORKS = [
    ("10.0.0.0/16", 6, 8),
    ("10.0.0.0/24", 4, 5),
    ("192.168.10.0/22", 3, 4),
    ("2001:db8::/56", 4, 64),
    ("10.0.0.5/16", 2, 8),
]


@pytest.mark.parametrize(("block", "count", "bits"), NETWORKS)
def test_cidr_gives_the_first_subnets(block: str, count: int, bits: int) -> None:
    network = ipaddress.ip_network(block, strict=False)
    expected = [str(each) for each in list(network.subnets(new_prefix=network.max_prefixlen - bits))[:count]]
    assert value_of({"Fn::Cidr": [block, count, bits]}) == expected
    assert value_of({"Fn::Cidr": [block, str(count), str(bits)]}) == expected


def test_cidr_without_bits_takes_eight_for_ipv4_and_64_for_ipv6() -> None:
    assert value_of({"Fn::Cidr": ["10.0.0.0/16", 2]}) == ["10.0.0.0/24", "10.0.1.0/24"]
    assert value_of({"Fn::Cidr": ["2001:db8::/56", 2]}) == ["2001:db8::/64", "2001:db8:0:1::/64"]


IMPOSSIBLE = {
    "more than the network holds": ["10.0.0.0/24", 3, 7],
    "a network that is none": ["ten", 1, 8],
    "more bits than the network has": ["10.0.0.0/24", 1, 9],
    "fewer than no bits": ["10.0.0.0/24", 1, -1],
    "a count that is none": ["10.0.0.0/24", "two", 4],
}


@pytest.mark.parametrize("arguments", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_cidr_of_what_cannot_be_is_a_symbol(arguments: list[Any]) -> None:
    assert isinstance(value_of({"Fn::Cidr": arguments}), Symbol)


def test_cidr_stops_where_cloudformation_does_however_many_are_asked_for() -> None:
    assert len(value_of({"Fn::Cidr": ["::/0", 10**12, 64]})) == 256


MISSING = {
    "a mapping": (["Missing", "eu-west-1", "Small"], "mapping Missing has no eu-west-1.Small"),
    "a first key": (["Sizes", "us-east-1", "Small"], "mapping Sizes has no us-east-1.Small"),
    "a second key": (["Sizes", {"Ref": "AWS::Region"}, "Large"], "mapping Sizes has no eu-west-1.Large"),
}


@pytest.mark.parametrize(("keys", "problem"), MISSING.values(), ids=MISSING)
def test_what_a_mapping_lacks_is_a_fault(keys: list[Any], problem: str) -> None:
    tree = tree_of(template_of([{"Fn::FindInMap": keys}, {"Fn::FindInMap": keys}]))
    assert faults_of(tree) == [f"main: {problem}"]


LACKS = {"Fn::FindInMap": ["Sizes", "us-east-1", "Small"]}
NO_FAULTS: dict[str, dict[str, Any]] = {
    "the branch that is not taken": template_of({"Fn::If": ["No", LACKS, "x"]}),
    "a branch that may not be taken": template_of({"Fn::If": ["Open", LACKS, "x"]}),
    "a resource that is not there": template_of(
        "x", Resources={"It": {"Type": "Custom::Thing", "Condition": "No", "Properties": {"A": LACKS}}}
    ),
    "a resource that may not be there": template_of(
        "x", Resources={"It": {"Type": "Custom::Thing", "Condition": "Open", "Properties": {"A": LACKS}}}
    ),
    "a mapping that a macro may extend": template_of(LACKS, Transform=["AWS::LanguageExtensions", "OurMacro"]),
    "mappings that are included": template_of(LACKS, Mappings={"Fn::Transform": {"Name": "AWS::Include"}}),
    "a mapping with an include in it": template_of(LACKS, Mappings={"Sizes": {"Fn::Transform": {"Name": "M"}}}),
}


@pytest.mark.parametrize("template", NO_FAULTS.values(), ids=NO_FAULTS)
def test_what_cloudformation_may_never_read_is_no_fault(template: dict[str, Any]) -> None:
    assert faults_of(tree_of(template)) == []


def test_a_transform_of_aws_itself_adds_no_mapping() -> None:
    assert faults_of(tree_of(template_of(LACKS, Transform="AWS::Serverless-2016-10-31"))) != []


PARTITIONS = [
    ("us-east-1", "aws", "amazonaws.com"),
    ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
    ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
    ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
]


@pytest.mark.parametrize(("region", "partition", "suffix"), PARTITIONS)
def test_partition_and_suffix_follow_from_the_region(region: str, partition: str, suffix: str) -> None:
    environment = Environment("prod", region, "111111111111", {})
    text = "${AWS::Partition} ${AWS::URLSuffix} ${AWS::Region} ${AWS::AccountId}"
    assert value_of({"Fn::Sub": text}, environment) == f"{partition} {suffix} {region} 111111111111"


@pytest.mark.parametrize("name", ["Region", "AccountId", "Partition", "URLSuffix", "StackId", "NotificationARNs"])
def test_a_pseudo_parameter_that_nobody_knows_is_a_symbol(name: str) -> None:
    value = value_of({"Ref": f"AWS::{name}"}, Environment())
    assert isinstance(value, Live)
    assert value.kind == "pseudo parameter"


def test_a_secret_is_nowhere_to_be_read() -> None:
    expressions = [
        {"Ref": "Password"},
        {"Fn::Sub": "${Password}-${Queue}"},
        {"Fn::Join": ["-", [{"Ref": "Password"}]]},
        {"Fn::If": ["Open", {"Ref": "Password"}, ""]},
        {"Fn::Transform": {"Name": "M", "Parameters": {"P": {"Ref": "Password"}}}},
        {"Fn::ImportValue": {"Ref": "Password"}},
        {"Fn::GetStackOutput": {"OutputName": {"Ref": "Password"}}},
        {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Password"}]}]},
        {"Fn::ToJsonString": {"Ref": "Password"}},
        {"Fn::FindInMap": ["Sizes", {"Ref": "Password"}, "Small"]},
    ]
    for value in (value_of(each) for each in expressions):
        found = list(symbols_in(value))
        assert found
        for _, symbol in found:
            assert "hunter2" not in f"{symbol} {symbol!r} {symbol.key}"
        assert "hunter2" not in json.dumps(value, default=str)
