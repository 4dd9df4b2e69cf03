"""W9155."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class KeyUsersDoNotOwnTheKey(rule.OfResources):
    """The account itself may do all, as AWS's own default policy says."""

    id = "W9155"
    shortdesc = "A key's policy separates who administers the key from who uses it"
    why = "Who uses a key and may also change its policy can give it to anybody, or delete it with all data under it."
    remedy = "Give kms:* to the account only, and each role the actions that it needs."
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    pillar = "security"
    guidelines = ("GDL-152",)
    public = ("KMS.5", "CKV_AWS_33")
    types = ("AWS::KMS::Key",)
    passes = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}
                Action: kms:*
              - {Effect: Allow, Principal: {AWS: !Ref Role}, Action: [kms:Decrypt], Resource: '*'}
    """
    fails = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: kms:*, Resource: '*'}]
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each statement that allows everything to somebody else than an account."""
        for found in resource.each("KeyPolicy", "Statement"):
            statement = found.value if isinstance(found.value, dict) else {}
            actions = {
                str(one) for each in values.elements(statement.get("Action")) for one in view.literals(each.value)
            }
            if statement.get("Effect") == "Allow" and actions & {"kms:*", "*"} and not _is_account(statement):
                yield rule.Found(found.path, f"{resource.title} gives all actions to somebody else than its account")


def _is_account(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    whole = principal.get("AWS") if isinstance(principal, dict) else principal
    named = [each.value for each in values.elements(whole)]
    return bool(named) and all(
        str(each).isdigit() or "AWS::AccountId" in values.references(each) or values.texts(each).endswith(":root")
        for each in named
    )
