"""Rules about grants that the wiring of a template implies."""

from __future__ import annotations

from textwrap import indent

import pytest

from .kit import seen

ROLE = """
Parameters: {{Name: {{Type: String}}, Narrow: {{Type: String, Default: 'sns:Publish'}}, Basic: {{Type: String,
  Default: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'}}}}
Conditions: {{IsOn: !Equals [!Ref Name, 'on']}}
Resources:
  Queue: {{Type: 'AWS::SQS::Queue'}}
  Other: {{Type: 'AWS::SQS::Queue'}}
  Topic: {{Type: 'AWS::SNS::Topic'}}
  Function: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt Role.Arn}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{}}
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement:
              - {{Effect: Allow, Action: 'logs:*', Resource: '*'}}
{statements}
{resources}
"""
SOURCE = """
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !GetAtt Function.Arn, EventSourceArn: !GetAtt Queue.Arn}
"""


def messages(resources: str, statements: str = "") -> list[str]:
    template = ROLE.format(statements=indent(statements, " " * 14), resources=resources)
    return [each.message for each in seen(template, "E9182")]


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("", 3),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Queue.Arn}", 0),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: !Sub '${Other.Arn}*'}", 3),
        ("- {Effect: Allow, Action: 'sqs:ReceiveMessage', Resource: '*'}", 2),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: !Ref Name}", 0),
        ("- {Effect: Allow, Action: !Ref Name, Resource: '*'}", 0),
        ("- {Effect: Allow, Action: !Ref Narrow, Resource: '*'}", 0),
        ("- {Effect: !Ref Name, Action: 'sqs:*', Resource: '*'}", 0),
        ("- {Effect: !If [IsOn, Allow, Deny], Action: 'sqs:*', Resource: '*'}", 0),
        ("- {Effect: Allow, NotAction: 'iam:*', Resource: '*'}", 0),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1:123456789012:other'}", 3),
        ("- !If [IsOn, {Effect: Allow, Action: 'sqs:*', Resource: '*'}, !Ref 'AWS::NoValue']", 0),
    ],
)
def test_a_queue_that_a_function_reads_is_granted_to_its_role(statement: str, missing: int) -> None:
    assert len(messages(SOURCE, statement)) == missing


@pytest.mark.parametrize(
    "given",
    ["!Ref Name", "!Ref Basic", "arn:aws:iam::123456789012:policy/ours", "arn:aws:iam::aws:policy/AmazonSQSFullAccess"],
)
def test_a_role_with_a_policy_that_is_not_known_may_anything(given: str) -> None:
    template = ROLE.format(statements="", resources=SOURCE)
    assert not seen(
        template.replace("      Policies:", f"      ManagedPolicyArns: [{given}]\n      Policies:"), "E9182"
    )


@pytest.mark.parametrize("kind", ["ManagedPolicy", "Policy"])
def test_policies_beside_the_role_count(kind: str) -> None:
    policy = f"""
  Policy:
    Type: AWS::IAM::{kind}
    Properties:
      PolicyName: b
      Roles: [!Ref Role]
      PolicyDocument: {{Statement: {{Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Queue.Arn}}}}
"""
    assert messages(SOURCE + policy) == []


@pytest.mark.parametrize(
    ("task", "action"),
    [
        ("Resource: 'arn:aws:states:::sns:publish', Parameters: {TopicArn: '${TopicArn}'}", "sns:Publish on ${Topic}"),
        ("Resource: !GetAtt Function.Arn", "lambda:InvokeFunction on ${Function.Arn}"),
        ("Resource: 'arn:aws:states:::aws-sdk:sfn:startExecution'", "states:StartExecution"),
        ("Resource: !Sub 'arn:${AWS::Partition}:states:::ecs:runTask'", "ecs:RunTask"),
    ],
)
def test_a_task_of_a_state_machine_is_granted_to_its_role(task: str, action: str) -> None:
    machine = f"""
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      DefinitionSubstitutions: {{TopicArn: !Ref Topic}}
      Definition: {{StartAt: A, States: {{A: {{Type: Task, End: true, {task}}}}}}}
"""
    assert messages(machine) == [f"Role may not {action}, which the task A of Machine needs"]
    assert (
        messages(machine, "- {Effect: Allow, Action: ['sns:*', 'lambda:*', 'states:*', 'ecs:*'], Resource: '*'}") == []
    )


def test_a_task_whose_integration_is_not_known_needs_nothing() -> None:
    machine = """
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition: {StartAt: A, States: {A: {Type: Task, End: true, Resource: 'arn:aws:states:::new:thing'}}}
"""
    assert messages(machine) == []


@pytest.mark.parametrize(
    ("resources", "count"),
    [
        ("Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !GetAtt Function.Arn}]}}", 1),
        ("Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}", 1),
        ("Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !Ref Name}]}}", 0),
        ("Alarm: {Type: 'AWS::CloudWatch::Alarm', Properties: {AlarmActions: [!Ref Topic]}}", 0),
        ("Alarm: {Type: 'AWS::CloudWatch::Alarm', Properties: {AlarmActions: [!GetAtt Function.Arn]}}", 1),
        ("Sub: {Type: 'AWS::SNS::Subscription', Properties: {Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}", 1),
        ("Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: 7}}", 0),
    ],
)
def test_a_service_that_is_told_to_call_may_do_it(resources: str, count: int) -> None:
    assert len(messages(f"  {resources}")) == count


@pytest.mark.parametrize(
    "permission",
    [
        "{FunctionName: !Ref Function, Action: a, Principal: events.amazonaws.com, SourceArn: b}",
        "{FunctionName: !Sub '${Function}', Action: a, Principal: events.amazonaws.com, SourceArn: b}",
        "{FunctionName: !GetAtt Function.Arn, Action: a, Principal: !Ref Name, SourceArn: b}",
    ],
)
def test_a_permission_lets_a_rule_call_a_function(permission: str) -> None:
    rule = "  Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !GetAtt Function.Arn}]}}\n"
    assert messages(f"{rule}  May: {{Type: 'AWS::Lambda::Permission', Properties: {permission}}}") == []
    wrong = permission.replace("events.", "s3.").replace("Principal: !Ref Name", "Principal: '123456789012'")
    assert len(messages(f"{rule}  May: {{Type: 'AWS::Lambda::Permission', Properties: {wrong}}}")) == 1


@pytest.mark.parametrize(("principal", "count"), [("cloudwatch.amazonaws.com", 0), ("events.amazonaws.com", 1)])
def test_a_topic_with_a_policy_of_its_own_names_the_alarms_too(principal: str, count: int) -> None:
    resources = f"""
  Alarm: {{Type: 'AWS::CloudWatch::Alarm', Properties: {{AlarmActions: [!Ref Topic]}}}}
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument: {{Statement: {{Effect: Allow, Principal: {{Service: {principal}}}, Action: 'sns:Publish'}}}}
"""
    assert len(messages(resources)) == count
