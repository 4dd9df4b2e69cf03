"""SAM's own types: what CloudFormation makes of them, and what is known of them."""

from __future__ import annotations

import pytest

from stackgen.review.schemas import Schemas, installed
from stackgen.review.schemas.sam_types import GENERATED, generated_type
from stackgen.review.schemas.stateful import loses


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("AWS::Serverless::Function", "AWS::Lambda::Function"),
        ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
        ("AWS::Serverless::Application", "AWS::CloudFormation::Stack"),
        ("AWS::Serverless::Connector", "AWS::Serverless::Connector"),
        ("AWS::Lambda::Function", "AWS::Lambda::Function"),
        ("Custom::Thing", "Custom::Thing"),
    ],
)
def test_the_type_that_cloudformation_sees(type_: str, expected: str) -> None:
    assert generated_type(type_) == expected


def test_every_type_that_is_made_has_a_schema() -> None:
    schemas = Schemas()
    assert [type_ for pair in GENERATED.items() for type_ in pair if schemas.get(type_) is None] == []


@pytest.mark.parametrize("region", [None, "us-east-1", "ca-west-1"])
@pytest.mark.parametrize("type_", ["AWS::Serverless::Function", "AWS::Serverless::SimpleTable", "AWS::Serverless::No"])
def test_no_region_lists_the_types_of_the_transform(type_: str, region: str | None) -> None:
    assert Schemas().available(type_, region) is None


def test_a_simple_table_holds_items() -> None:
    assert loses("AWS::Serverless::SimpleTable", installed()) == "its items"
    assert loses("AWS::Serverless::Function", installed()) is None
