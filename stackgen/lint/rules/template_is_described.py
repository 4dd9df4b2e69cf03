"""W9146."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class TemplateIsDescribed(rule.Rule):
    """In the list of stacks it is what people see beside the name."""

    id = "W9146"
    shortdesc = "A template says what it is for"
    why = "Nobody dares to touch a stack of which the list does not say what it does."
    remedy = "Write one sentence into Description."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html"
    pillar = "operational excellence"
    guidelines = ("GDL-052",)
    passes = """
    Description: Who pays whom
    Resources: {}
    """
    fails = """
    Resources: {}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Whether there is one."""
        if not str(view.content.get("Description") or "").strip():
            yield rule.Found(("Resources",), "the template has no Description")
