"""Rules about passwords, keys and tokens."""

from __future__ import annotations

import pytest

from .kit import paths, seen

HEAD = """
Parameters:
  Open: {Type: String}
  Silent: {Type: String, NoEcho: true}
  Known: {Type: String, NoEcho: true, Default: correct-horse}
  Dynamic: {Type: String, Default: '{{resolve:secretsmanager:x}}'}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>'}
  Store: {Type: String, Default: ssm-secure}
  DbPassword: {Type: String, Default: correct-horse}
  SecretName: {Type: String, Default: correct-horse}
Mappings: {Kinds: {prod: {Password: hunter2}, dev: {Password: ''}, safe: {Password: '{{resolve:ssm-secure:/a}}'}}}
Conditions: {Is: !Equals [!Ref Open, a]}
Resources:
"""
CLUSTER = "  Cluster: {Type: AWS::RDS::DBCluster, Properties: {MasterUserPassword: %s}}\n"


@pytest.mark.parametrize(
    "value",
    [
        "'{{resolve:ssm-secure:/a}}'", "!Sub '{{resolve:secretsmanager:${Open}}}'", "!Ref Silent", "!Ref Dynamic",
        "!Join ['', ['{{resolve:ssm-secure:', !Ref Open, '}}']]", "!ImportValue password", "!Ref 'AWS::NoValue'",
        "!FindInMap [Kinds, safe, Password]", "!FindInMap [Kinds, dev, Password]", "!Select [0, [!Ref Silent, a]]",
        "!FindInMap [Kinds, safe, !Ref Open]", "!Sub '${AWS::StackName}-${Cluster.Endpoint}'",
        "!Join ['', ['{{resolve:', !Ref Store, ':/a}}']]", "!GetAtt Maker.Password",
        "!If [Is, !Ref Silent, !Ref 'AWS::NoValue']",
    ],
)  # fmt: skip
def test_a_password_that_nobody_reads_in_the_stack_passes(value: str) -> None:
    assert not paths(HEAD + CLUSTER % value, "E9107")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("hunter2", "stands in the template"), ("!Sub hunter2", "stands in the template"), ("12345", "stands in"),
        ("!Ref Open", "comes by the parameter Open, which the stack shows"),
        ("!Ref Stored", "comes by the parameter Stored"), ("!Ref Known", "is the default of the parameter Known"),
        ("'{{resolve:ssm:/a}}'", "the type String, which is not encrypted"),
        ("!If [Is, !Ref Silent, hunter2]", "stands in the template"), ("!Select [0, [hunter2]]", "stands in the"),
        ("!FindInMap [Kinds, !Ref Open, Password]", "stands in the template"), ("!Join ['', [a, b]]", "stands in the"),
        ("!Sub ['${a}hunter2', {a: x}]", "stands in"), ("!Join ['', [!Ref Open, b]]", "by the parameter Open"),
    ],
)  # fmt: skip
def test_a_password_that_people_can_read_is_found(value: str, told: str) -> None:
    (found,) = seen(HEAD + CLUSTER % value, "E9107")
    assert told in found.message


def test_a_secret_that_is_made_of_parameters_may_hold_open_ones() -> None:
    document = "  Secret: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: %s}}\n"
    assert not paths(HEAD + document % '!Sub \'{"user": "${Open}", "password": "${Silent}"}\'', "E9107")
    assert paths(HEAD + document % '\'{"password": "hunter2"}\'', "E9107")
    (found,) = seen(HEAD + document % '!Sub \'{"user": "${Open}", "password": "hunter2"}\'', "E9107")
    assert found.message == "Secret has a SecretString that has its password in the template"
    for other in ('{"user": "hunter2", "of": "${Open}"}', '["hunter2", "${Open}"]', "password ${Open}", "{${Open}"):
        assert not paths(HEAD + document % f"!Sub '{other}'", "E9107")


