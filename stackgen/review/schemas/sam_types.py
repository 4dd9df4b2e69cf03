"""The type that a SAM resource has once the transform has made it, under the same logical ID.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/
sam-specification-generated-resources.html
"""

from __future__ import annotations

__all__ = ["GENERATED", "generated_type"]

GENERATED = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
"""By the type that the template says. A layer's logical ID gets a digest of its properties besides."""


def generated_type(type_: str) -> str:
    """The type that CloudFormation sees; of what is not SAM's, the type itself."""
    return GENERATED.get(type_, type_)
