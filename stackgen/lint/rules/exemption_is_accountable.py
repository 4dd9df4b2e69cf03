"""W9118."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule
from stackgen.lint.suppressions import suppressions_of, told_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class ExemptionIsAccountable(rule.Rule):
    """Each rule that is ignored has its reason; one of ours also an owner and a day. Itself it is never ignored."""

    id = "W9118"
    shortdesc = "What is ignored has a reason, and of our own rules an owner and a day on which that ends"
    why = "Nobody can judge later whether an exception that says nothing still holds, and nobody is asked."
    remedy = 'Exempt it with Exemption("why", owner="who answers", expires="2027-06-30"), or mend what the rule finds.'
    source_url = "https://github.com/aws-cloudformation/cfn-lint#metadata"
    pillar = "operational excellence"
    guidelines = ("GDL-051",)
    passes = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Metadata:
          cfn-lint: {config: {ignore_checks: [E9130]}}
          stackgen: {suppressions: {E9130: {reason: a website, owner: web, expires: 2999-01-01}}}
    """
    fails = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Metadata:
          cfn-lint: {config: {ignore_checks: [E9130]}}
          stackgen: {suppressions: {E9130: a website}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each that lacks something, or that would silence the rules that watch over it."""
        every = suppressions_of(view.content)
        for each in every:
            place, title = told_at(each.place, self.id, every), "".join(f"{name}: " for name in each.place[1:])
            if lack := each.lack():
                message = f"{each.rule} is ignored without {lack}: say it in Metadata.stackgen.suppressions.{each.rule}"
                yield rule.Found(place, message if len(place) > 1 else title + message)
            if watchers := each.watchers():
                message = f"{', '.join(watchers)} cannot be ignored, for they watch over what is: take {each.rule} out"
                yield rule.Found(place, message if len(place) > 1 else title + message)
