"""Buckets with all their configurations, and their policies.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from .emulator import accepted, provisioners, refuse, refuse_existing, service, tag_list
from .resource_type import Properties, Provisioned, ResourceType

if TYPE_CHECKING:
    from collections.abc import Callable

_SDK = "S3"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def _xml(tag: str, value: Any) -> bytes:
    """An element of S3's API: a mapping becomes its children, a list repeats the element."""
    root = ET.Element(tag, xmlns=_NAMESPACE)
    _fill(root, value)
    return ET.tostring(root)


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner]:
                _fill(ET.SubElement(element, key), one)
    elif isinstance(value, bool):
        element.text = str(value).lower()
    else:
        element.text = str(value)


# From a property to the API's form of it


def _encryption(given: dict[str, Any]) -> dict[str, Any]:
    rules = given["ServerSideEncryptionConfiguration"]
    return {
        "Rule": [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in rules
        ]
    }


def _lifecycle(given: dict[str, Any]) -> dict[str, Any]:
    return {"Rule": [_lifecycle_rule(rule) for rule in given["Rules"]]}


def _lifecycle_rule(given: dict[str, Any]) -> dict[str, Any]:
    expiration = {
        api: given[name]
        for name, api in (
            ("ExpirationInDays", "Days"),
            ("ExpirationDate", "Date"),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"),
        )
        if name in given
    }
    rule = {
        "ID": given.get("Id"),
        "Filter": _lifecycle_filter(given),
        "Status": given["Status"],
        "Expiration": expiration or None,
        "Transition": [
            _renamed(one, {"TransitionInDays": "Days", "TransitionDate": "Date"})
            for one in given.get("Transitions", ())
        ],
        "NoncurrentVersionExpiration": given.get("NoncurrentVersionExpiration"),
        "NoncurrentVersionTransition": [
            _renamed(one, {"TransitionInDays": "NoncurrentDays"})
            for one in given.get("NoncurrentVersionTransitions", ())
        ],
        "AbortIncompleteMultipartUpload": given.get("AbortIncompleteMultipartUpload"),
    }
    return {key: value for key, value in rule.items() if value is not None}


def _lifecycle_filter(given: dict[str, Any]) -> dict[str, Any]:
    """The scope of a rule; with several conditions the API wants them joined."""
    sizes: dict[str, Any] = {key: given[key] for key in ("ObjectSizeGreaterThan", "ObjectSizeLessThan") if key in given}
    tags = given.get("TagFilters") or []
    if len(sizes) + len(tags) + ("Prefix" in given) > 1:
        prefix = {"Prefix": given["Prefix"]} if "Prefix" in given else {}
        return {"And": {**prefix, "Tag": tags, **sizes}}
    if tags:
        return {"Tag": tags[0]}
    if sizes:
        return sizes
    return {"Prefix": given.get("Prefix", "")}


def _renamed(given: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in given.items()}


def _logging(given: dict[str, Any]) -> dict[str, Any]:
    target = {"TargetBucket": given["DestinationBucketName"], "TargetPrefix": given.get("LogFilePrefix", "")}
    return {"LoggingEnabled": target}


def _ownership(given: dict[str, Any]) -> dict[str, Any]:
    return {"Rule": given["Rules"]}


def _tags(given: list[dict[str, str]]) -> dict[str, Any]:
    return {"TagSet": {"Tag": tag_list({"Tags": given})}}


@dataclass(frozen=True, slots=True)
class _Configuration:
    """A property that is a configuration of its own: how it is spelled, put, and taken away."""

    element: str
    spell: Callable[[Any], Any]
    put: str
    delete: str | None = None


_CONFIGURATIONS = {
    "BucketEncryption": _Configuration(
        "ServerSideEncryptionConfiguration", _encryption, "_put_bucket_encryption", "_delete_bucket_encryption"
    ),
    "LifecycleConfiguration": _Configuration(
        "LifecycleConfiguration", _lifecycle, "_put_bucket_lifecycle", "_delete_bucket_lifecycle"
    ),
    "LoggingConfiguration": _Configuration("BucketLoggingStatus", _logging, "_put_bucket_logging"),
    "OwnershipControls": _Configuration(
        "OwnershipControls", _ownership, "_put_bucket_ownership_controls", "_delete_bucket_ownership_controls"
    ),
    "Tags": _Configuration("Tagging", _tags, "_put_bucket_tagging", "_delete_bucket_tagging"),
    "VersioningConfiguration": _Configuration("VersioningConfiguration", dict, "_put_bucket_versioning"),
}


def _configure(name: str, old: Properties, new: Properties) -> None:
    s3 = service("s3")
    for key, configuration in _CONFIGURATIONS.items():
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if after:
            body = _xml(configuration.element, configuration.spell(after))
        elif key == "VersioningConfiguration":
            body = _xml(configuration.element, {"Status": "Suspended"})
        elif configuration.delete is None:
            body = _xml(configuration.element, {})
        else:
            accepted(_SDK, getattr(s3, configuration.delete)(name))
            continue
        accepted(_SDK, getattr(s3, configuration.put)(name, body))


# Buckets


def _create_bucket(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    name = properties.get("BucketName")
    if name and service("s3")._bucket_owner_account(name) is not None:
        raise refuse_existing("AWS::S3::Bucket", name)
    created: Provisioned = provisioners()._s3_create(logical_id, properties, stack_name)
    try:
        _configure(created[0], {}, properties)
    except ValueError:
        provisioners()._s3_delete(created[0], properties)
        raise
    return created


def _update_bucket(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del logical_id
    updated: Provisioned = provisioners()._s3_update(physical_id, old, new, stack_name)
    _configure(physical_id, old, new)
    return updated


def _delete_bucket(physical_id: str, properties: Properties) -> None:
    """Remove an empty bucket; one with objects, old versions or delete markers stays.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
    """
    del properties
    s3 = service("s3")
    if physical_id in s3._buckets:
        accepted(_SDK, s3._delete_bucket(physical_id))


# Bucket policies


def _put_policy(properties: Properties) -> Provisioned:
    """Set the policy. Ref of it is the bucket's name."""
    bucket = properties["Bucket"]
    document = properties["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    accepted(_SDK, service("s3")._put_bucket_policy(bucket, text.encode()))
    return bucket, {}


def _create_policy(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    del logical_id, stack_name
    if properties["Bucket"] in service("s3")._bucket_policies:
        raise refuse(_SDK, f"The bucket policy already exists on bucket {properties['Bucket']}.", code="AlreadyExists")
    return _put_policy(properties)


def _update_policy(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del physical_id, old, stack_name, logical_id
    return _put_policy(new)


def _delete_policy(physical_id: str, properties: Properties) -> None:
    del physical_id
    service("s3")._bucket_policies.pop(properties["Bucket"], None)


TYPES = {
    "AWS::S3::Bucket": ResourceType(
        create=_create_bucket,
        delete=_delete_bucket,
        update=_update_bucket,
        replaced_by=frozenset({"BucketName"}),
        tags="list",
    ),
    "AWS::S3::BucketPolicy": ResourceType(
        create=_create_policy,
        delete=_delete_policy,
        update=_update_policy,
        replaced_by=frozenset({"Bucket"}),
    ),
}
