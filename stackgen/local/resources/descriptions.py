"""What the services' describe calls leave out of their answers, told from the records.

Each telling wraps a function of a service that renders a record, for as long as :func:`extended` lasts.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from .emulator import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, Any]


def _element(name: str, value: object) -> str:
    text = json.dumps(value) if isinstance(value, (bool, dict)) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def _items(name: str, inner: str, values: list[str]) -> str:
    return f"<{name}>{''.join(f'<item>{_element(inner, value)}</item>' for value in values)}</{name}>"


def _endpoint(record: Record) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html."""
    told = _element("privateDnsEnabled", bool(record.get("PrivateDnsEnabled")))
    told += _items("groupSet", "groupId", record.get("SecurityGroupIds") or [])
    if document := record.get("PolicyDocument"):
        told += _element("policyDocument", document)
    if created := record.get("CreationTimestamp"):
        told += _element("creationTimestamp", created)
    return told


def _cluster(record: Record) -> str:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBCluster.html."""
    exported = "".join(_element("member", name) for name in record.get("EnabledCloudwatchLogsExports") or [])
    return f"<EnabledCloudwatchLogsExports>{exported}</EnabledCloudwatchLogsExports>"


def _flow_log(record: Record) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html."""
    names = {
        "logGroupName": "LogGroupName",
        "deliverLogsPermissionArn": "DeliverLogsPermissionArn",
        "maxAggregationInterval": "MaxAggregationInterval",
        "logFormat": "LogFormat",
    }
    return "".join(_element(tag, record[key]) for tag, key in names.items() if record.get(key))


@contextmanager
def _replaced(holder: Any, name: str, value: object) -> Iterator[None]:
    """Put something into a module or a table, and what was there back again."""
    if isinstance(holder, dict):
        before, put = holder[name], holder.__setitem__
    else:
        before = getattr(holder, name)

        def put(key: str, new: object) -> None:
            setattr(holder, key, new)

    put(name, value)
    try:
        yield
    finally:
        put(name, before)


def _with_endpoint(render: Callable[..., str]) -> Callable[..., str]:
    def rendered(record: Record, tag: str = "item") -> str:
        return render(record, tag=tag).replace("<ownerId>", f"{_endpoint(record)}<ownerId>", 1)

    return rendered


def _with_cluster(render: Callable[[Record], str]) -> Callable[[Record], str]:
    def rendered(record: Record) -> str:
        return render(record) + _cluster(record)

    return rendered


def _with_flow_logs(describe: Callable[[Any], tuple[int, Any, bytes]]) -> Callable[[Any], tuple[int, Any, bytes]]:
    def told(found: re.Match[str]) -> str:
        return found[0] + _flow_log(service("ec2")._flow_logs[found[1]])

    def described(parameters: Any) -> tuple[int, Any, bytes]:
        status, headers, body = describe(parameters)
        return status, headers, re.sub(r"<flowLogId>(fl-\w+)</flowLogId>", told, body.decode()).encode()

    return described


_ENDPOINT_FILTERS = {
    "service-name": "ServiceName",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-type": "VpcEndpointType",
    "vpc-id": "VpcId",
}


def _with_filters(describe: Callable[[Any], tuple[int, Any, bytes]]) -> Callable[[Any], tuple[int, Any, bytes]]:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html."""

    def described(parameters: Any) -> tuple[int, Any, bytes]:
        ec2 = service("ec2")
        filters = ec2._parse_filters(parameters)
        if not filters:
            return describe(parameters)
        asked = set(ec2._parse_member_list(parameters, "VpcEndpointId")) or set(ec2._vpc_endpoints)
        found = [
            name
            for name, record in ec2._vpc_endpoints.items()
            if name in asked
            and ec2._resource_matches_tag_filters(name, filters)
            and all(record[key] in filters[one] for one, key in _ENDPOINT_FILTERS.items() if one in filters)
        ]
        # An id that nobody has makes the answer empty; no id at all would make it whole.
        return describe({f"VpcEndpointId.{number}": name for number, name in enumerate(found or ["none"], start=1)})

    return described


def _with_image(get: Callable[..., tuple[int, Any, bytes]]) -> Callable[..., tuple[int, Any, bytes]]:
    """A function from an image has no runtime and no handler, and its image a digest.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
    """

    def got(name: str, qualifier: str | None = None) -> tuple[int, Any, bytes]:
        status, headers, body = get(name, qualifier)
        told = json.loads(body)
        config = told.get("Configuration", told)
        if config.get("PackageType") != "Image":
            return status, headers, body
        for key in ("Handler", "Runtime"):
            if not config.get(key):
                config.pop(key, None)
        if "Code" in told:
            repository = re.sub(r"(@sha256)?:[^:/]+$", "", told["Code"]["ImageUri"])
            told["Code"]["ResolvedImageUri"] = f"{repository}@sha256:{config['CodeSha256']}"
        return status, headers, json.dumps(told).encode()

    return got


@contextmanager
def extended() -> Iterator[None]:
    """Tell the whole while this lasts."""
    ec2, rds, functions = service("ec2"), service("rds"), service("lambda_svc")
    with ExitStack() as stack:
        for holder, name, wrap, before in (
            (ec2, "_vpce_fields_xml", _with_endpoint, ec2._vpce_fields_xml),
            (ec2._ACTION_MAP, "DescribeFlowLogs", _with_flow_logs, ec2._describe_flow_logs),
            (ec2._ACTION_MAP, "DescribeVpcEndpoints", _with_filters, ec2._describe_vpc_endpoints),
            (rds, "_cluster_xml", _with_cluster, rds._cluster_xml),
            (functions, "_get_function", _with_image, functions._get_function),
            (functions, "_get_function_config", _with_image, functions._get_function_config),
        ):
            stack.enter_context(_replaced(holder, name, wrap(before)))
        yield
