"""E9107."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, secrets, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

PASSWORDS = frozenset({
    "ADDomainJoinPassword", "AccountPassword", "AdminPassword", "AdminUserPassword", "ApiKeyValue", "AuthToken",
    "ClientSecret", "CrossRealmTrustPrincipalPassword", "DbPassword", "KdcAdminPassword", "MasterPassword",
    "MasterUserPassword", "OauthToken", "OAuthToken", "Password", "PrivateKey", "SecretToken",
})  # fmt: skip
DOCUMENT = "SecretString"
"""It may hold a secret among other things."""


class PasswordsAreReferences(rule.Rule):
    """To Secrets Manager or to a SecureString; a parameter with NoEcho is let through, for nobody knows its value."""

    id = "E9107"
    shortdesc = "A password comes by a dynamic reference to a secret"
    why = "Who may read the template or the stack reads what stands in it, and so does who reads the repository."
    remedy = "Write {{resolve:secretsmanager:...}} or {{resolve:ssm-secure:...}}, or let AWS make the password."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"
    pillar = "security"
    guidelines = ("GDL-024", "TAP")
    public = ("CKV_AWS_45",)
    passes = """
    Resources:
      Cluster:
        Type: AWS::RDS::DBCluster
        Properties: {MasterUserPassword: !Sub '{{resolve:ssm-secure:/${AWS::StackName}/password}}'}
    """
    fails = """
    Parameters: {Password: {Type: String}}
    Resources:
      Cluster:
        Type: AWS::RDS::DBCluster
        Properties: {MasterUserPassword: !Ref Password}
      Other:
        Type: AWS::RDS::DBCluster
        Properties: {MasterUserPassword: correct-horse}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each property that is named as a password is."""
        for resource in view.resources.values():
            for name, value, place in resource.entries():
                if name in PASSWORDS or name == DOCUMENT:
                    for found in values.branches(value, resource.scenario, place):
                        problem = _problem(found.value, view, whole=name != DOCUMENT)
                        if problem:
                            yield rule.Found(found.path, f"{resource.title} has a {name} that {problem}")


def _problem(value: Any, view: View, *, whole: bool) -> str:
    function, argument = values.function_of(value)
    text = values.texts(value)
    if any(each in text for each in secrets.DYNAMIC) or function not in ("", "Ref", "Fn::Sub", "Fn::Join"):
        return ""
    if "{{resolve:ssm:" in text:
        return "comes from a parameter of the type String, which is not encrypted"
    if not function:
        return "stands in the template" if isinstance(value, str | int) and text not in ("", "{}") else ""
    used = list(values.references(value))
    if not used and function == "Fn::Sub" and isinstance(argument, str):
        return "stands in the template"
    return next((told for each in used if (told := _of_parameter(each, view))), "") if whole else ""


def _of_parameter(name: str, view: View) -> str:
    declared = view.parameters.get(name)
    default = str(declared.get("Default", "")) if declared else ""
    if declared is None or default.startswith(secrets.DYNAMIC):
        return ""
    if not values.is_on(declared.get("NoEcho")):
        return f"comes by the parameter {name}, which the stack shows"
    return f"is the default of the parameter {name}, unless somebody gives another" if default else ""
