"""W9183."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam.levels import matches
from stackgen.lint.kit import grants, machines, rule, tasks, values, wires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.grants import Need
    from stackgen.lint.kit.policies import Statement
    from stackgen.lint.kit.view import Resource, View

WIRED = frozenset({
    "AWS::StepFunctions::StateMachine", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe",
})  # fmt: skip
"""What does nothing as its role but what the template says."""
BESIDE = frozenset({"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"})
KNOWN = frozenset(
    {
        *wires.SENDING.values(),
        *(each for found in wires.READING.values() for each in found),
        *(each for found in tasks.INTEGRATIONS.values() for each in found.actions),
    }
)
"""What is judged: of these it is told whenever a wire needs them."""


class GrantsAreUsed(rule.Rule):
    """A role that only wires use may do nothing on a resource that no wire leads to."""

    id = "W9183"
    shortdesc = "A role may not do more than the template's wiring asks of it"
    why = "A grant that stayed behind when its task was removed is there for whoever comes next."
    remedy = "Remove the action or the resource from the policy."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials"
    pillar = "security"
    guidelines = ("GDL-012",)
    passes = """
    Resources:
      Queue: {Type: 'AWS::SQS::Queue'}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          Policies:
            - PolicyName: send
              PolicyDocument:
                Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}]
      Schedule:
        Type: AWS::Scheduler::Schedule
        Properties: {Target: {Arn: !GetAtt Queue.Arn, RoleArn: !GetAtt Role.Arn}}
    """
    fails = """
    Resources:
      Queue: {Type: 'AWS::SQS::Queue'}
      Other: {Type: 'AWS::SQS::Queue'}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          Policies:
            - PolicyName: send
              PolicyDocument:
                Statement:
                  - Effect: Allow
                    Action: 'sqs:SendMessage'
                    Resource: [!GetAtt Queue.Arn, !GetAtt Other.Arn]
      Schedule:
        Type: AWS::Scheduler::Schedule
        Properties: {Target: {Arn: !GetAtt Queue.Arn, RoleArn: !GetAtt Role.Arn}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Of each role that only wires use: the resources that no wire leads to."""
        needs: dict[str, list[Need]] = {}
        for each in wires.needs(view):
            needs.setdefault(each.role.title, []).append(each)
        for title, asked in needs.items():
            role = view.resources[title]
            if _is_wired_alone(role, view):
                for statement in grants.grants_of(role, view).statements:
                    yield from _surplus(role, statement, asked, view)


def _surplus(role: Resource, statement: Statement, asked: list[Need], view: View) -> Iterator[rule.Found]:
    actions = [each.symbol for each in statement.actions if each.symbol in KNOWN] if statement.allows else []
    for said in statement.resources:
        unused = [each for each in actions if not _is_needed(each, said.symbol, asked, view)]
        if unused and grants.owners(said.symbol, view):
            message = f"{role.title} may {' and '.join(unused)} on {said.symbol}, which nothing in the template needs"
            yield rule.Found(said.path, message)


def _is_needed(action: str, resource: str, asked: list[Need], view: View) -> bool:
    return any(
        matches(action, each.action) and (not each.target or grants.points_at(resource, each.target, view))
        for each in asked
    )


def _is_wired_alone(role: Resource, view: View) -> bool:
    """Whether nothing else may act as the role, and all is known of what does."""
    if role.title in values.references(list(view.section("Outputs").values())):
        return False
    for each in view.resources.values():
        if each is role or each.type in BESIDE or role.title not in _references(each, view):
            continue
        if each.type not in WIRED:
            return False
        if each.type in machines.TYPES and not _is_read(each, view):
            return False
    return True


def _is_read(machine: Resource, view: View) -> bool:
    found = [each for each in machines.machines(view) if each.resource is machine]
    states = [state for each in found for state in each.states() if state.content.get("Type") == "Task"]
    return bool(found) and all(each.is_whole() for each in found) and all(tasks.is_known(one, view) for one in states)


def _references(resource: Resource, view: View) -> frozenset[str]:
    kept: dict[str, frozenset[str]] = view.kept.setdefault("references", {})
    if resource.title not in kept:
        kept[resource.title] = frozenset(values.references(resource.properties))
    return kept[resource.title]
