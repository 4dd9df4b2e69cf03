"""Rules about alarms, logs and queues: whether somebody hears, and what is kept for how long."""

from __future__ import annotations

import pytest

from .kit import paths, seen

ALARM = """
Parameters: {{Topic: {{Type: String}}}}
Conditions: {{HasTopic: !Not [!Equals [!Ref Topic, '']]}}
Resources:
  Queue: {{Type: AWS::SQS::Queue}}
  Topic: {{Type: AWS::SNS::Topic}}
  Table: {{Type: AWS::DynamoDB::Table}}
  Function: {{Type: AWS::Lambda::Function}}
  Alias: {{Type: AWS::Lambda::Alias}}
  Service: {{Type: AWS::ECS::Service}}
  Graph: {{Type: AWS::Neptune::DBCluster}}
  Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {properties}}}
  {more}
"""


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ("{}", 1),
        ("{AlarmActions: []}", 1),
        ("{OKActions: [!Ref Topic], InsufficientDataActions: [!Ref Topic]}", 1),
        ("{AlarmActions: [!Ref Topic]}", 0),
        ("{AlarmActions: !Ref Topic}", 0),
        ("{AlarmActions: [!If [HasTopic, !Ref Topic, !Ref AWS::NoValue]]}", 0),
        ("{AlarmActions: !If [HasTopic, [!Ref Topic], !Ref AWS::NoValue]}", 0),
        ("{AlarmActions: [!Ref Topic], ActionsEnabled: false}", 1),
    ],
)
def test_an_alarm_that_nobody_hears_is_found(properties: str, found: int) -> None:
    assert len(seen(ALARM.format(properties=properties, more=""), "W9144")) == found


def test_an_output_that_names_an_alarm_is_nobody_who_hears_it() -> None:
    template = ALARM.format(properties="{}", more="") + "Outputs: {Arn: {Value: !GetAtt Alarm.Arn}}"
    assert [each.message for each in seen(template, "W9144")] == ["Alarm has no AlarmActions: nobody hears it"]


def test_an_alarm_is_heard_where_a_composite_or_a_deployment_names_it() -> None:
    more = """Both:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties: {AlarmActions: [a], AlarmRule: 'ALARM("own-x")'}"""
    assert not seen(ALARM.format(properties="{AlarmName: own-x}", more=more), "W9144")
    more = """Group: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {Alarms: [{Name: !Ref Alarm}]}}"""
    assert not seen(ALARM.format(properties="{AlarmName: own-x}", more=more), "W9144")


@pytest.mark.parametrize(
    ("dimension", "message"),
    [
        (
            "{Name: QueueName, Value: !Ref Queue}",
            "has Ref Queue for QueueName, which is its URL: GetAtt QueueName is meant",
        ),
        (
            "{Name: TopicName, Value: !Ref Topic}",
            "has Ref Topic for TopicName, which is its ARN: GetAtt TopicName is meant",
        ),
        (
            "{Name: ServiceName, Value: !Ref Service}",
            "has Ref Service for ServiceName, which is its ARN: GetAtt Name is meant",
        ),
        ("{Name: FunctionName, Value: !Ref Table}", "has Table for FunctionName, which is of AWS::DynamoDB::Table"),
    ],
)
def test_a_dimension_that_names_something_else_is_found(dimension: str, message: str) -> None:
    template = ALARM.format(properties=f"{{AlarmActions: [a], Dimensions: [{dimension}]}}", more="")
    assert [each.message for each in seen(template, "W9144")] == [f"Alarm {message}"]
    metrics = f"{{AlarmActions: [a], Metrics: [{{Id: a, MetricStat: {{Metric: {{Dimensions: [{dimension}]}}}}}}]}}"
    assert [each.message for each in seen(ALARM.format(properties=metrics, more=""), "W9144")] == [f"Alarm {message}"]


