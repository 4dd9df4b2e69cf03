"""What a schema says of a change: every way in which a change and a pointer can meet."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.evaluation.symbols import Live
from stackgen.review.schemas import ABSENT, Effect, Schemas, TypeSchema, governing, strictest
from stackgen.review.schemas.pointers import below, parsed, readable

Path = tuple[str | int, ...]

FULL = {
    "typeName": "My::Own::Type",
    "properties": {name: {} for name in ("Name", "Config", "Items", "Labels", "Size", "Arn", "Mode", "Loose", "Tags")},
    "createOnlyProperties": [
        "/properties/Name",
        "/properties/Config/Engine",
        "/properties/Items/*/Id",
        "/properties/Labels/*/Key",
        "/properties/Loose/Id",
    ],
    "conditionalCreateOnlyProperties": ["/properties/Size", "/properties/Mode/Kind"],
    "readOnlyProperties": ["/properties/Arn", "/properties/Config/State", "/properties/Name"],
    "handlers": {name: {"permissions": []} for name in ("create", "read", "update", "delete", "list")},
}


def schema(**changes: Any) -> TypeSchema:
    content = {name: value for name, value in {**FULL, **changes}.items() if value is not None}
    return TypeSchema("My::Own::Type", json.dumps(content), "own.json")


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("/properties/A", ("A",)),
        ("/properties/A/B", ("A", "B")),
        ("/properties/A/properties/B", ("A", "B")),
        ("/properties/A/*/B", ("A", "*", "B")),
        ("/properties/A/items/properties/B", ("A", "*", "B")),
        ("/properties/A/*", ("A", "*")),
        ("/properties/items", ("items",)),
        ("/properties/properties/B", ("properties", "B")),
        ("/properties/A~1B/C~0D", ("A/B", "C~D")),
    ],
)
def test_a_pointer_has_one_form(text: str, pointer: tuple[str, ...]) -> None:
    assert parsed(text) == pointer


@pytest.mark.parametrize("text", ["", "/", "A", "/A", "/properties", "/properties/", "/properties/A/", "properties/A"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no pointer to a property"):
        parsed(text)


@pytest.mark.parametrize(
    ("pointer", "path", "rest"),
    [
        (("A",), ("A",), ()),
        (("A",), ("A", "B", 0), ()),
        (("A", "B"), ("A",), ("B",)),
        (("A", "B"), (), ("A", "B")),
        (("A", "B"), ("A", "C"), None),
        (("A",), ("B",), None),
        (("A", "*", "B"), ("A", 3, "B"), ()),
        (("A", "*", "B"), ("A", "3", "B", "C"), ()),
        (("A", "*", "B"), ("A", "key", "B"), ()),
        (("A", "*", "B"), ("A", 3), ("B",)),
        (("A", "*", "B"), ("A", 3, "C"), None),
        (("A", "B"), ("A", 3, "B"), ()),
        (("A", "B"), ("A", 3), ("B",)),
        (("A", "B"), (3, "A", "B"), None),
        (("A", "0"), ("A", "0"), ()),
    ],
)
def test_where_a_path_meets_a_pointer(pointer: tuple[str, ...], path: Path, rest: tuple[str, ...] | None) -> None:
    assert below(pointer, path) == rest


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        (("Name",), "replace", "Name is create-only"),
        (("Name", "First"), "replace", "Name.First, part of Name, is create-only"),
        (("Config", "Engine"), "replace", "Config.Engine is create-only"),
        (("Config", "Size"), "update", "Config.Size is updated in place"),
        (("Config", "State"), "never", "Config.State is read-only"),
        (("Config", "State", "Text"), "never", "Config.State.Text is read-only"),
        (("Config",), "conditional", "Config may hold another Config.Engine, which is create-only"),
        ((), "conditional", "Properties may hold another Name, which is create-only"),
        (("Items", 0, "Id"), "replace", "Items.0.Id is create-only"),
        (("Items", "0", "Id"), "replace", "Items.0.Id is create-only"),
        (("Items", 0, "Size"), "update", "Items.0.Size is updated in place"),
        (("Items", 1), "conditional", "Items.1 may hold another Items.*.Id, which is create-only"),
        (("Labels", "blue", "Key"), "replace", "Labels.blue.Key is create-only"),
        (("Loose", 0, "Id"), "replace", "Loose.0.Id, part of Loose.Id, is create-only"),
        (("Size",), "conditional", "Size is create-only under some conditions"),
        (("Mode",), "conditional", "Mode may hold another Mode.Kind, which is create-only under some conditions"),
        (("Arn",), "never", "Arn is read-only"),
        (("Tags", 0, "Value"), "update", "Tags.0.Value is updated in place"),
        (("Color",), "unknown", "My::Own::Type has no property Color"),
    ],
)
def test_a_change_whose_values_nobody_gave(path: Path, kind: str, text: str) -> None:
    assert governing(schema(), path) == Effect(kind, text)


UNKNOWN = Live("import", "shared-engine")


@pytest.mark.parametrize(
    ("path", "before", "after", "kind"),
    [
        # an object, and a property in it
        (("Config",), {"Engine": 1}, {"Engine": 2}, "replace"),
        (("Config",), {"Engine": 1, "Size": 1}, {"Engine": 1, "Size": 2}, "update"),
        (("Config",), ABSENT, {"Engine": 1}, "replace"),
        (("Config",), {"Engine": 1}, ABSENT, "replace"),
        (("Config",), ABSENT, {"Size": 1}, "update"),
        (("Config",), {"Size": 1}, ABSENT, "update"),
        (("Config",), {"Engine": 1}, {}, "replace"),
        (("Config",), UNKNOWN, {"Engine": 1}, "conditional"),
        (("Config",), {"Engine": 1}, {"Engine": UNKNOWN}, "replace"),
        (("Config",), {"Ref": "Config"}, {"Engine": 1}, "conditional"),
        (("Config",), {"Fn::If": ["Big", {}, {}]}, {"Engine": 1}, "conditional"),
        (("Config",), "text", {"Engine": 1}, "conditional"),
        (("Config",), UNKNOWN, UNKNOWN, "update"),
        # a list, and a property of its items
        (("Items",), [{"Id": 1}], [{"Id": 2}], "replace"),
        (("Items",), [{"Id": 1, "Size": 1}], [{"Id": 1, "Size": 2}], "update"),
        (("Items",), [{"Id": 1}], [{"Id": 1}, {"Id": 2}], "conditional"),
        (("Items",), [{"Id": 1}], [{"Id": 1}, {"Size": 2}], "update"),
        (("Items",), ABSENT, [{"Id": 1}], "conditional"),
        (("Items",), [{"Id": 1}], ABSENT, "conditional"),
        (("Items",), ABSENT, [], "update"),
        (("Items",), UNKNOWN, [{"Id": 1}], "conditional"),
        (("Items",), [UNKNOWN], [{"Id": 1}], "conditional"),
        (("Items", 0), {"Id": 1}, {"Id": 2}, "replace"),
        (("Items", 1), ABSENT, {"Id": 2}, "replace"),
        # a map, and a property of its entries
        (("Labels",), {"a": {"Key": 1}}, {"a": {"Key": 2}}, "replace"),
        (("Labels",), {"a": {"Key": 1}}, {"a": {"Key": 1}, "b": {"Key": 1}}, "conditional"),
        (("Labels",), {"a": {"Key": 1}}, {"a": {"Key": 1, "Size": 1}}, "update"),
        # a list that the pointer does not mention
        (("Loose",), [{"Id": 1}], [{"Id": 2}], "replace"),
        (("Loose",), [{"Id": 1}], [{"Id": 1}, {"Id": 2}], "conditional"),
        # conditional properties
        (("Mode",), {"Kind": 1}, {"Kind": 2}, "conditional"),
        (("Mode",), {"Kind": 1}, {"Kind": 1, "Size": 2}, "update"),
        # at or under the pointer the values do not matter
        (("Name",), "a", "b", "replace"),
        (("Name",), ABSENT, UNKNOWN, "replace"),
        (("Size",), 1, 2, "conditional"),
    ],
)
def test_a_change_whose_values_are_known(path: Path, before: Any, after: Any, kind: str) -> None:
    assert governing(schema(), path, before, after).kind == kind


def test_without_an_update_handler_every_change_replaces() -> None:
    rigid = schema(handlers={"create": {}, "read": {}})
    assert governing(rigid, ("Tags",)) == Effect("replace", "My::Own::Type cannot be updated")
    assert governing(rigid, ("Name",)).text == "Name is create-only"
    assert governing(rigid, ("Arn",)).kind == "replace"


def test_an_old_type_of_which_the_schema_says_nothing_is_unknown() -> None:
    silent = schema(handlers=None, createOnlyProperties=None, conditionalCreateOnlyProperties=None)
    assert governing(silent, ("Tags",)).text == "the schema of My::Own::Type does not say what replaces it"
    assert governing(silent, ("Arn",)).kind == "never"


def test_an_old_type_that_names_what_replaces_updates_the_rest() -> None:
    assert governing(schema(handlers=None), ("Tags",)).kind == "update"


@pytest.mark.parametrize(
    ("type_", "path", "kind"),
    [
        ("AWS::SQS::Queue", ("QueueName",), "replace"),
        ("AWS::SQS::Queue", ("DelaySeconds",), "update"),
        ("AWS::DynamoDB::Table", ("KeySchema", 0, "AttributeName"), "conditional"),
        ("AWS::EC2::VPCEndpoint", ("DnsOptions", "PrivateDnsPreference"), "replace"),
        ("AWS::Lambda::Permission", ("Action",), "replace"),
        ("AWS::CloudFormation::WaitCondition", ("Count",), "unknown"),
        ("Custom::Seed", ("Anything",), "update"),
        ("Custom::Seed", ("ServiceToken",), "replace"),
        ("AWS::SQS::Queue", ("Arn",), "never"),
    ],
)
def test_types_of_aws(type_: str, path: Path, kind: str) -> None:
    found = Schemas().get(type_)
    assert found is not None
    assert governing(found, path).kind == kind


def test_every_property_of_every_type_has_an_effect() -> None:
    schemas = Schemas()
    for type_ in schemas.types():
        found = schemas.get(type_)
        assert found is not None
        for name in found.properties:
            assert governing(found, (name,), ABSENT, {"A": 1}).text
        for pointer in found.create_only:
            assert governing(found, pointer).kind == "replace"
        for pointer in found.conditional_create_only:
            assert governing(found, pointer).kind in ("conditional", "replace")


def test_the_strictest_of_several_answers_counts() -> None:
    effects = [Effect(kind, kind) for kind in ("update", "replace", "conditional", "replace")]
    assert strictest(effects) is effects[1]
    assert strictest([]) is None


JSON = st.recursive(
    st.integers(0, 2) | st.just(ABSENT) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Engine", "Id", "Key", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES = st.sampled_from(["Config", "Items", "Labels", "Loose", "Mode", "Tags"])


@given(PLACES, JSON, JSON)
def test_a_change_and_its_way_back_have_the_same_effect(name: str, before: Any, after: Any) -> None:
    assert governing(schema(), (name,), before, after) == governing(schema(), (name,), after, before)


@given(PLACES, JSON)
def test_what_did_not_change_replaces_nothing(name: str, value: Any) -> None:
    assert governing(schema(), (name,), value, value).kind == "update"


@given(PLACES, JSON, JSON)
def test_with_the_values_known_an_effect_is_never_stricter_unless_it_is_certain(
    name: str, before: Any, after: Any
) -> None:
    blind, seeing = governing(schema(), (name,)), governing(schema(), (name,), before, after)
    assert seeing.kind == "replace" or strictest([blind, seeing]) is blind


def test_a_place_is_shown_with_points() -> None:
    assert readable(("A", "*", 0)) == "A.*.0"
