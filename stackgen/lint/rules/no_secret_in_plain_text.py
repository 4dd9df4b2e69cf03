"""E9108."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, secrets, values, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class NoSecretInPlainText(rule.Rule):
    """In variables of functions and containers, parameters of the type String, and the user data of instances."""

    id = "E9108"
    shortdesc = "No variable, parameter or user data holds a secret"
    why = "Everybody who may describe the function, the task or the instance reads it, and logs repeat it."
    remedy = "Give the secret's ARN or name and read it at run time, or use Secrets of the container's definition."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
    pillar = "security"
    guidelines = ("GDL-024",)
    public = ("ECS.8", "CKV_AWS_384", "CKV_AWS_45")
    passes = """
    Parameters: {ApiToken: {Type: String, NoEcho: true}}
    Resources:
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Environment: {Variables: {API_TOKEN_PARAMETER: /app/token, PASSWORD: !Ref 'AWS::NoValue', TOKEN_TTL: 60}}
      Secret: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: !Ref ApiToken}}
    """
    fails = """
    Parameters: {ApiToken: {Type: String, NoEcho: true}}
    Resources:
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Environment: {Variables: {API_TOKEN: !Ref ApiToken, DB_PASSWORD: correct-horse}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each text that people see."""
        for text in visible.texts_of(view):
            for found in values.branches(text.value, None, text.path):
                problem = _resolved(found.value, view) or _written(text.name, found.value, view)
                if problem:
                    yield rule.Found(found.path, f"{text.path[1]} has {text.name}, {problem}")
        for text in visible.outputs_of(view):  # of parameters in them W2010 tells
            for found in values.branches(text.value, None, text.path):
                problem = _written(text.name, found.value, view)
                if problem:
                    yield rule.Found(found.path, f"the output {text.name} has a value {problem}")


def _resolved(value: Any, view: View) -> str:
    text = values.texts(value)
    if any(each in text for each in secrets.DYNAMIC):
        return "into which the secret's plain text is resolved"
    silent = next(secrets.silent_parameters(value, view), "")
    return f"into which the secret parameter {silent} is written" if silent else ""


def _written(name: str, value: Any, view: View) -> str:
    text = values.texts(value)
    plain = [text, *(str(each) for each in view.literals(value) if isinstance(each, str | int))]
    if any(secrets.looks_secret(each) for each in plain):
        return "which holds a key, a token or a password"
    if name == "UserData":
        return "which sets a password" if secrets.is_assigned(text) else ""
    if "${" in text:
        shown = secrets.shown_default(value, view)
        return f"which is the default of {shown}, a secret by its name, in plain text" if shown else ""
    return "a secret by its name, in plain text" if any(secrets.is_secret_by_name(name, each) for each in plain) else ""
