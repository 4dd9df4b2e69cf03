"""HTTP APIs whose address and origins are told as AWS tells them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
"""

from __future__ import annotations

from typing import Any

from .emulator import provisioners, region, service
from .resource_type import Properties, Provisioned, ResourceType


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    return _told(provisioners()._apigw_v2_api_create(logical_id, _camel(properties), stack_name), properties)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    updated = provisioners()._apigw_v2_api_update(physical_id, _camel(old), _camel(new), stack_name, logical_id)
    return _told(updated, new)


def _delete(physical_id: str, properties: Properties) -> None:
    provisioners()._apigw_v2_api_delete(physical_id, properties)


def _camel(properties: Properties) -> Properties:
    """The origins in the words of the service, which are those of the template but for the first letter."""
    given: dict[str, Any] = properties.get("CorsConfiguration") or {}
    return {**properties, "CorsConfiguration": {key[0].lower() + key[1:]: value for key, value in given.items()}}


def _told(made: Provisioned, properties: Properties) -> Provisioned:
    """Under the address that AWS would give it; the emulator's own is one of this machine."""
    api, attributes = made
    scheme = "wss" if properties.get("ProtocolType") == "WEBSOCKET" else "https"
    address = f"{scheme}://{api}.execute-api.{region()}.amazonaws.com"
    service("apigateway")._apis[api]["apiEndpoint"] = address
    return api, {**attributes, "ApiEndpoint": address}


TYPES = {"AWS::ApiGatewayV2::Api": ResourceType(_create, _delete, _update, frozenset({"ProtocolType"}), tags="map")}
