"""W9115."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

CONSTRAINTS = {
    "String": {"AllowedValues", "AllowedPattern", "MaxLength"},
    "Number": {"AllowedValues", "MinValue", "MaxValue"},
}


class ParametersAreDescribedAndConstrained(rule.Rule):
    """Types of AWS, as AWS::EC2::VPC::Id, constrain their values themselves; so does a list."""

    id = "W9115"
    shortdesc = "A parameter says what it is for and what it accepts"
    why = "A wrong value is refused when the stack has been at work for minutes, in words that nobody understands."
    remedy = "Write Description, AllowedValues or AllowedPattern with ConstraintDescription, or the least and the most."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    pillar = "operational excellence"
    guidelines = ("GDL-052", "TAP")
    passes = """
    Parameters:
      Environment: {Type: String, Description: Which one, AllowedValues: [dev, prod]}
      Name: {Type: String, Description: Of all, AllowedPattern: '[a-z]+', ConstraintDescription: lower-case letters}
      Vpc: {Type: 'AWS::EC2::VPC::Id', Description: Where it runs}
      Count: {Type: Number, Description: How many, MinValue: 1}
    Resources: {}
    """
    fails = """
    Parameters:
      Name: {Type: String}
    Resources: {}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """What each parameter lacks."""
        for title, parameter in view.parameters.items():
            missing = [] if str(parameter.get("Description") or "").strip() else ["Description"]
            wanted = CONSTRAINTS.get(str(parameter.get("Type")))
            if wanted and not wanted & parameter.keys():
                missing.append(" or ".join(sorted(wanted)))
            if "AllowedPattern" in parameter and not parameter.get("ConstraintDescription"):
                missing.append("ConstraintDescription")
            if missing:
                yield rule.Found(("Parameters", title), f"{title} has no {', no '.join(missing)}")