VARIABLE = """
  Function:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {%s: %s}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {ContainerDefinitions: [{Environment: [{Name: %s, Value: %s}], Secrets: [{Name: A, ValueFrom: b}]}]}
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", "hunter2"), ("api_key", "abc"), ("X", "!Ref Silent"), ("X", "!Sub 'a-${Silent}'"),
        ("X", "'{{resolve:secretsmanager:x}}'"), ("URL", "mysql://root:hunter2@db/x"), ("SECRET", "!Ref Known"),
        ("X", "!If [Is, a, ghp_012345678901234567890123456789012345]"), ("DB_PASSWORD", "!Ref DbPassword"),
        ("X", "!Sub 'a-${DbPassword}'"), ("SECRET_VALUE", "hunter2"), ("SECRET", "!FindInMap [Kinds, prod, Password]"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY"),
    ],
)  # fmt: skip
def test_a_secret_in_a_variable_is_found_in_functions_and_tasks(name: str, value: str) -> None:
    assert paths(HEAD + VARIABLE % (name, value, name, value), "E9108") == [
        each + ("/Fn::If/2" if "!If" in value else "")
        for each in (
            f"Resources/Function/Properties/Environment/Variables/{name}",
            "Resources/Task/Properties/ContainerDefinitions/0/Environment/0/Value",
        )
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_PARAMETER", "/app/password"), ("SECRET_ARN", "arn:aws:secretsmanager:x"), ("TOKEN", "!Ref Open"),
        ("SECRET", "!Ref SecretName"), ("PASSWORD", "!Sub '${Dynamic}'"), ("TOKEN_KEY", "app/tokens/of/production"),
        ("MAX_TOKEN", "5"), ("USE_PASSWORD", "'true'"), ("SECRET", "app/database"), ("TOKEN", "!GetAtt A.B"),
        ("URL", "https://example.com/a@b"), ("URL", "!Sub 'mysql://${Open}:${Open}@db'"), ("PASSWORD", "''"),
        ("USE_TOKEN", "'yes'"), ("CSRF_TOKEN", "disabled"), ("API_KEY", "header"),
    ],
)  # fmt: skip
def test_what_only_names_a_secret_is_let_through(name: str, value: str) -> None:
    assert not paths(HEAD + VARIABLE % (name, value, name, value), "E9108")


def test_parameters_and_user_data_are_looked_at_too() -> None:
    template = """
      Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /app/password, Type: String, Value: hunter2}}
      Path: {Type: AWS::SSM::Parameter, Properties: {Name: /app/bucket, Type: String, Value: hunter2}}
      Instance:
        Type: AWS::EC2::Instance
        Properties: {UserData: !Base64 {'Fn::Sub': "#!/bin/sh\\nexport DB_PASSWORD=hunter22\\n"}}
      Right:
        Type: AWS::EC2::Instance
        Properties: {UserData: !Base64 {'Fn::Sub': "#!/bin/sh\\nDB_PASSWORD=$(aws ssm get-parameter)\\n"}}
    """
    assert paths(HEAD + template.replace("      ", "  ", 1).replace("\n      ", "\n  "), "E9108") == [
        "Resources/Instance/Properties/UserData",
        "Resources/Parameter/Properties/Value",
    ]


def test_arguments_of_jobs_and_models_and_literal_outputs_are_looked_at_too() -> None:
    template = """
  Job: {Type: AWS::Glue::Job, Properties: {DefaultArguments: {--db_password: hunter2, --db: a}}}
  Model: {Type: AWS::SageMaker::Model, Properties: {Containers: [{Environment: {API_KEY: hunter2}}]}}
Outputs:
  Password: {Value: hunter2}
  Token: {Value: !Ref Silent}
  Name: {Value: hunter2}
"""
    assert paths(HEAD + template, "E9108") == [
        "Outputs/Password/Value",
        "Resources/Job/Properties/DefaultArguments/--db_password",
        "Resources/Model/Properties/Containers/0/Environment/API_KEY",
    ]
