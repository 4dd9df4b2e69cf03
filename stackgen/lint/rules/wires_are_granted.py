"""E9182."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import grants, rule, wires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class WiresAreGranted(rule.Rule):
    """The role of a function, a state machine, a rule, a schedule or a pipe may do what the wiring asks of it."""

    id = "E9182"
    shortdesc = "A role may do what the template's wiring asks of it"
    why = "The deployment is refused, or succeeds, and the first event fails with AccessDenied and nobody sees it."
    remedy = "Allow the action on the resource in one of the role's policies."
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
