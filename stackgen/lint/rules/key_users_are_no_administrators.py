"""W9189."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import levels
from stackgen.lint.kit import policies, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
MANAGING = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey")
USING = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt")


class KeyUsersAreNoAdministrators(rule.Rule):
    """Who uses a key does not manage it; only the account itself has both."""

    id = "W9189"
    shortdesc = "A key's policy keeps those who manage it apart from those who use it"
    why = "Who may read the data and delete the key can do both at once, and hide the first by the second."
    remedy = "Write a statement for the administrators and another one, without kms:*, for the users."
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    pillar = "security"
    guidelines = ("GDL-152", "GDL-022")
    passes = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
                Action: 'kms:*'
                Resource: '*'
              - {Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: ['kms:Decrypt'], Resource: '*'}
    """
    fails = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:
              - {Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: 'kms:*', Resource: '*'}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each statement that gives somebody else than the account both."""
        for each in policies.statements(view, policies.RESOURCE):
            if each.resource.type not in KEYS or not each.allows or not _is_both(each):
                continue
            for kind, said in each.principals:
                if kind == "AWS" and said.text != "*" and not _is_account(said.text):
                    message = f"{each.resource.title} lets {said.text} manage the key and use it; allow one of them"
                    yield rule.Found(said.path, message)


def _is_both(statement: policies.Statement) -> bool:
    names = [each.text for each in statement.actions]
    return all(
        any(levels.matches(name, action) for name in names for action in actions) for actions in (MANAGING, USING)
    )


def _is_account(text: str) -> bool:
    return text.endswith(":root") or text == "${AWS::AccountId}" or text.isdigit()
