"""Where a release lies in the artifact bucket: ``{repo}/{branch}/{version}/``, read from the right.

A branch may hold slashes, so everything between the first part and the last two is the branch; a version is
``{build_number}.{commit_hash}``, and its first dot separates the two.
"""

from __future__ import annotations

from typing import NamedTuple

from . import artifacts, keys
from .errors import ReleaseInvalid

MARKER = artifacts.PARAMETERS
"""The file that is uploaded last: its arrival says that the release is whole."""

_FEWEST_PARTS = 4


class Release(NamedTuple):
    """What a key tells."""

    repo: str
    branch: str
    version: str

    @classmethod
    def of_key(cls, key: str) -> Release:
        """Read the key of the marker, decoded. Raises ReleaseInvalid."""
        repo, *branch, version, name = parts if len(parts := key.split("/")) >= _FEWEST_PARTS else ["", "", "", ""]
        if name != MARKER or not all((repo, version, *branch)):
            raise ReleaseInvalid(f"{key!r} is no {{repo}}/{{branch}}/{{version}}/{MARKER}")
        if repo == keys.DEFAULT_REPO or "#" in repo:
            raise ReleaseInvalid(f"{key!r}: a repository cannot be called {repo!r}")
        number, _, commit = version.partition(".")
        if not number or not commit:
            raise ReleaseInvalid(f"{key!r}: version {version!r} is no {{build_number}}.{{commit_hash}}")
        return cls(repo, "/".join(branch), version)

    @property
    def build_number(self) -> str:
        return self.version.partition(".")[0]

    @property
    def commit_hash(self) -> str:
        return self.version.partition(".")[2]

    @property
    def s3_key(self) -> str:
        """The folder, without a slash at its end."""
        return f"{self.repo}/{self.branch}/{self.version}"
