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
        ("- {Effect: !If [IsOn, Allow, Deny], Action: 'sqs:*', Resource: '*'}", 3),
        ("- {Effect: Allow, Action: !If [IsOn, 'sqs:*', 'sns:*'], Resource: '*'}", 3),
        ("- {Effect: Allow, Action: !If [IsOn, 'sqs:*', !Ref Name], Resource: '*'}", 0),
        ("- {Effect: Allow, NotAction: 'iam:*', Resource: '*'}", 0),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1:123456789012:other'}", 3),
        ("- !If [IsOn, {Effect: Allow, Action: 'sqs:*', Resource: '*'}, !Ref 'AWS::NoValue']", 3),
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
        ("Resource: 'arn:aws:states:::aws-sdk:s3:putObject'", "s3:PutObject"),
        ("Resource: 'arn:aws:states:::aws-sdk:lambda:invoke'", "lambda:InvokeFunction"),
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
    actions = "['sns:*', 'lambda:*', 'states:*', 'ecs:*', 's3:*']"
    assert messages(machine, f"- {{Effect: Allow, Action: {actions}, Resource: '*'}}") == []


def test_a_distributed_map_starts_executions_and_a_schedule_sends_its_dead_letters_by_its_role() -> None:
    inner = "{ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: B, States: {B: {Type: Succeed}}}"
    machine = f"""
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition: {{StartAt: A, States: {{A: {{Type: Map, End: true, ItemProcessor: {inner}}}}}}}
"""
    assert messages(machine) == ["Role may not states:StartExecution, which the distributed map A of Machine needs"]
    assert messages(machine.replace("DISTRIBUTED", "INLINE")) == []
    schedule = """
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: {Target: {Arn: !Ref Name, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: !GetAtt Queue.Arn}}}
"""
    assert messages(schedule) == [
        "Role may not sqs:SendMessage on ${Queue.Arn}, which the dead letters of Schedule needs"
    ]


@pytest.mark.parametrize("call", ["new:thing", "aws-sdk:dynamodb:transactWriteItems", "aws-sdk:sts:getCallerIdentity"])
def test_a_task_whose_integration_is_not_known_needs_nothing(call: str) -> None:
    machine = f"""
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition: {{StartAt: A, States: {{A: {{Type: Task, End: true, Resource: 'arn:aws:states:::{call}'}}}}}}
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
        "{FunctionName: !Ref Function, Action: 'lambda:*', Principal: events.amazonaws.com, SourceArn: b}",
        "{FunctionName: !Sub '${Function}', Action: 'lambda:*', Principal: events.amazonaws.com, SourceArn: b}",
        "{FunctionName: !GetAtt Function.Arn, Action: 'lambda:*', Principal: !Ref Name, SourceArn: b}",
    ],
)
def test_a_permission_lets_a_rule_call_a_function(permission: str) -> None:
    rule = "  Rule: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !GetAtt Function.Arn}]}}\n"
    assert messages(f"{rule}  May: {{Type: 'AWS::Lambda::Permission', Properties: {permission}}}") == []
    wrong = permission.replace("events.", "s3.").replace("Principal: !Ref Name", "Principal: '123456789012'")
    assert len(messages(f"{rule}  May: {{Type: 'AWS::Lambda::Permission', Properties: {wrong}}}")) == 1


@pytest.mark.parametrize(
    ("permission", "count"),
    [
        ("Action: lambda:GetFunction, SourceArn: !Ref Topic", 1),
        ("Action: lambda:InvokeFunction, SourceArn: !Ref Second", 1),
        ("Action: lambda:InvokeFunction, SourceArn: !If [IsOn, !Ref Topic, !Ref Second]", 0),
        ("Action: lambda:InvokeFunction, SourceArn: !Ref Name", 0),
        ("Action: lambda:InvokeFunction, SourceAccount: !Ref 'AWS::AccountId'", 0),
        ("Action: !Ref Name, SourceArn: !Ref Topic", 0),
    ],
)
def test_a_permission_is_for_the_call_and_for_who_calls(permission: str, count: int) -> None:
    resources = f"""
  Second: {{Type: 'AWS::SNS::Topic'}}
  Sub:
    Type: AWS::SNS::Subscription
    Properties: {{Protocol: lambda, Endpoint: !GetAtt Function.Arn, TopicArn: !Ref Topic}}
  May:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Function, Principal: sns.amazonaws.com, {permission}}}
