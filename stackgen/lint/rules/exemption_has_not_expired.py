"""W9100."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import days, rule
from stackgen.lint.suppressions import suppressions_of, told_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class ExemptionHasNotExpired(rule.Rule):
    """The day of each exemption is still to come."""

    id = "W9100"
    shortdesc = "An exemption has not expired"
    why = "An exception that was meant for a while has become the rule."
    remedy = "Mend what the rule finds, or let its owner say why it goes on, with another day."
    source_url = "https://github.com/aws-cloudformation/cfn-lint#metadata"
    pillar = "operational excellence"
    guidelines = ("GDL-051",)
    options = days.OPTION
    passes = """
    Metadata:
      cfn-lint: {config: {ignore_checks: [E9130]}}
      stackgen: {suppressions: {E9130: {reason: a website, owner: web, expires: 2999-01-01}}}
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
    """
    fails = """
    Metadata:
      cfn-lint: {config: {ignore_checks: [E9130]}}
      stackgen: {suppressions: {E9130: {reason: a website, owner: web, expires: 2026-01-01}}}
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each whose day has come."""
        today = days.today(self.config).isoformat()
        every = suppressions_of(view.content)
        for each in every:
            if each.is_over(today):
                message = (
                    f"{each.rule} was ignored until {each.expires}: mend it, or let {each.owner} say why it goes on"
                )
                place = told_at(each.place, self.id, every)
                yield rule.Found(place, message if len(place) > 1 else f"{each.place[-1]}: {message}")
