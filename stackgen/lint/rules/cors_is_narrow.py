"""W9165."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

ORIGINS: dict[str, tuple[str, ...]] = {
    "AWS::ApiGatewayV2::Api": ("CorsConfiguration", "AllowOrigins"),
    "AWS::Serverless::HttpApi": ("CorsConfiguration", "AllowOrigins"),
    "AWS::Serverless::Api": ("Cors", "AllowOrigin"),
    "AWS::Lambda::Url": ("Cors", "AllowOrigins"),
}
SHORT = {"AWS::Serverless::HttpApi": "CorsConfiguration", "AWS::Serverless::Api": "Cors"}
"""Where SAM takes the origin itself, or true for all."""


class CorsIsNarrow(rule.OfResources):
    """Only pages of named origins read its answers."""

    id = "W9165"
    shortdesc = "An API names the origins whose pages may read its answers"
    why = "With * every page that a user visits may call it, from inside the user's network too."
    remedy = "Name the origins, by a parameter where environments differ; * is for environments that are short-lived."
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"
    pillar = "security"
    guidelines = ("GDL-115",)
    profiles = frozenset({profiles.STANDARD, profiles.PRODUCTION, profiles.DESTROYABLE})
    types = tuple(ORIGINS)
    passes = """
    Resources:
      Api:
        Type: AWS::ApiGatewayV2::Api
        Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ['https://app.example']}}
    """
    fails = """
    Resources:
      Api:
        Type: AWS::ApiGatewayV2::Api
        Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ['*']}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """An origin that is everybody's."""
        for found in resource.each(*ORIGINS[resource.type]):
            whole = [one for each in view.literals(found.value) for one in (each if isinstance(each, list) else [each])]
            if any(_is_any(one) for each in whole for one in str(each).split(",")):
                yield rule.Found(found.path, f"{resource.title} lets the pages of every origin read its answers: *")
        for said in resource.said(SHORT[resource.type]) if resource.type in SHORT else ():
            if said.value is True or (isinstance(said.value, str) and _is_any(said.value)):
                yield rule.Found(said.path, f"{resource.title} lets the pages of every origin read its answers")


def _is_any(origin: str) -> bool:
    return origin.strip().strip("'") in ("*", "https://*", "http://*")
