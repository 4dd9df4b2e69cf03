"""The values of one deployment, where a review asks for those of a project's environments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from stackgen.errors import StackgenError
    from stackgen.review.evaluation.environment import Environment
    from stackgen.review.model import Build


class _Place(NamedTuple):
    """One environment in one region, as the review knows it."""

    name: str
    region: str
    account: str = ""
    settings: None = None

    def __str__(self) -> str:
        return f"{self.name}/{self.region}"


@dataclass(frozen=True, slots=True)
class Fixed:
    """The values of one deployment, in the form in which the review asks for them."""

    root: str
    environment: Environment

    @property
    def places(self) -> list[_Place]:
        return [_Place(self.environment.name, self.environment.region, self.environment.account)]

    def at(self, place: _Place) -> _Place:
        return place

    def deploys(self, place: _Place, root: str) -> bool:
        del place
        return root == self.root

    def of(self, place: _Place, root: str) -> Environment:
        del place, root
        return self.environment

    def problems(self, build: Build) -> list[StackgenError]:
        del build
        return []
