"""E9116."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import names, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class ExportsCarryTheEnvironment(rule.Rule):
    """Export names are unique in an account and region."""

    id = "E9116"
    shortdesc = "An export's name says for which environment it is"
    why = "A region has each export name once, so the stack of the second environment fails."
    remedy = "Put the parameter of the environment, or ${AWS::StackName}, into the name."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
    pillar = "operational excellence"
    guidelines = ("GDL-054", "TAP")
    options = names.OPTION
    passes = """
    Parameters: {EnvironmentSuffix: {Type: String}}
    Resources: {Topic: {Type: AWS::SNS::Topic}}
    Outputs:
      TopicArn: {Value: !Ref Topic, Export: {Name: !Sub 'topic-${EnvironmentSuffix}'}}
      TopicName: {Value: !GetAtt Topic.TopicName, Export: {Name: !Sub '${AWS::StackName}-topic'}}
    """
    fails = """
    Resources: {Topic: {Type: AWS::SNS::Topic}}
    Outputs:
      TopicArn: {Value: !Ref Topic, Export: {Name: !Sub 'topic-${AWS::Region}'}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each export whose name is the same everywhere."""
        parameters = self.config["parameters"]
        for title, output in view.section("Outputs").items():
            export = output.get("Export")
            condition = output.get("Condition")
            scenario = {condition: True} if isinstance(condition, str) else {}
            name = export.get("Name") if isinstance(export, dict) else None
            for found in values.branches(name, scenario, ("Outputs", title, "Export", "Name")):
                if found.value is not values.ABSENT and names.is_shared(found, view, parameters):
                    said = values.texts(found.value)
                    yield rule.Found(
                        found.path, f"{title} is exported as {said!r}, in which the environment is missing"
                    )
