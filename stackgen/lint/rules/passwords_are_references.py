"""E9107."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen import jsontext
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
WRITTEN = ("", "Ref", "Fn::Sub", "Fn::Join", "Fn::FindInMap", "Fn::Select")
"""How a value is written that a template may tell."""


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
    function, _ = values.function_of(value)
    if function not in WRITTEN:
        return ""
    text = values.texts(value)
    said = [str(each) for each in view.literals(value) if isinstance(each, str | int)]
    literals = [each for each in said if not any(mark in each for mark in secrets.DYNAMIC)]
    if any(mark in text for mark in secrets.DYNAMIC) or (said and not literals):
        return ""
    if any("{{resolve:ssm:" in each for each in (text, *literals)):
        return "comes from a parameter of the type String, which is not encrypted"
    used = [] if function == "Fn::FindInMap" else list(values.references(value))
    if not used:
        return "stands in the template" if any(each not in ("", "{}") for each in literals) else ""
    return next((told for each in used if (told := _of_parameter(each, view))), "") if whole else _in_document(text)


def _in_document(text: str) -> str:
    """What an object, written as JSON around parameters, holds beside them."""
    try:
        content = jsontext.parsed(text)
    except (ValueError, RecursionError):
        return ""
    for name, each in content.items() if isinstance(content, dict) else ():
        if isinstance(each, str) and "${" not in each and secrets.is_secret_by_name(str(name), each):
            return f"has its {name} in the template"
    return ""


def _of_parameter(name: str, view: View) -> str:
    declared = view.parameters.get(name)
    default = str(declared.get("Default", "")) if declared else ""
    if declared is None or default.startswith(secrets.DYNAMIC):
        return ""
    if not values.is_on(declared.get("NoEcho")):
        return f"comes by the parameter {name}, which the stack shows"
    return f"is the default of the parameter {name}, unless somebody gives another" if default else ""