"""
    assert len(messages(resources)) == count
    sometimes = resources.replace("    Type: AWS::Lambda::P", "    Condition: IsOn\n    Type: AWS::Lambda::P")
    assert len(messages(sometimes)) == 1
    both = sometimes.replace("    Type: AWS::SNS::S", "    Condition: IsOn\n    Type: AWS::SNS::S")
    assert len(messages(both)) == count


@pytest.mark.parametrize(
    ("caller", "service"),
    [
        ("AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt Function.Arn}", "apigateway"),
        ("AWS::ApiGateway::Method, Properties: {Integration: {Uri: !Sub 'arn:a/${Function.Arn}/b'}}", "apigateway"),
        ("AWS::ApiGateway::Authorizer, Properties: {AuthorizerUri: !Sub 'arn:a/${Function.Arn}/b'}", "apigateway"),
        ("AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: !GetAtt Function.Arn}}", "cognito-idp"),
        ("AWS::Cognito::UserPool, Properties: {LambdaConfig: {CustomSMSSender: {LambdaArn: !GetAtt Function.Arn}}}",
         "cognito-idp"),
        ("AWS::Config::ConfigRule, Properties: {Source: {SourceIdentifier: !GetAtt Function.Arn}}", "config"),
    ],
)  # fmt: skip
def test_apis_pools_and_rules_of_config_may_call_their_functions(caller: str, service: str) -> None:
    resources = f"  Caller: {{Type: {caller}}}\n"
    permission = f"{{FunctionName: !Ref Function, Action: 'lambda:*', Principal: {service}.amazonaws.com}}"
    told = f"nothing lets {service}.amazonaws.com reach Function, as Caller asks; add it to its policy"
    assert messages(resources) == [told]
    assert messages(f"{resources}  May: {{Type: 'AWS::Lambda::Permission', Properties: {permission}}}\n") == []


@pytest.mark.parametrize(
    "caller",
    [
        "AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt Function.Arn, CredentialsArn: !Ref Name}",
        "AWS::ApiGateway::Method, Properties: {Integration: {Uri: !Sub 'a:${stageVariables.Function}'}}",
        "AWS::ApiGateway::Method, Properties: {Integration: {Type: MOCK}}",
        "AWS::Cognito::UserPool, Properties: {LambdaConfig: {KMSKeyID: !GetAtt Function.Arn}}",
        "AWS::Cognito::UserPool, Properties: {LambdaConfig: [7]}",
        "AWS::Config::ConfigRule, Properties: {Source: {Owner: AWS, SourceIdentifier: ENCRYPTED_VOLUMES}}",
    ],
)
def test_who_calls_by_a_role_or_calls_no_function_needs_no_permission(caller: str) -> None:
    assert messages(f"  Caller: {{Type: {caller}}}\n") == []


def test_a_queue_lets_a_topic_do_no_other_than_send() -> None:
    resources = """
  Sub: {Type: 'AWS::SNS::Subscription', Properties: {Protocol: sqs, Endpoint: !GetAtt Queue.Arn, TopicArn: !Ref Topic}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: 'sqs:ReceiveMessage', Resource: '*'}
"""
    assert len(messages(resources)) == 1
    assert messages(resources.replace("ReceiveMessage", "Send*")) == []


@pytest.mark.parametrize(
    ("denied", "missing"),
    [
        ("{Effect: Deny, Action: 'sqs:*', Resource: '*'}", 3),
        ("{Effect: Deny, Action: 'sqs:DeleteMessage', Resource: !GetAtt Queue.Arn}", 1),
        ("{Effect: Deny, Action: 'sqs:*', Resource: !GetAtt Other.Arn}", 0),
        ("{Effect: Deny, Action: 'sqs:*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': 'false'}}}", 0),
        ("{Effect: Deny, Action: !Ref Name, Resource: '*'}", 0),
        ("!If [IsOn, {Effect: Deny, Action: 'sqs:*', Resource: '*'}, !Ref 'AWS::NoValue']", 3),
    ],
)
def test_what_is_denied_is_not_granted(denied: str, missing: int) -> None:
    allowed = "- {Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Queue.Arn}"
    assert len(messages(SOURCE, f"{allowed}\n- {denied}")) == missing


def test_a_policy_for_the_conditions_of_its_source_is_enough() -> None:
    granted = "- !If [IsOn, {Effect: Allow, Action: 'sqs:*', Resource: '*'}, !Ref 'AWS::NoValue']"
    assert messages(SOURCE.replace("    Type", "    Condition: IsOn\n    Type"), granted) == []


def test_a_role_that_is_made_only_where_none_is_given_is_judged_there_alone() -> None:
    template = ROLE.format(statements="", resources=SOURCE).replace("'logs:*'", "['logs:*', 'sqs:*']")
    chosen = template.replace("Role: !GetAtt Role.Arn", "Role: !If [IsOn, !GetAtt Role.Arn, !Ref Name]")
    conditional = chosen.replace("    Type: AWS::IAM::Role", "    Condition: IsOn\n    Type: AWS::IAM::Role")
    assert seen(conditional, "E9182") == []


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
