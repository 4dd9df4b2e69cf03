"""W9144."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
NOT_BY_REF = {
    "AWS::SQS::Queue": ("QueueName", "its URL", "QueueName"),
    "AWS::SNS::Topic": ("TopicName", "its ARN", "TopicName"),
    "AWS::ECS::Service": ("ServiceName", "its ARN", "Name"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("LoadBalancer", "its ARN", "LoadBalancerFullName"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetGroup", "its ARN", "TargetGroupFullName"),
}
"""Types whose Ref is not what their dimension wants: the dimension, what Ref gives, the attribute that is meant."""
WANTED = {
    "FunctionName": ("AWS::Lambda::Function", "AWS::Serverless::Function"),
    "QueueName": ("AWS::SQS::Queue",),
    "TopicName": ("AWS::SNS::Topic",),
    "TableName": ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"),
    "StateMachineArn": ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"),
    "DBClusterIdentifier": ("AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"),
    "DBInstanceIdentifier": ("AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"),
    "BucketName": ("AWS::S3::Bucket",),
    "ClusterName": ("AWS::ECS::Cluster",),
    "DistributionId": ("AWS::CloudFront::Distribution",),
}
"""Which types a dimension is about."""


class AlarmsLeadSomewhere(rule.OfResources):
    """An alarm tells somebody, and looks at what its dimension is about."""

    id = "W9144"
    shortdesc = "An alarm has actions, and its dimensions name what they are about"
    why = "Nobody hears an alarm without an action, and one with a wrong dimension sees no data and is never heard."
    remedy = (
        "Give it AlarmActions, or let a composite alarm or a deployment in the template heed it; "
        "name a queue by GetAtt QueueName, not by Ref."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html"
    pillar = "operational excellence"
    guidelines = ("GDL-134",)
    public = ("CloudWatch.15", "CloudWatch.17", "CKV_AWS_319")
    types = (ALARM, COMPOSITE)
    passes = """
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Waiting:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmActions: [!ImportValue topic]
          Dimensions: [{Name: QueueName, Value: !GetAtt Queue.QueueName}]
    """
    fails = """
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Waiting:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Dimensions: [{Name: QueueName, Value: !Ref Queue}]
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """An alarm that nobody hears, and each dimension that names something else."""
        if not _has_actions(resource, view) and not _is_heard(view, resource):
            yield rule.Found(resource.path, f"{resource.title} has no AlarmActions: nobody hears it")
        for found in resource.said("ActionsEnabled", default=True):
            if str(found.value).lower() == "false":
                yield rule.Found(found.path, f"{resource.title} has actions that are not enabled")
        for names in (("Dimensions",), ("Metrics", "MetricStat", "Metric", "Dimensions")):
            for dimension in resource.each(*names):
                problem = _problem(view, dimension.value) if isinstance(dimension.value, dict) else ""
                if problem:
                    yield rule.Found(dimension.path, f"{resource.title} {problem}")


def _has_actions(alarm: Resource, view: View) -> bool:
    """When it goes off, and not when it is well again."""
    told = [each.scenario for each in alarm.each("AlarmActions")]
    whole = [each for each in alarm.values("AlarmActions") if each.value is not values.ABSENT]
    told += [each.scenario for each in whole if not isinstance(each.value, list)]
    return bool(told) and not view.spares_production(alarm.scenario, told)


def _is_heard(view: View, alarm: Resource) -> bool:
    """By a composite alarm, or by whatever else in the template names it: a deployment that it takes back, a rule."""
    own = values.texts(alarm.properties.get("AlarmName"))
    for each in view.resources.values():
        if each is alarm or each.type == "AWS::CloudWatch::Dashboard":
            continue
        if alarm.title in values.references(each.properties):
            return True
        if each.type == COMPOSITE and own and own in values.texts(each.properties.get("AlarmRule")):
            return True
    return False


def _problem(view: View, dimension: dict[str, Any]) -> str:
    name, value = dimension.get("Name"), dimension.get("Value")
    kind, _ = values.function_of(value)
    named = view.resource_of(value)
    wanted = WANTED.get(name) if isinstance(name, str) else None
    if named is None:
        return ""
    if wanted and named.type not in wanted and f"{wanted[0].rpartition('::')[0]}::" not in named.type:
        return f"has {named.title} for {name}, which is of {named.type}"
    wrong = NOT_BY_REF.get(named.type)
    if kind == "Ref" and wrong and wrong[0] == name:
        return f"has Ref {named.title} for {name}, which is {wrong[1]}: GetAtt {wrong[2]} is meant"
    return ""
