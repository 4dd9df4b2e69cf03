"""Functions whose code is an image: the image must be there, and everything about the function is reported.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from __future__ import annotations

import re
from typing import Any

from .emulator import accepted, arn, physical_name, provisioners, refuse, region, service
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Lambda"
_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def _digest(uri: str) -> str:
    """The digest of an image in a repository of this region.

    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
    """
    image = _IMAGE.fullmatch(uri)
    if image is None or image["region"] != region():
        raise refuse(_SDK, f"Source image {uri} is not valid. Provide a valid source image.")
    images: list[dict[str, Any]] = service("ecr")._images.get_scoped(
        image["account"], image["region"], image["repository"], []
    )
    for one in images:
        by_digest = image["digest"] == one["imageDigest"]
        by_tag = image["digest"] is None and (image["tag"] or "latest") in one.get("imageTags", ())
        if by_digest or by_tag:
            return str(one["imageDigest"])
    raise refuse(_SDK, f"Source image {uri} does not exist. Provide a valid source image.")


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    functions = service("lambda_svc")
    name = properties.get("FunctionName") or physical_name(stack_name, logical_id, 64)
    if name in functions._functions:
        raise refuse(_SDK, f"Function already exist: {name}", 409, "AlreadyExists")
    digest = _check_code(properties)
    created: Provisioned = provisioners()._lambda_create(logical_id, properties, stack_name)
    _complete(name, properties, digest)
    return created[0], _attributes(name)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    digest = _check_code(new)
    provisioners()._lambda_update(physical_id, old, new, stack_name, logical_id)
    _complete(physical_id, new, digest)
    return physical_id, _attributes(physical_id)


def _check_code(properties: Properties) -> str | None:
    """The digest of the function's image; None for code in an archive."""
    uri = properties.get("Code", {}).get("ImageUri")
    if uri is None:
        return None
    for name in ("Handler", "Runtime"):
        if name in properties:
            raise refuse(_SDK, f"Please don't provide {name.lower()} when the intended function PackageType is Image.")
    return _digest(uri)


def _complete(name: str, properties: Properties, digest: str | None) -> None:
    """Add what the emulator's provisioner leaves out, and be done at once: a stack waits for its functions."""
    functions = service("lambda_svc")
    function = functions._functions[name]
    config = function["config"]
    if "VpcConfig" in properties:
        config["VpcConfig"] = functions._vpc_config_with_id(properties["VpcConfig"])
    else:
        config.pop("VpcConfig", None)
    if "KmsKeyArn" in properties:
        config["KMSKeyArn"] = properties["KmsKeyArn"]
    else:
        config.pop("KMSKeyArn", None)
    logs = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    config["LoggingConfig"] = {**logs, **properties.get("LoggingConfig", {})}
    if "DeadLetterConfig" in properties:
        config["DeadLetterConfig"] = properties["DeadLetterConfig"]
    config["Timeout"] = int(config["Timeout"])
    config["MemorySize"] = int(config["MemorySize"])
    if digest is not None:
        config["CodeSha256"] = digest.removeprefix("sha256:")
    config["State"] = "Active"
    config["LastUpdateStatus"] = "Successful"
    for key in ("StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"):
        config.pop(key, None)
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)


def _attributes(name: str) -> dict[str, Any]:
    config = service("lambda_svc")._functions[name]["config"]
    return {
        "Arn": arn("lambda", f"function:{name}"),
        "SnapStartResponse.ApplyOn": config["SnapStart"]["ApplyOn"],
        "SnapStartResponse.OptimizationStatus": config["SnapStart"]["OptimizationStatus"],
    }


def _delete(physical_id: str, properties: Properties) -> None:
    del properties
    functions = service("lambda_svc")
    if physical_id in functions._functions:
        accepted(_SDK, functions._delete_function(physical_id, {}))


TYPES = {
    "AWS::Lambda::Function": ResourceType(
        create=_create,
        delete=_delete,
        update=_update,
        replaced_by=frozenset({"FunctionName", "PackageType", "TenancyConfig"}),
        tags="list",
    ),
}
