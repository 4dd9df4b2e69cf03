"""E9182."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import callers, grants, rule, wires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class WiresAreGranted(rule.Rule):
    """Roles may do what the wiring asks of them, and services may call what they are told to call."""

    id = "E9182"
    shortdesc = "Roles and services may do what the template's wiring asks of them"
    why = "The deployment is refused, or succeeds, and the first event fails with AccessDenied and nobody sees it."
    remedy = "Allow the action in a policy of the role, or the service in the policy of what it calls."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
    pillar = "security"
    guidelines = ("GDL-012", "GDL-170")
    passes = """
    Resources:
      Queue: {Type: 'AWS::SQS::Queue'}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole']
      Function: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt Role.Arn}}
      Source:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {FunctionName: !Ref Function, EventSourceArn: !GetAtt Queue.Arn}
    """
    fails = """
    Resources:
      Queue: {Type: 'AWS::SQS::Queue'}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
      Function: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt Role.Arn}}
      Source:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {FunctionName: !Ref Function, EventSourceArn: !GetAtt Queue.Arn}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each action that is not granted for sure."""
        for each in wires.needs(view):
            if grants.is_missing(each, view):
                where = f" on {each.target}" if each.target else ""
                message = f"{each.role.title} may not {each.action}{where}, which {each.why} needs"
                yield rule.Found(each.path, message)
        for call in callers.calls(view):
            if callers.is_refused(call, view):
                title = call.target.title
                message = (
                    f"nothing lets {call.service} reach {title}, as {call.caller.title} asks; add it to its policy"
                )
                yield rule.Found(call.path, message)