@pytest.mark.parametrize(
    "dimension",
    [
        "{Name: QueueName, Value: !GetAtt Queue.QueueName}",
        "{Name: FunctionName, Value: !Ref Function}",
        "{Name: FunctionName, Value: !Ref Alias}",
        "{Name: FunctionName, Value: !ImportValue function}",
        "{Name: FunctionName, Value: orders}",
        "{Name: DBClusterIdentifier, Value: !Ref Graph}",
        "{Name: Own, Value: !Ref Queue}",
    ],
)
def test_a_dimension_that_fits_or_is_unknown_is_not_found(dimension: str) -> None:
    assert not seen(ALARM.format(properties=f"{{AlarmActions: [a], Dimensions: [{dimension}]}}", more=""), "W9144")


def test_a_group_that_keeps_for_ever_in_one_branch_is_found() -> None:
    template = """
    Parameters: {Days: {Type: Number}}
    Conditions: {IsProd: !Equals [!Ref Days, 1]}
    Resources:
      Given: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}
      Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !If [IsProd, 30, !Ref AWS::NoValue]}}
    """
    assert paths(template, "W9161") == ["Resources/Log/Properties/RetentionInDays/Fn::If/2"]


def test_a_queue_for_what_others_could_not_deliver_needs_no_other() -> None:
    template = """
    Resources:
      Work: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Aside.Arn}}}
      Aside: {Type: AWS::SQS::Queue}
      OfRule: {Type: AWS::SQS::Queue}
      Failed: {Type: AWS::SQS::Queue}
      Plain: {Type: AWS::SQS::Queue}
      Rule:
        Type: AWS::Events::Rule
        Properties: {Targets: [{Id: a, Arn: b, DeadLetterConfig: {Arn: !GetAtt OfRule.Arn}}]}
      Kept:
        Type: AWS::Lambda::EventInvokeConfig
        Properties: {DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}}
    """
    assert paths(template, "W9171") == ["Resources/Plain/Properties"]


def test_who_reads_a_stream_goes_on_behind_what_always_fails() -> None:
    template = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table}
      Queue: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: arn}}}
      Stops: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Table.StreamArn}}
      Goes:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !GetAtt Table.StreamArn, DestinationConfig: {OnFailure: {Destination: arn}}}
      Takes:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}
      Single: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Queue.Arn, BatchSize: 1}}
      Given: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !ImportValue stream}}
    """
    (found,) = seen(template, "W9171")
    assert found.message == "Stops stops at what always fails in Table: it has no OnFailure destination"


def test_who_reads_a_queue_gives_back_only_what_failed() -> None:
    template = """
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: arn}}}
      Takes: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Queue.Arn}}
    """
    assert [each.message for each in seen(template, "W9171")] == [
        "Takes takes a whole batch back for one message: FunctionResponseTypes"
    ]


def test_a_template_of_production_says_which_metrics_nobody_watches() -> None:
    template = """
    Resources:
      Function: {Type: AWS::Lambda::Function}
      Machine: {Type: AWS::StepFunctions::StateMachine}
      Errors: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/Lambda, MetricName: Errors}}
      Rate:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Metrics:
            - {Id: a, MetricStat: {Metric: {Namespace: AWS/Lambda, MetricName: Throttles}}}
            - {Id: b, Expression: a}
    """
    assert [each.message for each in seen(template, "W9162", profile="production")] == [
        "Function has no alarm on Duration",
        "Machine has no alarm on ExecutionsFailed",
    ]
    assert not seen(template, "W9162")


def test_an_alarm_on_one_function_serves_no_other() -> None:
    template = """
    Resources:
      One: {Type: AWS::Lambda::Function}
      Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref One}}
      Other: {Type: AWS::Lambda::Function}
      Errors:
        Type: AWS::CloudWatch::Alarm
        Properties:
          {Namespace: AWS/Lambda, MetricName: Errors, Dimensions: [{Name: FunctionName, Value: !Ref One}]}
      Slow:
        Type: AWS::CloudWatch::Alarm
        Properties:
          {Namespace: AWS/Lambda, MetricName: Duration, Dimensions: [{Name: Resource, Value: !Ref Live}]}
      All:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Metrics: [{Id: a, Expression: 'SELECT SUM(Throttles) FROM SCHEMA("AWS/Lambda", FunctionName)', Period: 60}]
    """
    assert [each.message for each in seen(template, "W9162", profile="production")] == [
        "Other has no alarm on Errors, Duration"
    ]
