"""E9136."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.iam import levels
from stackgen.lint.kit import conditions, policies, reach, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Statement
    from stackgen.lint.kit.values import Path
    from stackgen.lint.kit.view import View

SECRET = frozenset({"secretsmanager:GetSecretValue"})
"""Reading that is worth as much as writing; kms:Decrypt is writing for AWS anyhow."""
KINDS = {
    "dynamodb": "table/", "kms": "key/", "lambda": "function:", "secretsmanager": "secret:",
    "sns": "", "sqs": "", "sts": "role/",
}  # fmt: skip
"""What the actions of a service act on: a pattern that means all of it is everything, too. IAM's is E9181's."""
MOST = 3
"""So many actions are told of a statement."""


class IamWritesNameTheirResources(rule.Rule):
    """Whoever writes, manages permissions, passes roles, decrypts or reads secrets does it on named resources."""

    id = "E9136"
    shortdesc = "A policy names the resources that it allows to change"
    why = "What may write to every resource of the account can destroy what belongs to others, or make itself mighty."
    remedy = "Name the ARNs, with a wildcard at the end where names are made, or narrow it by a condition on tags."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html"
    pillar = "security"
    guidelines = ("GDL-012", "GDL-013")
    public = ("KMS.1", "KMS.2", "CKV_AWS_109", "CKV_AWS_110", "CKV_AWS_111")
    options = {  # noqa: RUF012  as cfn-lint declares it
        "on_everything": {
            "default": [
                "cloudwatch:PutMetricData", "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses", "ssm:UpdateInstanceInformation",
            ],
            "type": "list",
            "itemtype": "string",
        }
    }  # fmt: skip
    passes = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: ['sqs:SendMessage', 'ecr:GetAuthorizationToken']
                Resource: 'arn:aws:sqs:eu-west-1:123456789012:orders'
              - {Effect: Allow, Action: ['cloudwatch:PutMetricData', 'ec2:Describe*'], Resource: '*'}
              - Effect: Allow
                Action: 'ec2:TerminateInstances'
                Resource: '*'
                Condition: {StringEquals: {'aws:ResourceTag/Project': shop}}
    """
    fails = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['iam:PassRole', 'kms:Decrypt', 's3:Put*'], Resource: '*'}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each statement on everything that holds such an action; told once."""
        for each in policies.statements(view, policies.IDENTITY):
            if not each.allows or _is_narrowed(each):
                continue
            for place, service in _everything(each):
                told = sorted(
                    {one for said in each.actions for one in self._changes(said.text) if one.startswith(service)}
                )
                if told:
                    more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
                    message = (
                        f"{each.resource.title} allows {', '.join(told[:MOST])}{more} on every resource; name them"
                    )
                    yield rule.Found(place, message)

    def _changes(self, action: str) -> list[str]:
        """What it means of what must not be allowed on everything. All of a service is E9135's."""
        if action.endswith(":*") or ":" not in action:
            return []
        found = [*levels.covered(action), *(each for each in SECRET if levels.matches(action, each))]
        allowed: list[Any] = self.config["on_everything"]
        return [each for each in found if not any(levels.matches(str(one), each) for one in allowed)]


def _everything(statement: Statement) -> Iterator[tuple[Path, str]]:
    """Where everything is meant, and how the actions begin of which it is everything."""
    if statement.all_resources_but:
        yield statement.at("NotResource"), ""
    for said in statement.resources:
        if said.text == "*" or said.text.endswith((":s3:::*", ":s3:::*/*")):
            yield said.path, ""
            continue
        for service, kind in KINDS.items():
            if reach.means_any(said.text, "iam" if service == "sts" else service, kind):
                yield said.path, f"{service}:"


def _is_narrowed(statement: Statement) -> bool:
    return conditions.restricts(statement, lambda key: key not in conditions.HOW)
