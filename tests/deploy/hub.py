"""GitHub as far as our commands ask it, on this machine: pull requests and comments of one repository."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

REPOSITORY, TOKEN = "acme/site", "token-of-the-job"


def pull(number: int, state: str = "open", repository: str = REPOSITORY, author: str = "ann", **more: Any) -> Any:
    """A pull request, as GitHub tells of it; its head is the commit ``00..7``."""
    return {
        "number": number,
        "state": state,
        "user": {"login": author},
        "head": {"sha": f"{number:040}", "repo": {"full_name": repository} if repository else None},
        "base": {"ref": "main"},
        "created_at": "2026-01-01T00:00:00Z",
        **more,
    }


@dataclass
class Hub:
    """Answers what GitHub's API answers."""

    repository: str = REPOSITORY
    pulls: dict[int, Any] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)
    """Statuses that are answered first, each once."""

    def bodies(self, number: int) -> list[str]:
        """What was said of a pull request."""
        return [each["body"] for each in self.comments.get(number, ())]

    def __call__(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], str]:
        self.asked.append(f"{method} {path}")
        if self.fails:
            return self.fails.pop(0), {}, '{"message": "no"}'
        if headers["authorization"] != f"Bearer {TOKEN}":
            return 401, {}, '{"message": "Bad credentials"}'
        start = f"/repos/{self.repository}/"
        assert path.startswith(start), path
        place, _, query = path.removeprefix(start).partition("?")
        status, found = self._answer(method, place, json.loads(body) if body else None)
        if isinstance(found, list):
            page = int(dict(each.split("=") for each in query.split("&") if each)["page"])
            found = found[(page - 1) * 100 : page * 100]
        return status, {}, json.dumps(found)

    def _answer(self, method: str, place: str, body: Any) -> tuple[int, Any]:
        match place.split("/"):
            case ["pulls"]:
                return 200, [each for each in self.pulls.values() if each["state"] == "open"]
            case ["pulls", number]:
                found = self.pulls.get(int(number))
                return (200, found) if found else (404, {"message": "Not Found"})
            case ["issues", "comments", number]:
                for each in (one for said in self.comments.values() for one in said):
                    if each["id"] == int(number):
                        each["body"] = body["body"]
                return 200, {}
            case ["issues", number, "comments"]:
                said = self.comments.setdefault(int(number), [])
                if method == "GET":
                    return 200, said
                made = 1 + sum(len(each) for each in self.comments.values())
                said.append({"id": made, "body": body["body"], "user": {"login": "github-actions[bot]", "type": "Bot"}})
                return 201, said[-1]
        raise AssertionError(f"{method} {place}")
