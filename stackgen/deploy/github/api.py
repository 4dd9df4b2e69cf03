"""GitHub's API, for one repository: pull requests and the comments on them.

https://docs.github.com/rest/pulls/pulls, https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.deploy.http import FORM, NoAnswerError, exchange, may_be_asked
from stackgen.errors import StackgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.deploy.http import Answer

PUBLIC = "https://api.github.com"
_PAGE = 100
_TRIES, _PAUSE = 3, 2.0
_BROKEN = 500
"""From here on it is GitHub's fault, and may be another time."""
_FINE = 300


class GitHubError(StackgenError):
    """GitHub refuses, or does not answer."""


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository, with somebody's leave."""

    repository: str
    token: str = field(repr=False)
    url: str = PUBLIC
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ, repository: str = "") -> GitHub:
        """As a workflow has it. Raises UsageError where one of the variables is missing."""
        name, token = repository or environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_TOKEN", "")
        for what, said in (("GITHUB_REPOSITORY", name), ("GITHUB_TOKEN", token)):
            if not said:
                raise UsageError(f"GitHub cannot be asked without {what}", "a workflow gives it: env, github.token")
        url = environ.get("GITHUB_API_URL", "") or PUBLIC
        if not may_be_asked(url):
            raise UsageError(f"GITHUB_API_URL is {url!r}: {FORM} was expected")
        return cls(name, token, url.rstrip("/"))

    def pull(self, number: int) -> dict[str, Any] | None:
        """A pull request; None where there is none. Raises GitHubError."""
        answer = self._asked("GET", f"pulls/{number}", fine=(404,))
        found: dict[str, Any] | None = None if answer.status == 404 else json.loads(answer.text)  # noqa: PLR2004  Not Found
        return found

    def open_pulls(self) -> Iterator[dict[str, Any]]:
        """Those that are open. Raises GitHubError."""
        yield from self._pages("pulls?state=open")

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """What was said of one. Raises GitHubError."""
        yield from self._pages(f"issues/{number}/comments?")

    def say(self, number: int, body: str) -> None:
        """Write a comment. Raises GitHubError."""
        self._asked("POST", f"issues/{number}/comments", {"body": body})

    def correct(self, comment: int, body: str) -> None:
        """Change a comment. Raises GitHubError."""
        self._asked("PATCH", f"issues/comments/{comment}", {"body": body})

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        number = 0
        while True:
            number += 1
            found = json.loads(self._asked("GET", f"{path}&per_page={_PAGE}&page={number}").text)
            yield from found
            if len(found) < _PAGE:
                return

    def _asked(self, method: str, path: str, body: Any = None, fine: tuple[int, ...] = ()) -> Answer:
        url = f"{self.url}/repos/{self.repository}/{path}"
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        tries = _TRIES if method != "POST" else 1  # a comment that is asked for again is there twice
        for tried in range(tries):
            if tried:
                self.sleep(_PAUSE)
            try:
                answer = exchange(url, method, headers, "" if body is None else json.dumps(body))
            except NoAnswerError as error:
                problem = f"{method} {url}: {error}"
                continue
            if answer.status < _FINE or answer.status in fine:
                return answer
            problem = f"{method} {url}: {answer.status} {_message(answer)}"
            if answer.status < _BROKEN:
                break
        raise GitHubError(problem.rstrip(), "the job's permissions say what its token may do: pull-requests: write")


def _message(answer: Answer) -> str:
    try:
        return str(json.loads(answer.text)["message"])
    except (ValueError, KeyError, TypeError):
        return ""
