"""Images on their way to ECR: looked at, built or copied, compared, pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.images.programs import Program
    from stackgen.deploy.images.registry import Pushed
    from stackgen.deploy.images.settings import Recipe
    from stackgen.deploy.images.wanted import Image
    from stackgen.deploy.targets import Target

    from .deploying import Deployment
    from .for_each import ForEach

MISSING, THERE, PUSHED = "missing", "there", "pushed"


class Row(NamedTuple):
    """An image in a region, and what became of it."""

    image: Image
    outcome: str
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "repository": self.image.repository, "reference": self.image.reference, "account": self.image.account,
            "region": self.image.region, "uri": self.image.uri, "outcome": self.outcome, "digest": self.digest,
        }  # fmt: skip


class Group(NamedTuple):
    """The same image for several places."""

    name: str
    rows: Sequence[Row]
    recipe: Recipe | None
    """None where it is copied."""


class Pushing:
    """Works for the images of one command; *targets* say whose credentials see each."""

    def __init__(
        self, console: Console, deployment: Deployment, targets: Mapping[Image, Target], copied_from: str
    ) -> None:
        self._console = console
        self._sessions = deployment.sessions
        self._targets = targets
        self._copied_from = copied_from

    def looked(self, image: Image) -> Row:
        """Whether it is there. Raises ImageError without its repository."""
        found = self._find(image)
        return Row(image, THERE, found.digest) if found else Row(image, MISSING)

    def groups(self, rows: Sequence[Row], recipes: Sequence[Recipe]) -> list[Group]:
        """What is built or copied, and for where. Raises ImageError for what is missing and cannot be."""
        from stackgen.deploy.images.settings import recipe_of

        by_name: dict[str, list[Row]] = {}
        for row in rows:
            by_name.setdefault(row.image.name, []).append(row)
        found = []
        for name, same in by_name.items():
            recipe = None if self._copied_from else recipe_of(recipes, same[0].image.repository)
            missing = [row for row in same if row.outcome == MISSING]
            if problem := self._problem(missing, recipe):
                raise problem
            own = [row for row in same if row.image.account == self._targets[row.image].account]
            if own and not own[0].image.is_by_digest and (recipe or missing):
                found.append(Group(name, own, recipe))
        return found

    def program(self, wish: str | None) -> Program:
        """What builds and pushes. Raises MissingExtraError."""
        from stackgen.deploy.images.programs import program

        return program(wish)

    def pushed(self, group: Group, program: Program, each: ForEach) -> list[Row]:
        """Build or copy it, see that no place refuses it, push it to all that lack it. Raises ImageError."""
        from stackgen.deploy.images.programs import private_folder

        with private_folder() as folder:
            local = self._built(group, program) if group.recipe else self._copied(group, program, folder)
            local_id = program.id_of(local)
            lacking = [row for row in group.rows if self._lacks(row.image, local_id)]
            done = each.do(
                lambda row: self._push(row.image, local, program, folder), lacking, lambda row: row.image.place
            )
        done += [row for row in group.rows if row not in lacking]
        if len({row.digest for row in done}) > 1:
            self._console.warn(f"{group.name}: the digests of the regions differ; it is the same image, packed twice")
        return done

    def _problem(self, missing: Sequence[Row], recipe: Recipe | None) -> Exception | None:
        """Why what is missing cannot be pushed."""
        from stackgen.deploy.images.registry import ImageError

        for row in missing:
            image = row.image
            if image.account != self._targets[image].account:
                hint = f"push it with credentials of account {image.account}"
                return ImageError(f"{image.place} is missing, and it is another account's", hint)
            if image.is_by_digest:
                return ImageError(
                    f"{image.place} is missing, and what is built has a digest of its own",
                    "give its parameter a tag, push that, and then give the digest that is told",
                )
            if recipe is None and not self._copied_from:
                return ImageError(
                    f"{image.place} is missing, and nobody says from what it is built",
                    "[tool.stackgen.image.NAME] in the project does, with context and repository; or --context DIR",
                )
        return None

    def _built(self, group: Group, program: Program) -> str:
        assert group.recipe is not None  # noqa: S101  the caller has looked
        local = f"stackgen/{group.name}"
        self._console.tell(f"build {group.name} from {group.recipe.file}, with {program.name}")
        program.build(group.recipe, local)
        return local

    def _copied(self, group: Group, program: Program, folder: Any) -> str:
        """Fetch what a region has; the name that it then has here."""
        from stackgen.deploy.images.registry import ImageError, password_of

        source = next((row.image for row in group.rows if row.image.region == self._copied_from), None)
        if source is None or self._find(source) is None:
            raise ImageError(f"{self._copied_from} has no {group.name} to copy")
        program.sign_in(source.registry, password_of(self._ecr(source)), folder)
        self._console.tell(f"fetch {source.place}")
        program.pull(source.uri, folder)
        return source.uri

    def _lacks(self, image: Image, local_id: str) -> bool:
        """Whether it has to be pushed. Raises ImageError where a tag is taken, and cannot be moved."""
        from stackgen.deploy.images.registry import ImageError, is_immutable

        found = self._find(image)
        if found is not None and found.is_same(local_id):
            return False
        if found is not None and is_immutable(image, self._ecr(image)):
            raise ImageError(
                f"{image.place} is there with other content ({found.digest}), and tags of this repository stay what "
                "they are; nothing was pushed",
                "give the parameter that says the tag another one, push that, and deploy it",
                f"where only other regions lack it: --from {image.region} copies it there",
            )
        return True

    def _push(self, image: Image, local: str, program: Program, folder: Any) -> Row:
        """Push it to one place. Raises ImageError, also where ECR does not have it afterwards."""
        from stackgen.deploy.images.registry import ImageError, password_of

        program.sign_in(image.registry, password_of(self._ecr(image)), folder)
        program.push(local, image.uri, folder)
        found = self._find(image)
        if found is None:
            raise ImageError(f"{program.name} says that {image.place} is pushed, and ECR does not have it")
        self._console.tell(f"pushed {image.place}: {found.digest}")
        return Row(image, PUSHED, found.digest)

    def _find(self, image: Image) -> Pushed | None:
        from stackgen.deploy.images.registry import find

        return find(image, self._ecr(image))

    def _ecr(self, image: Image) -> Any:
        return self._sessions.of(self._targets[image])("ecr")
