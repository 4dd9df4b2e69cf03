"""Rollouts by processes of their own, which are killed at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.deploy.executor import Performer
from stackgen.deploy.polling import Pace
from stackgen.deploy.stacksets.following import Following
from stackgen.deploy.stacksets.planner import Prepared, plan
from stackgen.deploy.stacksets.reading import Caller
from stackgen.deploy.stacksets.releasing import release
from stackgen.deploy.stacksets.resolving import Scope, Wish, resolve
from stackgen.deploy.stacksets.rollout import roll_out
from stackgen.deploy.stacksets.safety import Safety
from stackgen.deploy.stacksets.settings import chosen
from stackgen.deploy.stacksets.wanted import Home
from stackgen.local.cloud import ACCOUNT, REGION
from stackgen.project import Project as Settings
from stackgen.review.sources import read_one

from .project import NAME

if TYPE_CHECKING:
    from stackgen.deploy.actions import Action
    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.review.model import Build

    from .project import Project


class Killed(BaseException):
    """The end of a process, as far as one can tell inside of it."""


@dataclass
class Process:
    """A rollout by a process of its own, which is killed before or after its *dies*-th changing call."""

    project: Project
    dies: int | None = None
    after: bool = False
    actions: list[Action] = field(default_factory=list)

    def client(self, service: str, region: str = "") -> Any:
        return self.project.cloud.client(service, ACCOUNT, region or REGION)

    def perform(self, action: Action) -> dict[str, Any]:
        self.actions.append(action)
        if self.dies == len(self.actions) and not self.after:
            raise Killed
        answer = Performer(self.client).perform(action)
        if self.dies == len(self.actions):
            raise Killed
        return answer

    def prepared(self, **options: bool) -> Prepared:
        settings = Settings.find(self.project.root)
        scope = Scope("", Home(ACCOUNT, REGION), lambda _: ())
        wanted = resolve(settings, self.build, chosen(settings, None), scope, Wish())
        return plan(self.build, wanted, self.client, **options)

    @property
    def build(self) -> Build:
        return read_one("", Settings.find(self.project.root).build_path)

    def following(self) -> Following:
        clock = self.project.cloud.clock
        pace = Pace(clock.time, clock.sleep)
        return Following(NAME, Caller(self.client("cloudformation"), ""), lambda _: self, pace, lambda _: None)

    def run(self) -> int:
        return roll_out(self.prepared(), self.following(), lambda *_: None).exit_code

    def release(self) -> int:
        """The same with a way back."""

        def reader(pair: Pair, service: str) -> Any:
            return self.project.cloud.client(service, *pair)

        heard, told = lambda *_: None, lambda _: None
        safety = Safety(self.build, self.following(), self.client("s3"), reader, heard, told)
        prepared = self.prepared()
        return release(prepared, safety.pending(prepared), safety, heard).exit_code
