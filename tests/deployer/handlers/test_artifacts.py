"""The files of a release: the template at one version, the parameters in any of three shapes, over each other."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.exceptions import ClientError

from stackgen.deployer.handlers import artifacts
from stackgen.deployer.handlers.errors import ParametersInvalid, TemplateNotFetched
from stackgen.deployer.handlers.refusals import is_transient
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import BUCKET, Field


def parameters(field: Field, base: Any = None, own: Any = None, env: str = "dev") -> dict[str, str]:
    """The parameters of a release with these files; texts as they are, the rest as JSON."""
    build = field.build()
    for name, content in (("", base), (f".{env}", own)):
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            field.upload(build, f"cloudformation-params{name}.json", text)
    return artifacts.parameters(BUCKET, field.key(build), env, field.clients).values


@pytest.mark.requirement("DEP-22")
@pytest.mark.parametrize(
    "content",
    [
        {"Size": "big", "Count": "3"},
        {"Parameters": {"Size": "big", "Count": 3}},
        [
            {"ParameterKey": "Size", "ParameterValue": "big"},
            {"ParameterKey": "Count", "ParameterValue": 3, "UsePreviousValue": False},
        ],
    ],
    ids=["flat", "below Parameters", "a list"],
)
def test_parameters_are_read_in_each_of_three_shapes(field: Field, content: Any) -> None:
    """A shape that release pipelines write and that is not understood."""
    assert parameters(field, content) == {"Size": "big", "Count": "3"}


def test_a_parameter_may_be_called_parameters(field: Field) -> None:
    assert parameters(field, {"Parameters": "x"}) == {"Parameters": "x"}
    assert parameters(field, {"Parameters": "x", "Size": "y"}) == {"Parameters": "x", "Size": "y"}


@pytest.mark.requirement("DEP-23")
def test_the_environment_has_the_last_word(field: Field) -> None:
    """A base value that stands where the environment says another."""
    found = parameters(field, {"Size": "small", "Count": 1}, {"Parameters": {"Size": "big", "More": "x"}})
    assert found == {"Size": "big", "Count": "1", "More": "x"}


@pytest.mark.requirement("DEP-22")
def test_both_files_may_be_missing(field: Field) -> None:
    """A release without parameters that is refused."""
    assert parameters(field) == {}
    assert parameters(field, own={"Size": "big"}) == {"Size": "big"}
    assert parameters(field, {"Size": "big"}) == {"Size": "big"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        ("", ""),
        (3, "3"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (["a", 1, True], "a,1,true"),
        ([], ""),
    ],
)
def test_values_become_the_text_that_cloudformation_takes(field: Field, value: Any, expected: str) -> None:
    assert parameters(field, {"It": value}) == {"It": expected}


@pytest.mark.parametrize("value", [None, {"a": 1}, [["a"]], [None]])
def test_a_value_that_is_no_text_is_refused_by_its_name_and_not_told(field: Field, value: Any) -> None:
    with pytest.raises(ParametersInvalid, match=r"cloudformation-params\.json: It is no text, number"):
        parameters(field, {"It": value})


@pytest.mark.requirement("DEP-27")
@pytest.mark.parametrize("text", ["{", "", "{'a': 1}", "\ufeff{}x", "hunter2"])
def test_what_is_no_json_is_told_with_its_file(field: Field, text: str) -> None:
    """A parameter file that is no JSON and is ignored, or whose name is not told."""
    with pytest.raises(
        ParametersInvalid, match=rf"^failed to parse JSON of s3://{BUCKET}/repo.*/cloudformation-params"
    ) as caught:
        parameters(field, text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("content", ["3", '"x"', "true"])
def test_json_of_another_shape_is_refused(field: Field, content: str) -> None:
    with pytest.raises(ParametersInvalid, match=r"but an object or a list was expected"):
        parameters(field, content)


@pytest.mark.parametrize("entry", ["hunter2", {"ParameterKey": "Password", "Value": "hunter2"}, 7, None])
def test_an_entry_that_is_no_parameter_is_refused_without_its_value(field: Field, entry: Any) -> None:
    with pytest.raises(ParametersInvalid, match=r"has no ParameterKey and ParameterValue") as caught:
        parameters(field, [entry])
    assert "hunter2" not in str(caught.value)


def test_a_file_that_may_not_be_read_is_not_taken_for_missing(field: Field) -> None:
    """Without s3:ListBucket S3 calls a missing file forbidden; deploying without parameters would be worse."""
    with field.fault("s3:GetObject", Fail("AccessDenied", "Access Denied", 403)), pytest.raises(ClientError) as caught:
        parameters(field)
    assert not is_transient(caught.value)


# The template


@pytest.mark.requirement("DEP-22", "DEP-D82")
def test_the_template_is_pinned_to_the_version_that_was_read(field: Field) -> None:
    """A template that changes between its check and its use."""
    build = field.build()
    field.upload(build, "cloudformation.template", "first é")
    found = artifacts.template(BUCKET, field.key(build), field.clients)
    assert (found.text, found.sha256) == ("first é", hashlib.sha256("first é".encode()).hexdigest())
    assert parse_qs(urlsplit(found.url).query) == {"versionId": [found.version]}
    assert found.version
    field.upload(build, "cloudformation.template", "second")
    assert artifacts.template(BUCKET, field.key(build), field.clients).text == "second"
    assert artifacts.template(BUCKET, field.key(build), field.clients, found.version) == found


def test_without_versions_the_address_names_none(field: Field) -> None:
    field.s3.create_bucket(Bucket="plain")
    field.s3.put_object(Bucket="plain", Key="r/cloudformation.template", Body=b"x")
    found = artifacts.template("plain", "r", field.clients)
    assert (found.version, found.url) == ("", "https://plain.s3.us-east-1.amazonaws.com/r/cloudformation.template")


@pytest.mark.requirement("DEP-D24")
@pytest.mark.parametrize("key", ["a/feature+x/1.c", "a/é ü/1.c", "a/50%/1.c", "a/x?y=z&w#v/1.c", "a/b/c"])
def test_the_address_holds_whatever_a_key_holds(key: str) -> None:
    """A branch whose name makes another address, or none."""
    parts = urlsplit(artifacts.address("b", key, "eu-west-1", "v+1="))
    assert (parts.scheme, parts.netloc) == ("https", "b.s3.eu-west-1.amazonaws.com")
    assert unquote(parts.path) == f"/{key}"
    assert parse_qs(parts.query) == {"versionId": ["v+1="]}
    assert not parts.fragment
    assert parts.path.isascii()


def test_china_has_an_address_of_its_own() -> None:
    assert artifacts.address("b", "k", "cn-north-1") == "https://b.s3.cn-north-1.amazonaws.com.cn/k"


@pytest.mark.parametrize("s3_key", ["a/b/1", "a/b/1/", "/a/b/1//"])
def test_a_folder_ends_with_one_slash(s3_key: str) -> None:
    assert artifacts.folder(s3_key) == "a/b/1/"


@pytest.mark.requirement("DEP-27")
def test_a_release_without_a_template_is_an_error(field: Field) -> None:
    """A missing template that is not called so, or without its place."""
    with pytest.raises(
        TemplateNotFetched,
        match=rf"^failed to fetch template s3://{BUCKET}/no/such/cloudformation\.template: .*NoSuchKey",
    ):
        artifacts.template(BUCKET, "no/such", field.clients)


@pytest.mark.requirement("DEP-27")
def test_a_template_that_may_not_be_read_says_so(field: Field) -> None:
    """A missing permission that looks like something else."""
    with (
        field.fault("s3:GetObject", Fail("AccessDenied", "Access Denied", 403)),
        pytest.raises(TemplateNotFetched, match=r"^failed to fetch template .*AccessDenied.*Access Denied"),
    ):
        artifacts.template(BUCKET, "r", field.clients)


def test_a_template_that_is_no_text_is_refused(field: Field) -> None:
    field.s3.put_object(Bucket=BUCKET, Key="binary/cloudformation.template", Body=b"\xff\xfe\x00")
    with pytest.raises(TemplateNotFetched, match=r"it is not UTF-8$"):
        artifacts.template(BUCKET, "binary", field.clients)


@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()])
def test_s3_that_is_slow_is_asked_again_later(field: Field, kind: Any) -> None:
    build = field.build()
    field.release(build)
    for ask in (
        lambda: artifacts.template(BUCKET, field.key(build), field.clients),
        lambda: artifacts.parameters(BUCKET, field.key(build), "dev", field.clients),
    ):
        with field.fault("s3:GetObject", kind), pytest.raises(Exception, match=r"SlowDown|closed") as caught:
            ask()
        assert is_transient(caught.value)


@pytest.mark.requirement("DEP-24")
def test_standard_parameters_tell_the_release() -> None:
    """A template that does not learn its environment, its version or where its packages lie."""
    assert artifacts.standard({"version": "7.abc"}, "dev", "b", "a/b/1/") == {
        "Env": "dev",
        "Version": "7.abc",
        "S3Bucket": "b",
        "S3Prefix": "a/b/1",
    }
