"""The local programs that build and push images: Docker, or buildah, which needs no service.

Both are given passwords by standard input, and keep them in a folder that is gone afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from stackgen.errors import MissingExtraError

from .registry import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .settings import Recipe

_USER = "AWS"
_LAST_LINES = 3


class Program(Protocol):
    """One of them; *folder* is where it keeps what it signed in with."""

    name: str

    def build(self, recipe: Recipe, local: str) -> None:
        """Build an image under a local name."""

    def pull(self, uri: str, folder: Path) -> None:
        """Fetch one; its name is its address."""

    def id_of(self, local: str) -> str:
        """``sha256:...``."""

    def sign_in(self, registry: str, password: str, folder: Path) -> None:
        """For the next calls."""

    def push(self, local: str, uri: str, folder: Path) -> None:
        """Push a local image."""


class Docker:
    """Docker's command line, and what calls itself so."""

    name = "docker"

    def build(self, recipe: Recipe, local: str) -> None:
        words = ("build", "--platform", recipe.platform, "--file", str(recipe.file), "--tag", local)
        # Lambda takes one image, no index of an image and where it came from.
        run(self.name, (*words, str(recipe.context)), settings={"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"})

    def pull(self, uri: str, folder: Path) -> None:
        run(self.name, ("--config", str(folder), "pull", uri))

    def id_of(self, local: str) -> str:
        return run(self.name, ("image", "inspect", "--format", "{{.Id}}", local)).strip()

    def sign_in(self, registry: str, password: str, folder: Path) -> None:
        self._same_engine(folder)
        words = ("--config", str(folder), "login", "--username", _USER, "--password-stdin", registry)
        run(self.name, words, given=password)

    def push(self, local: str, uri: str, folder: Path) -> None:
        run(self.name, ("tag", local, uri))
        run(self.name, ("--config", str(folder), "push", uri))

    @staticmethod
    def _same_engine(folder: Path) -> None:
        """Let the settings in the folder name the engine that the user's own name; of these nothing else is taken."""
        own = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
        try:
            context = json.loads((own / "config.json").read_text("utf-8")).get("currentContext")
        except (OSError, ValueError, AttributeError):
            return
        settings = folder / "config.json"
        if context and not settings.exists():
            settings.write_text(json.dumps({"currentContext": context}), "utf-8")
            (folder / "contexts").symlink_to(own / "contexts")


class Buildah:
    """buildah."""

    name = "buildah"

    def build(self, recipe: Recipe, local: str) -> None:
        words = ("build", "--format", "docker", "--platform", recipe.platform, "--file", str(recipe.file))
        run(self.name, (*words, "--tag", local, str(recipe.context)))

    def pull(self, uri: str, folder: Path) -> None:
        run(self.name, ("pull", "--authfile", str(folder / "auth.json"), uri))

    def id_of(self, local: str) -> str:
        words = ("inspect", "--type", "image", "--format", "{{.FromImageID}}", local)
        return f"sha256:{run(self.name, words).strip().removeprefix('sha256:')}"

    def sign_in(self, registry: str, password: str, folder: Path) -> None:
        words = ("login", "--authfile", str(folder / "auth.json"), "--username", _USER, "--password-stdin", registry)
        run(self.name, words, given=password)

    def push(self, local: str, uri: str, folder: Path) -> None:
        run(self.name, ("push", "--authfile", str(folder / "auth.json"), local, f"docker://{uri}"))


PROGRAMS: dict[str, Program] = {Docker.name: Docker(), Buildah.name: Buildah()}


def program(wish: str | None = None) -> Program:
    """The one that is meant, or the first that is there. Raises MissingExtraError."""
    names = [wish] if wish else list(PROGRAMS)
    found = next((name for name in names if shutil.which(name)), None)
    if found is None:
        raise MissingExtraError(
            f"no program to build images with: there is no {' and no '.join(names)} on the PATH",
            "install Docker (https://docs.docker.com/engine/install) or buildah (apt install buildah)",
            "or let a job of the CI do it, where one of them is; images push --check needs neither",
        )
    return PROGRAMS[found]


@contextmanager
def private_folder() -> Iterator[Path]:
    """For what somebody signs in with; it is gone afterwards."""
    with TemporaryDirectory(prefix="stackgen-") as folder:
        yield Path(folder)


def run(name: str, words: Sequence[str], *, given: str = "", settings: Mapping[str, str] | None = None) -> str:
    """What a program answers. Raises ImageError where it fails, without what it was given."""
    what = f"{name} {next(word for word in words if not word.startswith(('-', '/')))}"
    try:
        done = subprocess.run(  # noqa: S603  the words are ours; names from settings are values of options
            [name, *words],
            input=given,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            env={**os.environ, **(settings or {})},
        )
    except OSError as error:
        raise ImageError(f"{what} cannot be run: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).replace(given, "****") if given else done.stderr or done.stdout
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise ImageError(f"{what} failed with exit code {done.returncode}", *lines[-_LAST_LINES:])
    return done.stdout
