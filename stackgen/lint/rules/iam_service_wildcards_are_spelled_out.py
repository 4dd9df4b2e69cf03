"""W9175."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import policies, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class IamServiceWildcardsAreSpelledOut(rule.Rule):
    """No statement allows all of a service on a resource: that is deleting it and opening it, too."""

    id = "W9175"
    shortdesc = "A policy does not allow all actions of a service on a resource"
    why = "All actions on a bucket or a table are its deletion and its policy as well, not only its data."
    remedy = "List the actions that are called."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21"
    pillar = "security"
    guidelines = ("GDL-012",)
    public = ("IAM.21",)
    passes = """
    Resources:
      Bucket: {Type: 'AWS::S3::Bucket'}
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['s3:GetObject'], Resource: !Sub '${Bucket.Arn}/*'}]
    """
    fails = """
    Resources:
      Bucket: {Type: 'AWS::S3::Bucket'}
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['s3:*'], Resource: !Sub '${Bucket.Arn}/*'}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each ``service:*`` that E9135 does not tell of."""
        for each in policies.statements(view, policies.IDENTITY):
            everywhere = each.all_resources_but or any(one.text == "*" for one in each.resources)
            if each.allows and not everywhere:
                for said in each.actions:
                    if said.text.endswith(":*") and said.text != "*:*":
                        message = f"{each.resource.title} allows {said.text}; name the actions that it needs"
                        yield rule.Found(said.path, message)
