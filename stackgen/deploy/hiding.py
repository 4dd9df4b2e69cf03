"""What nobody sees of a deployment, wherever AWS tells it back: in reasons, outputs, properties of resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.review.diff.masking import masked_text
from stackgen.review.diff.secret_names import is_secret
from stackgen.review.plain import clean

from .actions import HIDDEN
from .secret_places import secret_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.review.model import Build

    from .targets import Target

_LONG = 6
"""A secret of so many characters is hidden in the middle of words too; a shorter one might be a part of any."""
_MOST = 4_000


class Hiding:
    """Hides the secrets of one deployment; texts come out on one line, harmless for a terminal."""

    def __init__(self, target: Target, build: Build | None = None) -> None:
        self._hidden = secret_outputs(build, target.template) if build else frozenset()
        values = {target.parameters[name].text for name in target.secrets}
        words = [
            re.escape(each) if len(each) >= _LONG else rf"(?<!\w){re.escape(each)}(?!\w)"
            for each in sorted(values, key=len, reverse=True)
            if each
        ]
        self._secrets = re.compile("|".join(words)) if words else None

    def text(self, text: str) -> str:
        """A text that may hold a secret."""
        return clean(self.data(text), _MOST)

    def output(self, name: str, value: str) -> str:
        """An output; nothing is seen of one that a hidden parameter goes into by the build's templates."""
        return HIDDEN if name in self._hidden else self.text(value)

    def outputs(self, values: Mapping[str, str]) -> dict[str, str]:
        """The outputs of a stack, in order of their names."""
        return {name: self.output(name, value) for name, value in sorted(values.items())}

    def data(self, text: str) -> str:
        """The same for JSON and what else must keep its form."""
        shown = self._secrets.sub(HIDDEN, text) if self._secrets else text
        return masked_text(shown)


def hides_path(path: str) -> bool:
    """Whether a property is a secret by its name, or by that of what it stands in: ``/LoginProfile/Password``."""
    return any(is_secret(part) for part in path.split("/"))
