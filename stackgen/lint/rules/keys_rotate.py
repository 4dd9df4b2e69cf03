"""W9134."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class KeysRotate(rule.OfResources):
    """Symmetric keys with material from KMS; no other can."""

    id = "W9134"
    shortdesc = "A KMS key rotates by itself"
    why = "A key that never changes protects ever more data, and what one leak opens grows with it."
    remedy = "Set EnableKeyRotation to true: old material stays for what it encrypted, and nothing else changes."
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
    pillar = "security"
    guidelines = ("GDL-022",)
    public = ("KMS.4", "CKV_AWS_7")
    types = ("AWS::KMS::Key",)
    passes = """
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true}}
      Signing: {Type: AWS::KMS::Key, Properties: {KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY}}
    """
    fails = """
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {Description: data}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The switch, where the kind of key has it."""
        kinds = [each.value for each in resource.said("KeySpec", default="SYMMETRIC_DEFAULT")]
        origins = [each.value for each in resource.said("Origin", default="AWS_KMS")]
        if kinds == ["SYMMETRIC_DEFAULT"] and origins == ["AWS_KMS"]:
            for found in checks.unfit(resource, "EnableKeyRotation"):
                yield rule.Found(found.path, f"{resource.title} does not rotate")
