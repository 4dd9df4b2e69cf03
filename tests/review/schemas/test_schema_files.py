"""Every schema that cfn-lint brings is read, without cfn-lint, and a bad file is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import pytest

from stackgen.errors import OutputFileError, UsageError
from stackgen.review.schemas import SchemaFiles, Schemas, TypeSchema, installed
from tests.support import ROOT

VERBOSE_LAYOUT = json.dumps({"typeName": "My::Own::Type", "createOnlyProperties": ["/properties/Name"]})


@pytest.fixture(scope="module")
def every_type() -> dict[str, str]:
    """The file of each type of any region."""
    found = installed()
    return {type_: file for region in [*found.regions, "sam"] for type_, file in found.types(region).items()}


@pytest.fixture
def copy(tmp_path: Path) -> SchemaFiles:
    """Two types and two regions, in files that a test may break."""
    folder = Path(installed().folder)
    types = installed().types("us-east-1")
    chosen = {name: types[name] for name in ("AWS::SQS::Queue", "AWS::S3::Bucket")}
    write(tmp_path, "schemas/providers/us-east-1.json", chosen)
    write(tmp_path, "schemas/providers/eu-west-1.json", {"AWS::SQS::Queue": types["AWS::SQS::Queue"]})
    (tmp_path / "schemas/resources").mkdir()
    for file in chosen.values():
        shutil.copy(folder / f"schemas/resources/{file}.json", tmp_path / "schemas/resources")
    write(tmp_path, "schemas/version.json", {"schema_date": "2026-01-01T00:00:00Z"})
    return SchemaFiles(str(tmp_path))


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_every_type_of_every_region_is_read(every_type: dict[str, str]) -> None:
    """How fast, scripts/bench says."""
    afresh = SchemaFiles(installed().folder)
    assert len(every_type) > 1_800
    assert {type_ for type_, file in every_type.items() if afresh.schema(type_, file).type != type_} == set()


def test_every_schema_is_parsed_as_json_reads_it(every_type: dict[str, str]) -> None:
    for type_, file in every_type.items():
        whole = json.loads(Path(installed().path("schemas", "resources", f"{file}.json")).read_bytes())
        schema = installed().schema(type_, file)
        assert {name: schema.member(name) for name in whole} == whole
        assert schema.required == tuple(whole.get("required", ()))
        assert schema.handlers == tuple(whole.get("handlers", {}))


def test_every_pointer_of_every_schema_leads_to_a_property(every_type: dict[str, str]) -> None:
    astray = []
    for type_, file in every_type.items():
        schema = installed().schema(type_, file)
        for pointers in (schema.create_only, schema.conditional_create_only, schema.read_only, schema.write_only):
            astray += [(type_, pointer) for pointer in pointers if not schema.subschemas(pointer)]
    assert astray == []


def test_every_file_of_the_schemas_belongs_to_a_type(every_type: dict[str, str]) -> None:
    names = {Path(each).stem for each in files("cfn-lint") or () if "schemas/resources/" in str(each)}
    assert {name for name in names if name != "__init__"} == set(every_type.values())


def test_neither_cfn_lint_nor_anything_slow_is_imported() -> None:
    program = (
        "import sys; from stackgen.review.schemas import Schemas; Schemas('eu-west-1').get('AWS::SQS::Queue');"
        "print({'cfnlint', 'yaml', 'troposphere', 'boto3', 'dataclasses', 'inspect'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def test_without_cfn_lint_the_extra_is_named() -> None:
    program = (
        "import sys; from stackgen.errors import MissingExtraError\n"
        "sys.path = [each for each in sys.path if 'site-packages' not in each]\n"
        "from stackgen.review.schemas import Schemas\n"
        "try: Schemas('eu-west-1')\n"
        "except MissingExtraError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "cfn-lint, which is not installed" in ran.stdout
    assert "stackgen[lint]" in ran.stdout


def test_what_a_queue_is() -> None:
    queue = Schemas("eu-west-1").get("AWS::SQS::Queue")
    assert queue is not None
    assert set(queue.create_only) == {("FifoQueue",), ("QueueName",)}
    assert queue.primary_identifier == (("QueueUrl",),)
    assert set(queue.read_only) == {("QueueUrl",), ("Arn",)}
    assert queue.replacement_strategy == "create_then_delete"
    assert queue.updatable is True
    assert "sqs:CreateQueue" in queue.permissions["create"]
    assert queue.handlers == ("create", "delete", "list", "read", "update")


@pytest.mark.parametrize(
    ("type_", "updatable"),
    [
        ("AWS::SQS::Queue", True),
        ("AWS::Lambda::Permission", False),
        ("AWS::CodeBuild::Project", None),
    ],
)
def test_whether_a_type_can_be_updated(type_: str, updatable: bool | None) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert schema.updatable is updatable


def test_a_replacement_that_deletes_first_is_known() -> None:
    strategies = {each.replacement_strategy for each in map(Schemas().get, Schemas().types()) if each}
    assert strategies == {"create_then_delete", "delete_then_create"}


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        (("QueueName",), "string"),
        (("Tags",), "array"),
        (("Tags", 0, "Key"), "string"),
        (("Tags", "0", "Key"), "string"),
        (("Tags", "*", "Key"), "string"),
        (("Tags", "Key"), None),
        (("Color",), None),
    ],
)
def test_the_schema_of_a_property(path: tuple[str | int, ...], type_: str | None) -> None:
    queue = Schemas().get("AWS::SQS::Queue")
    assert queue is not None
    assert {each["type"] for each in queue.subschemas(path) if "type" in each} == ({type_} if type_ else set())


def test_a_list_whose_order_means_nothing_is_known() -> None:
    queue = Schemas().get("AWS::SQS::Queue")
    cluster = Schemas().get("AWS::ECS::Cluster")
    table = Schemas().get("AWS::DynamoDB::Table")
    assert queue is not None
    assert any(each.get("insertionOrder") is False for each in queue.subschemas(("Tags",)))
    assert cluster is not None
    assert all(each.get("insertionOrder") is not False for each in cluster.subschemas(("Tags",)))
    assert table is not None
    assert [each["type"] for each in table.subschemas(("TableName",))] == ["string"]


def test_a_custom_resource_takes_any_property() -> None:
    custom = Schemas().get("Custom::Seed")
    assert custom is not None
    assert custom.type == "AWS::CloudFormation::CustomResource"
    assert custom.takes_any_property
    queue = Schemas().get("AWS::SQS::Queue")
    assert queue is not None
    assert not queue.takes_any_property


@pytest.mark.parametrize(
    ("type_", "region", "available"),
    [
        ("AWS::SQS::Queue", "eu-west-1", True),
        ("Custom::Seed", "eu-west-1", True),
        ("AWS::Chime::AppInstance", "ap-southeast-7", False),
        ("AWS::SQS::Queue", "us-iso-east-1", None),
        ("AWS::SQS::Kueue", "eu-west-1", None),
        ("My::Own::Type", "eu-west-1", None),
        ("My::Own::Type::MODULE", "eu-west-1", None),
        ("AWS::SQS::Queue", "mars-1", None),
    ],
)
def test_whether_a_region_has_a_type(type_: str, region: str, available: bool | None) -> None:
    assert Schemas("eu-west-1").available(type_, region) is available
    if region != "mars-1":
        assert Schemas(region).available(type_) is available


def test_a_type_that_the_region_lacks_is_read_from_another(copy: SchemaFiles) -> None:
    schemas = Schemas("eu-west-1", copy)
    bucket = schemas.get("AWS::S3::Bucket")
    assert schemas.types() == ["AWS::SQS::Queue"]
    assert bucket is not None
    assert schemas.available("AWS::S3::Bucket") is False
    assert schemas.get("AWS::S3::Pail") is None
    assert schemas.get("My::Own::Type") is None


def test_a_serverless_type_is_read_though_no_region_lists_it() -> None:
    function = Schemas().get("AWS::Serverless::Function")
    assert function is not None
    assert "AWS::Serverless::Function" not in Schemas().types()


def test_one_type_is_read_once() -> None:
    assert Schemas("eu-west-1").get("AWS::SQS::Queue") is Schemas("us-east-1").get("AWS::SQS::Queue")


def test_the_date_of_the_schemas_is_known() -> None:
    assert Schemas().version.startswith("20")


def test_an_unknown_region_is_refused_with_the_likely_one() -> None:
    with pytest.raises(UsageError, match=r"(?s)no region 'eu-wst-1'.*did you mean eu-west-1\?"):
        Schemas("eu-wst-1")


def test_a_schema_in_another_layout_is_read_too() -> None:
    schema = TypeSchema("My::Own::Type", VERBOSE_LAYOUT, "own.json")
    assert schema.create_only == (("Name",),)
    assert schema.updatable is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("version.json", "{", "version.json: .*cannot be read"),
        ("version.json", {}, "no schema_date"),
        ("version.json", [], "holds no JSON object"),
        ("providers/us-east-1.json", '{"AWS::SQS::Queue": ', "us-east-1.json: .*cannot be read"),
        ("providers/us-east-1.json", {"AWS::SQS::Queue": 7}, "us-east-1.json: .*does not map types to files"),
    ],
)
def test_a_broken_list_is_named(copy: SchemaFiles, name: str, content: object, words: str) -> None:
    write(Path(copy.folder), f"schemas/{name}", content)
    with pytest.raises(OutputFileError, match=words):
        assert [copy.version, copy.types("us-east-1")] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is no provider schema"),
        ("[]", "it holds no object"),
        ("{}", "it describes None, not AWS::SQS::Queue"),
        ({"typeName": "AWS::SQS::Queue", "createOnlyProperties": ["QueueName"]}, "'QueueName' is no pointer"),
        ({"typeName": "AWS::SQS::Queue", "createOnlyProperties": 7}, "it is no provider schema"),
        ({"typeName": "AWS::SQS::Queue", "handlers": ["create"]}, "it is no provider schema"),
        ({"typeName": "AWS::SNS::Topic"}, "it describes AWS::SNS::Topic, not AWS::SQS::Queue"),
        ('{\n "handlers": {,\n "typeName": "AWS::SQS::Queue"\n}\n', "its handlers: Expecting"),
    ],
)
def test_a_broken_schema_is_named(copy: SchemaFiles, content: object, words: str) -> None:
    file = copy.types("us-east-1")["AWS::SQS::Queue"]
    write(Path(copy.folder), f"schemas/resources/{file}.json", content)
    with pytest.raises(OutputFileError, match=words) as raised:
        Schemas("us-east-1", copy).get("AWS::SQS::Queue")
    assert f"{file}.json" in str(raised.value)
    assert "install cfn-lint again" in str(raised.value)


def test_a_part_that_is_broken_is_named_when_it_is_asked_for(copy: SchemaFiles) -> None:
    file = copy.types("us-east-1")["AWS::SQS::Queue"]
    text = '{\n "properties": {]},\n "typeName": "AWS::SQS::Queue"\n}\n'
    write(Path(copy.folder), f"schemas/resources/{file}.json", text)
    queue = Schemas("us-east-1", copy).get("AWS::SQS::Queue")
    assert queue is not None
    with pytest.raises(OutputFileError, match=rf"{file}.json: .*its properties"):
        assert queue.properties


def test_a_schema_that_is_cut_off_is_named(copy: SchemaFiles) -> None:
    file = copy.types("us-east-1")["AWS::SQS::Queue"]
    path = Path(copy.folder) / f"schemas/resources/{file}.json"
    path.write_text(path.read_text(encoding="utf-8")[:2_000], encoding="utf-8")
    with pytest.raises(OutputFileError, match=rf"{file}.json: .*it is no provider schema"):
        Schemas("us-east-1", copy).get("AWS::SQS::Queue")


def test_a_file_that_is_not_text_is_named(copy: SchemaFiles) -> None:
    (Path(copy.folder) / "schemas/version.json").write_bytes(b"\xff")
    with pytest.raises(OutputFileError, match=r"version.json: .*utf-8"):
        assert copy.version == ""


def test_a_missing_file_is_named(copy: SchemaFiles) -> None:
    file = copy.types("us-east-1")["AWS::S3::Bucket"]
    (Path(copy.folder) / f"schemas/resources/{file}.json").unlink()
    with pytest.raises(OutputFileError, match=rf"{file}.json: .*No such file"):
        Schemas("us-east-1", copy).get("AWS::S3::Bucket")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match=r"providers: .*No such file"):
        Schemas("us-east-1", SchemaFiles(str(tmp_path)))
