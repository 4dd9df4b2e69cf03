"""Rows, variants, and how the rows of several sources become one time."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.evaluation.symbols import Live
from stackgen.review.timing.rows import COLUMNS, Row, rows_of, shipped_rows, text_of
from stackgen.review.timing.table import DEFAULTS, Table
from stackgen.review.timing.variants import VARIANTS, names_for

HEAD = ",".join(COLUMNS)


def row(basis: str, typical: float, source: str = "s", samples: int = 1, unblock: float | None = None) -> Row:
    return Row("T", "", "create", typical - 1, typical, typical + 1, unblock, basis, source, samples=samples)


def test_every_shipped_row_names_its_source_and_its_date() -> None:
    assert all(each.source and each.date for each in shipped_rows())


def test_a_log_without_a_named_repository_has_its_stack_and_says_so() -> None:
    found = [each for each in shipped_rows() if "log in a public repository" in each.source]
    assert found
    assert all("stack id " in each.source and "its repository is not named" in each.note for each in found)


def test_what_the_rule_and_the_log_group_unblock_is_told_with_its_events() -> None:
    """Both are ready later than the table from which the rows come says."""
    rows = {each.type: each for each in shipped_rows() if "unblock was given as" in each.note}
    assert {kind: (each.unblock, "8:00:26" in each.note) for kind, each in rows.items()} == {
        "AWS::Events::Rule": (62, True),
        "AWS::Logs::LogGroup": (9, True),
    }


def test_every_variant_that_a_predicate_chooses_stands_in_the_table() -> None:
    known = {(each.type, each.variant) for each in shipped_rows()}
    for kind, variants in VARIANTS.items():
        for variant in variants:
            assert any((kind, name) in known for name in variant.names), (kind, variant.names)


def test_every_variant_of_the_table_can_be_chosen() -> None:
    chosen = {(kind, name) for kind, variants in VARIANTS.items() for each in variants for name in each.names}
    left = {(each.type, each.variant) for each in shipped_rows() if each.variant} - chosen
    assert left == {("AWS::DynamoDB::Table", "add or remove one GSI")}  # properties do not tell what changes


@pytest.mark.parametrize(
    ("kind", "properties", "first"),
    [
        ("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": ["a"]}}, "VPC (new ENIs)"),
        ("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": Live("import", "Subnets")}}, "VPC (new ENIs)"),
        ("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": []}}, "no VPC"),
        ("AWS::Lambda::Function", {"Code": {"ImageUri": "x"}}, "container image, no VPC"),
        ("AWS::Lambda::Function", {"PackageType": "Image"}, "container image, no VPC"),
        ("AWS::Lambda::Function", {}, "no VPC"),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Interface"}, "Interface"),
        ("AWS::EC2::VPCEndpoint", {}, "Gateway"),
        ("AWS::RDS::DBCluster", {"SnapshotIdentifier": "x"}, "from snapshot"),
        ("AWS::RDS::DBCluster", {}, "aurora (empty)"),
        ("AWS::RDS::DBInstance", {"DBClusterIdentifier": "x"}, "aurora writer (db.serverless)"),
        ("AWS::RDS::DBInstance", {"Engine": "aurora-mysql"}, "aurora writer (db.serverless)"),
        ("AWS::RDS::DBInstance", {"Engine": "mysql"}, "non-Aurora single-AZ"),
        ("AWS::SNS::Topic", {}, ""),
    ],
)
def test_the_properties_choose_the_variant(kind: str, properties: dict[str, Any], first: str) -> None:
    assert names_for(kind, properties)[0] == first


def test_the_best_basis_gives_the_typical_time_and_the_range_spans_all() -> None:
    rows = [row("estimate", 90, "guess"), row("measured", 10, "one"), row("measured", 20, "two", unblock=5)]
    times = Table(rows).times("T", "create")
    assert (times.low, times.typical, times.high, times.basis) == (9, 15, 91, "measured")
    assert times.sources == ("one", "two")
    assert times.ready == 7.5  # the median of 10, which nothing unblocked, and 5


def test_enough_samples_of_ones_own_replace_the_rest() -> None:
    few, enough = row("learned", 50, samples=2), row("learned", 50, samples=3)
    others = [row("measured", 10)]
    assert Table([*others, few]).times("T", "create").durations == (9, 50, 51)
    assert Table([*others, enough]).times("T", "create").durations == (49, 50, 51)


@pytest.mark.parametrize("operation", DEFAULTS)
def test_a_type_without_a_row_takes_a_default_that_says_so(operation: str) -> None:
    times = Table([]).times("Any::Type::Else", operation)
    assert times.basis == "default"
    assert times.durations == DEFAULTS[operation]


def test_custom_resources_share_a_row() -> None:
    assert Table.shipped().times("Custom::Anything", "create").variant == "Lambda backed"


def test_a_source_can_be_left_out() -> None:
    rows = Table([row("measured", 10, "log of one"), row("measured", 20, "log of two")])
    assert rows.without("two").times("T", "create").typical == 10


def test_rows_are_written_as_they_are_read() -> None:
    rows = [*shipped_rows(), row("learned", 1.5, 'a, "b"\nc', samples=7)]
    assert rows_of(text_of(rows), "x.csv") == rows


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("T,,create,1,2,3,2,measured,s,d", "has more or fewer cells"),
        ("T,,creation,1,2,3,2,measured,s,d,", "'creation' is no operation\n  did you mean create?"),
        ("T,,create,1,2,3,2,mesured,s,d,", "'mesured' is no basis\n  did you mean measured?"),
        ("T,,create,x,2,3,2,measured,s,d,", "low_s: a number of seconds was expected, not 'x'"),
        ("T,,create,nan,2,3,2,measured,s,d,", "low_s: a number of seconds"),
        ("T,,create,5,2,3,2,measured,s,d,", "low <= typical <= high was expected"),
        ("T,,create,1,2,3,2,measured,,d,", "a source was expected"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(line: str, expected: str) -> None:
    with pytest.raises(OutputFileError) as raised:
        rows_of(f"{HEAD}\nT,,create,1,2,3,2,measured,s,d,\n{line}\n", "/times.csv")
    assert str(raised.value).startswith("/times.csv:3: ")
    assert expected in str(raised.value)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{}"])
def test_a_file_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(OutputFileError, match="is no table of times"):
        rows_of(text, "times.csv")


def test_unblocking_keeps_its_share_in_the_range() -> None:
    times = Table([Row("T", "", "create", 10, 100, 200, 20, "measured", "s")]).times("T", "create")
    assert times.readies == (2, 20, 40)
