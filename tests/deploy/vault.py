"""A database whose password is in Parameter Store and a user of it in Secrets Manager, in the project of a shop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .deployed import ACCOUNT

if TYPE_CHECKING:
    from .typed import Typed

PASSWORD, REPORTS = "/vault/dev/password", "vault/reports"
SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1", "eu-west-1"]
stacks = ["vault-stack"]

[tool.stackgen.stack.vault-stack.parameters]
PasswordParameterName = "/vault/dev/password"
"""


def _text(default: str) -> dict[str, str]:
    return {"Type": "String", "Default": default}


def reference(versioned: bool = True) -> Any:
    """The password as the cluster has it."""
    newest = {"Fn::Sub": "{{resolve:ssm-secure:${PasswordParameterName}}}"}
    by_number = {"Fn::Sub": "{{resolve:ssm-secure:${PasswordParameterName}:${PasswordVersion}}}"}
    return {"Fn::If": ["HasVersion", by_number, newest]} if versioned else newest


def template(*, versioned: bool = True, reports: bool = False, queue: str = "5") -> dict[str, Any]:
    """The stack; with *reports* a second cluster, whose password is a member of a secret's JSON."""
    own_name = {"Fn::Sub": "vault-${AWS::Region}"}
    cluster = {
        "DBClusterIdentifier": own_name,
        "Engine": "aurora-mysql",
        "MasterUsername": "admin",
        "MasterUserPassword": reference(versioned),
    }
    name = {"Ref": "AWS::Region"}
    resources: dict[str, Any] = {
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": cluster},
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Cluster", "Properties": {"DelaySeconds": queue}},
        "Region": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": name}},
    }  # fmt: skip
    if reports:
        of_reports = f"{{{{resolve:secretsmanager:{REPORTS}:SecretString:password::${{ReportsVersion}}}}}}"
        newest = f"{{{{resolve:secretsmanager:{REPORTS}:SecretString:password}}}}"
        password = {"Fn::If": ["HasReportsVersion", {"Fn::Sub": of_reports}, newest]}
        resources["Reports"] = {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {"Engine": "aurora-postgresql", "MasterUsername": "reports", "MasterUserPassword": password},
        }
    return {
        "Parameters": {
            "PasswordParameterName": {"Type": "String"}, "PasswordVersion": _text(""), "ReportsVersion": _text(""),
        },
        "Conditions": {
            "HasVersion": {"Fn::Not": [{"Fn::Equals": [{"Ref": "PasswordVersion"}, ""]}]},
            "HasReportsVersion": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReportsVersion"}, ""]}]},
        },
        "Resources": resources,
    }  # fmt: skip


class Vault:
    """The command line on it, and what AWS has of it."""

    def __init__(self, typed: Typed, **options: Any) -> None:
        self.typed = typed
        for name in ("Password", "TemplatesBucketName"):
            typed.patch.delenv(f"STACKGEN_PARAM_{name}")
        typed.write("pyproject.toml", SETTINGS)
        self.build(**options)

    def build(self, **options: Any) -> None:
        self.typed.write("build/vault/vault-stack.json", json.dumps(template(**options)))

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return self.typed.cloud.client(service, account=ACCOUNT, region=region)

    def password(self, version: str = "", region: str = "us-east-1") -> str:
        """The newest in Parameter Store, or a version."""
        name = f"{PASSWORD}:{version}" if version else PASSWORD
        found = self.client("ssm", region).get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return str(found["Value"])

    def versions(self, region: str = "us-east-1") -> list[str]:
        """Every value that there ever was, the oldest first."""
        pages = self.client("ssm", region).get_paginator("get_parameter_history")
        found = pages.paginate(Name=PASSWORD, WithDecryption=True)
        return [str(each["Value"]) for page in found for each in page["Parameters"]]

    def of_database(self, cluster: str = "vault-us-east-1", region: str = "us-east-1") -> str:
        """The password that the database itself has."""
        from ministack.services import rds

        with self.typed.cloud.embedded.scope(ACCOUNT, region):
            return str(rds._clusters[cluster]["_MasterUserPassword"])  # noqa: SLF001  no call of AWS tells it

    def deployed_version(self) -> str:
        (stack,) = self.client("cloudformation").describe_stacks(StackName="vault-dev")["Stacks"]
        return next(
            str(each["ParameterValue"]) for each in stack["Parameters"] if each["ParameterKey"] == "PasswordVersion"
        )

    def deploy(self) -> None:
        """Put the secrets and deploy, in the first region."""
        for words in (("secrets", "put"), ("deploy",)):
            ran = self.typed.run(*words, "-r", "us-east-1", "--yes")
            assert ran.code == 0, ran.err

    def rotate(self, *words: str) -> Any:
        return self.typed.run("secrets", "rotate", "-r", "us-east-1", "--every", "0.1", *words)
