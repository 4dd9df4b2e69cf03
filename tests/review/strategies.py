"""Templates and builds for properties: intrinsics, conditions, lists of every kind, nested stacks.

They are valid enough to be read, compared and evaluated; no linter would pass them all.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from stackgen.review.model import Build, Template

NAMES = ("Queue", "Topic", "Table", "Role", "Function", "Alarm", "Bucket")
PARAMETERS = ("EnvironmentSuffix", "Size", "SubnetIds", "Note")
CONDITIONS = ("IsProd", "HasAlarm")
TYPES = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::DynamoDB::Table", "AWS::IAM::Role", "Custom::Thing")
PROPERTIES = ("Name", "Size", "Enabled", "Tags", "Policies", "Items", "Subnets", "Definition", "Nested", "Text")
FILES = ("tap/main", "tap/network", "tap/compute")

TEXTS = st.sampled_from(["", "a", "b", "true", "1", "a-${X}", "x.y", "first\nsecond\n", "*", "s3:GetObject"])
NUMBERS = st.one_of(st.integers(0, 3), st.just(1.5))
SCALARS: st.SearchStrategy[Any] = st.one_of(TEXTS, NUMBERS, st.booleans())
NAMED = st.sampled_from([*NAMES, *PARAMETERS, "AWS::Region", "AWS::StackName"])


def _references() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda name: {"Ref": name}, NAMED),
        st.builds(lambda name: {"Fn::GetAtt": [name, "Arn"]}, st.sampled_from(NAMES)),
        st.builds(lambda name: {"Fn::GetAtt": f"{name}.Arn"}, st.sampled_from(NAMES)),
        st.builds(lambda name, text: {"Fn::Sub": f"{text}-${{{name}}}"}, NAMED, st.sampled_from(["a", "${!b}"])),
        st.builds(lambda name: {"Fn::Sub": ["${A}-x", {"A": {"Ref": name}}]}, NAMED),
        st.just({"Ref": "AWS::NoValue"}),
        st.just({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]}),
    )


REFERENCES = _references()
JOINS = st.builds(
    lambda delimiter, parts: {"Fn::Join": [delimiter, parts]},
    st.sampled_from(["", "-"]),
    st.lists(st.one_of(TEXTS, REFERENCES), max_size=3),
)
TAGS = st.builds(
    lambda tags: [{"Key": key, "Value": value} for key, value in tags],
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.one_of(SCALARS, REFERENCES)), max_size=4, unique_by=lambda tag: tag[0]
    ),
)
ONE_OR_MORE = st.one_of(TEXTS, st.lists(st.one_of(TEXTS, REFERENCES), min_size=1, max_size=3), REFERENCES)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": ONE_OR_MORE, "Resource": ONE_OR_MORE},
    optional={
        "Sid": st.sampled_from(["One", "Two"]),
        "Principal": st.one_of(st.just("*"), st.builds(lambda each: {"AWS": each}, ONE_OR_MORE)),
        "Condition": st.builds(lambda each: {"StringEquals": {"aws:x": each}}, ONE_OR_MORE),
    },
)
POLICIES = st.lists(
    st.fixed_dictionaries(
        {
            "PolicyName": st.one_of(st.sampled_from(["p", "q", "r"]), REFERENCES),
            "PolicyDocument": st.fixed_dictionaries(
                {"Statement": st.one_of(STATEMENTS, st.lists(STATEMENTS, max_size=3))}
            ),
        }
    ),
    max_size=3,
)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(PROPERTIES)
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys, inner, max_size=3),
        st.builds(
            lambda name, then, otherwise: {"Fn::If": [name, then, otherwise]},
            st.sampled_from(CONDITIONS),
            inner,
            inner,
        ),
    )


VALUES: st.SearchStrategy[Any] = st.recursive(st.one_of(SCALARS, REFERENCES, JOINS), _grown, max_leaves=8)
BY_PROPERTY = {"Tags": TAGS, "Policies": POLICIES, "Subnets": st.lists(st.one_of(TEXTS, REFERENCES), max_size=4)}


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    """One resource with properties and attributes of many shapes."""
    found: dict[str, Any] = {"Type": draw(st.sampled_from(TYPES))}
    names: list[str] = draw(st.lists(st.sampled_from(PROPERTIES), max_size=4, unique=True))
    wants_properties: bool = draw(st.booleans())
    if names or wants_properties:
        found["Properties"] = {name: draw(BY_PROPERTY.get(name, VALUES)) for name in names}
    attributes: dict[str, st.SearchStrategy[Any]] = {
        "DependsOn": st.one_of(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3, unique=True)),
        "Condition": st.sampled_from(CONDITIONS),
        "DeletionPolicy": st.sampled_from(["Delete", "Retain", "Snapshot"]),
        "Metadata": st.dictionaries(st.sampled_from("mn"), SCALARS, max_size=2),
    }
    for name in draw(st.lists(st.sampled_from(sorted(attributes)), max_size=2, unique=True)):
        found[name] = draw(attributes[name])
    return found


@st.composite
def nested_stacks(draw: st.DrawFn) -> dict[str, Any]:
    """A nested stack, or a StackSet, of one of the templates of a build."""
    digest = draw(st.sampled_from(["0123456789abcdef", "fedcba9876543210"]))
    url = {"Fn::Sub": f"https://${{Bucket}}.s3.${{AWS::URLSuffix}}/{draw(st.sampled_from(FILES[1:]))}/{digest}.json"}
    given = draw(st.dictionaries(st.sampled_from(PARAMETERS), st.one_of(TEXTS, REFERENCES), max_size=2))
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": given}}


def parameters() -> st.SearchStrategy[dict[str, Any]]:
    """A declaration of a parameter, without NoEcho."""
    return st.fixed_dictionaries(
        {"Type": st.sampled_from(["String", "Number", "CommaDelimitedList"])},
        optional={"Default": SCALARS, "MinLength": st.integers(0, 3), "AllowedValues": st.lists(TEXTS, max_size=3)},
    )


@st.composite
def templates(draw: st.DrawFn, *, nests: bool = False) -> dict[str, Any]:
    """The content of one template; ``nests`` allows nested stacks in it."""
    kinds = st.one_of(resources(), nested_stacks()) if nests else resources()
    found: dict[str, Any] = {"Resources": draw(st.dictionaries(st.sampled_from(NAMES), kinds, min_size=1, max_size=4))}
    sections: dict[str, st.SearchStrategy[Any]] = {
        "AWSTemplateFormatVersion": st.just("2010-09-09"),
        "Description": TEXTS,
        "Transform": st.one_of(st.just("AWS::LanguageExtensions"), st.just(["AWS::LanguageExtensions"])),
        "Metadata": st.dictionaries(st.sampled_from("mn"), VALUES, max_size=2),
        "Parameters": st.dictionaries(st.sampled_from(PARAMETERS), parameters(), max_size=3),
        "Mappings": st.just({"Sizes": {"us-east-1": {"Small": "1"}, "eu-west-1": {"Small": 2}}}),
        "Conditions": st.dictionaries(
            st.sampled_from(CONDITIONS),
            st.one_of(
                st.builds(lambda value: {"Fn::Equals": [{"Ref": "EnvironmentSuffix"}, value]}, TEXTS),
                st.just({"Fn::Not": [{"Condition": "IsProd"}]}),
            ),
            max_size=2,
        ),
        "Outputs": st.dictionaries(
            st.sampled_from(["Url", "Arn"]),
            st.fixed_dictionaries({"Value": st.one_of(TEXTS, REFERENCES, JOINS)}, optional={"Description": TEXTS}),
            max_size=2,
        ),
    }
    for name in draw(st.lists(st.sampled_from(sorted(sections)), max_size=4, unique=True)):
        found[name] = draw(sections[name])
    return found


def build_of(contents: dict[str, dict[str, Any]], label: str = "build") -> Build:
    """A build of these templates, with their texts."""
    return Build(
        label,
        {
            name: Template(name, f"{name}.json", copy.deepcopy(content), json.dumps(content, indent=2))
            for name, content in contents.items()
        },
    )


@st.composite
def builds(draw: st.DrawFn) -> Build:
    """One to three templates, of which the first may nest the others."""
    names = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True))
    return build_of({name: draw(templates(nests=name == FILES[0])) for name in names})


@st.composite
def pairs_of_builds(draw: st.DrawFn) -> tuple[Build, Build]:
    """Two builds that share some of their templates, and some of their resources under other names."""
    before, after = draw(builds()), draw(builds())
    contents = {name: copy.deepcopy(template.content) for name, template in after.templates.items()}
    for name, template in before.templates.items():
        choice = draw(st.sampled_from(["keep", "rename", "mix", "leave"]))
        if choice == "leave":
            continue
        content = copy.deepcopy(template.content)
        if choice == "rename":
            first = min(content["Resources"])
            content["Resources"][f"{first}Renamed"] = content["Resources"].pop(first)
        if choice == "mix" and name in contents:
            content["Resources"] |= contents[name]["Resources"]
        contents[name] = content
    return before, build_of(contents, "other")


@st.composite
def respelled(draw: st.DrawFn, value: Any) -> Any:
    """The same value as JSON in another spelling: order of keys, numbers as texts, GetAtt as a text."""
    if isinstance(value, list):
        return [draw(respelled(each)) for each in value]
    if not isinstance(value, dict):
        is_plain = isinstance(value, int | float) and not isinstance(value, str) and draw(st.booleans())
        return json.dumps(value) if is_plain else value
    if list(value) == ["Fn::GetAtt"] and isinstance(value["Fn::GetAtt"], list) and draw(st.booleans()):
        return {"Fn::GetAtt": ".".join(value["Fn::GetAtt"])}
    keys = draw(st.permutations(sorted(value)))
    exact = {"Definition", "Metadata"}
    return {key: value[key] if key in exact else draw(respelled(value[key])) for key in keys}
