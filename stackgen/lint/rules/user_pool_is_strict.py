"""W9174."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

POOL, CLIENT, IDENTITIES = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::IdentityPool"
POLICY = ("Policies", "PasswordPolicy")
CLASSES = ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols")
LEAST = 8


class UserPoolIsStrict(rule.OfResources):
    """Passwords are hard to guess, a second factor is possible, and nobody is let in unknown."""

    id = "W9174"
    shortdesc = "A user pool asks for good passwords and offers a second factor; guests get no credentials"
    why = "Passwords are guessed and stolen, and credentials for guests are credentials for everybody."
    remedy = "Set PasswordPolicy, MfaConfiguration to OPTIONAL or ON, and AllowUnauthenticatedIdentities to false."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/cognito-controls.html"
    pillar = "security"
    guidelines = ("GDL-115",)
    public = ("Cognito.2", "Cognito.3", "CKV_AWS_366")
    types = (POOL, CLIENT, IDENTITIES)
    passes = """
    Resources:
      Pool:
        Type: AWS::Cognito::UserPool
        Properties:
          MfaConfiguration: OPTIONAL
          Policies:
            PasswordPolicy:
              MinimumLength: 12
              RequireLowercase: true
              RequireUppercase: true
              RequireNumbers: true
              RequireSymbols: true
    """
    fails = """
    Resources:
      Pool: {Type: AWS::Cognito::UserPool}
      Identities: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: true}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What is weak."""
        del view
        title = resource.title
        if resource.type == IDENTITIES:
            for said in resource.said("AllowUnauthenticatedIdentities", default=False):
                if values.is_on(said.value):
                    yield rule.Found(said.path, f"{title} gives credentials to guests: AllowUnauthenticatedIdentities")
        elif resource.type == CLIENT:
            for said in resource.said("PreventUserExistenceErrors", default="LEGACY"):
                if said.value == "LEGACY":
                    yield rule.Found(said.path, f"{title} tells who is a user: PreventUserExistenceErrors is LEGACY")
        else:
            yield from _pool(resource)


def _pool(pool: Resource) -> Iterator[rule.Found]:
    for said in pool.said("MfaConfiguration", default="OFF"):
        if said.value == "OFF":
            yield rule.Found(said.path, f"{pool.title} offers no second factor: MfaConfiguration is OFF")
    for name in CLASSES:
        for said in pool.said(*POLICY, name, default=False):
            if not values.is_on(said.value):
                yield rule.Found(said.path, f"{pool.title} takes passwords that are too simple: {name}")
    for said in pool.said(*POLICY, "MinimumLength", default=LEAST):
        length = values.number(said.value)
        if length is not None and length < LEAST:
            yield rule.Found(said.path, f"{pool.title} takes passwords of {length:g} characters, not {LEAST} or more")
