"""The files of a release in the artifact bucket: the template, and the parameters of an environment."""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from botocore.exceptions import ClientError

from .errors import ParametersInvalid, TemplateNotFetched
from .refusals import bounded, code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients

TEMPLATE = "cloudformation.template"
PARAMETERS = "cloudformation-params.json"
IMAGES = "container-images.json"
STANDARD = ("Env", "Version", "S3Bucket", "S3Prefix")
"""Parameters that a template gets by declaring them; a file may name them for one that does not."""
ABSENT = "-"
"""Stands for the version of a file that was not there."""
NOTHING: Mapping[str, str] = MappingProxyType({})
_ABSENT = ("NoSuchKey", "404", "NotFound")


class Place(NamedTuple):
    """Where a release lies."""

    bucket: str
    s3_key: str


class Template(NamedTuple):
    """A template as it was when it was read."""

    text: str
    url: str
    """Where CloudFormation reads exactly this version."""
    sha256: str
    version: str
    """The object's version; empty in a bucket without versions."""


def folder(s3_key: str) -> str:
    """The key of a release with exactly one slash at its end."""
    return f"{s3_key.strip('/')}/"


def template(bucket: str, s3_key: str, clients: Clients, version: str = "") -> Template:
    """The template of a release, the newest version unless another is named. Raises TemplateNotFetched."""
    key = f"{folder(s3_key)}{TEMPLATE}"
    more = {"VersionId": version} if version else {}
    try:
        answer = clients.s3.get_object(Bucket=bucket, Key=key, **more)
        content = answer["Body"].read()
    except ClientError as error:
        if is_transient(error):
            raise
        raise TemplateNotFetched(f"failed to fetch template s3://{bucket}/{key}: {bounded(str(error))}") from error
    found = _version(answer)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TemplateNotFetched(f"failed to fetch template s3://{bucket}/{key}: it is not UTF-8") from error
    url = address(bucket, key, clients.s3.meta.region_name, found)
    return Template(text, url, hashlib.sha256(content).hexdigest(), found)


def address(bucket: str, key: str, region: str, version: str = "") -> str:
    """The URL of an object in its region. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html."""
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    pinned = f"?{urlencode({'versionId': version})}" if version else ""
    return f"https://{bucket}.s3.{region}.{suffix}/{quote(key)}{pinned}"


class Parameters(NamedTuple):
    """The parameters of a release, and the versions of the files that they were read from."""

    values: dict[str, str]
    versions: dict[str, str]
    """By the name of the file; ABSENT for one that is not there."""


def parameters(
    bucket: str, s3_key: str, env: str, clients: Clients, versions: Mapping[str, str] = NOTHING
) -> Parameters:
    """The base parameters with those of the environment over them, as they are or in the versions given.

    Raises ParametersInvalid.
    """
    values: dict[str, str] = {}
    read: dict[str, str] = {}
    for name in (PARAMETERS, f"cloudformation-params.{env}.json"):
        wanted = versions.get(name, "")
        found, version = (
            (None, ABSENT) if wanted == ABSENT else _read(bucket, f"{folder(s3_key)}{name}", clients, wanted)
        )
        values |= _parameters(found, f"s3://{bucket}/{folder(s3_key)}{name}")
        if version:
            read[name] = version
    return Parameters(values, read)


def content(bucket: str, key: str, clients: Clients) -> Any | None:
    """A file of JSON; None where it is not there. Raises ParametersInvalid."""
    return _read(bucket, key, clients)[0]


def digests(bucket: str, s3_key: str, clients: Clients) -> dict[str, str]:
    """The digests of a release's images by the parameters that ask for them; none without a list of images.

    Account and region of an image differ from target to target, so the template puts them before the digest.
    """
    found = content(bucket, f"{folder(s3_key)}{IMAGES}", clients)
    listed = found.get("images", []) if isinstance(found, dict) else []
    images = listed if isinstance(listed, list) else []
    return {
        str(image["parameterName"]): str(image["digest"])
        for image in images
        if isinstance(image, dict) and image.get("parameterName") and image.get("digest")
    }


def _read(bucket: str, key: str, clients: Clients, version: str = "") -> tuple[Any | None, str]:
    """A file of JSON and its version; nothing and ABSENT where it is not there. Raises ParametersInvalid."""
    more = {"VersionId": version} if version else {}
    try:
        answer = clients.s3.get_object(Bucket=bucket, Key=key, **more)
        text = answer["Body"].read()
    except ClientError as error:
        if code_of(error) in _ABSENT and not version:
            return None, ABSENT
        raise
    try:
        return json.loads(text), _version(answer)
    except ValueError as error:
        raise ParametersInvalid(f"failed to parse JSON of s3://{bucket}/{key}: {bounded(str(error), 200)}") from error


def _version(answer: Mapping[str, Any]) -> str:
    """The version of an object; empty in a bucket without versions."""
    found = str(answer.get("VersionId") or "")
    return "" if found == "null" else found


def _parameters(found: Any, where: str) -> dict[str, str]:
    """One file, in any of the three shapes: flat, below ``Parameters``, CloudFormation's list."""
    if found is None:
        return {}
    if isinstance(found, dict) and set(found) == {"Parameters"} and isinstance(found["Parameters"], dict):
        found = found["Parameters"]
    elif isinstance(found, list):
        found = dict(_entry(each, where) for each in found)
    if not isinstance(found, dict):
        raise ParametersInvalid(f"{where} holds {type(found).__name__}, but an object or a list was expected")
    return {name: _scalar(name, value, where) for name, value in found.items()}


def _entry(entry: object, where: str) -> tuple[str, Any]:
    if not isinstance(entry, dict) or not {"ParameterKey", "ParameterValue"} <= entry.keys():
        found = ", ".join(map(str, entry)) if isinstance(entry, dict) else type(entry).__name__  # never a value
        raise ParametersInvalid(f"{where}: an entry ({bounded(found, 100)}) has no ParameterKey and ParameterValue")
    return str(entry["ParameterKey"]), entry["ParameterValue"]


def _scalar(name: str, value: object, where: str) -> str:
    """A value as CloudFormation takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return ",".join(_scalar(name, each, where) for each in value)
    raise ParametersInvalid(f"{where}: {name} is no text, number, truth value or list of them")


def standard(build: Mapping[str, Any], env: str, bucket: str, s3_key: str) -> dict[str, str]:
    """The parameters that a template gets by declaring them."""
    version = str(build.get("version", ""))
    return {"Env": env, "Version": version, "S3Bucket": bucket, "S3Prefix": folder(s3_key).rstrip("/")}
