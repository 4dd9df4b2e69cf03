"""E9101."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import names, rule, values
from stackgen.physical_names import PHYSICAL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

WITHIN_A_PARENT = frozenset({
    "AWS::Amplify::App", "AWS::Amplify::Branch", "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::VpcLink",
    "AWS::AppConfig::Application", "AWS::AppConfig::ConfigurationProfile", "AWS::AppConfig::Environment",
    "AWS::AppSync::Api", "AWS::AppSync::ChannelNamespace", "AWS::Athena::NamedQuery",
    "AWS::AutoScaling::LifecycleHook", "AWS::Bedrock::AgentAlias", "AWS::Cassandra::Table",
    "AWS::CodeDeploy::DeploymentGroup", "AWS::Cognito::IdentityPool", "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup", "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel", "AWS::ECS::Service", "AWS::EKS::Nodegroup", "AWS::EMRServerless::Application",
    "AWS::GlobalAccelerator::Accelerator", "AWS::Glue::Schema", "AWS::Glue::Table", "AWS::GuardDuty::Filter",
    "AWS::IAM::Policy", "AWS::Kinesis::StreamConsumer", "AWS::Lambda::Alias", "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogStream", "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter",
    "AWS::Route53Resolver::FirewallDomainList", "AWS::Route53Resolver::FirewallRuleGroup",
    "AWS::Route53Resolver::ResolverEndpoint", "AWS::Route53Resolver::ResolverQueryLoggingConfig",
    "AWS::Route53Resolver::ResolverRule", "AWS::SSM::Association", "AWS::SSM::MaintenanceWindow",
    "AWS::SageMaker::Domain", "AWS::SageMaker::UserProfile", "AWS::Timestream::Table",
})  # fmt: skip
"""Their names need to be unique in a parent only, or not at all."""

NAMES = {
    **{type_: name.property for type_, name in PHYSICAL_NAMES.items() if type_ not in WITHIN_A_PARENT},
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::SimpleTable": "TableName",
    "AWS::Serverless::StateMachine": "Name",
}

PRESCRIBED = frozenset({
    "AWSCloudFormationStackSetAdministrationRole", "AWSCloudFormationStackSetExecutionRole", "dms-access-for-endpoint",
    "dms-cloudwatch-logs-role", "dms-vpc-role",
})  # fmt: skip
"""AWS looks for these."""


class NamesCarryTheEnvironment(rule.Rule):
    """Through Ref, Sub, Join or If, in every scenario."""

    id = "E9101"
    shortdesc = "A physical name says for which environment it is"
    why = "A name that is the same in each environment exists already when the second one is deployed."
    remedy = "End the name with the parameter of the environment, as ${EnvironmentSuffix}, or give none."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"
    pillar = "operational excellence"
    guidelines = ("GDL-054", "TAP")
    options = names.OPTION
    passes = """
    Parameters: {EnvironmentSuffix: {Type: String}}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Sub 'alarms-${EnvironmentSuffix}'}
      Unnamed: {Type: AWS::SNS::Topic}
    """
    fails = """
    Parameters: {EnvironmentSuffix: {Type: String}}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: alarms}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each name that is the same everywhere."""
        parameters = self.config["parameters"]
        for resource in view.resources.values():
            if resource.type in NAMES:
                name = NAMES[resource.type]
                for found in resource.values(name):
                    if found.value is not values.ABSENT and names.is_shared(found, view, parameters):
                        said = values.texts(found.value)
                        if said not in PRESCRIBED:
                            yield rule.Found(
                                found.path,
                                f"{resource.title} has the {name} {said!r}, in which the environment is missing",
                            )
