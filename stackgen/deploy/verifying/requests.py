"""Requests in their order: each is compared with what it has to answer, and later ones may use what it said."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.actions import HIDDEN
from stackgen.deploy.http import FORM, NoAnswerError, exchange, may_be_asked, without_query

from .addresses import unreachable
from .checked import Checked, right, wrong
from .comparing import at, differences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from stackgen.deploy.http import Answer
    from stackgen.deploy.polling import Pace

TYPE = "request"
WORD = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_LONG = 8
"""What an answer said is hidden where it is told again, unless it is so short that it says nothing."""


class Request(NamedTuple):
    """One request, and what its answer has to be."""

    name: str
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: Any = None
    """A text as it is, anything else as JSON."""
    status: int = 200
    answer: Mapping[str, Any] = {}
    """What the answer's JSON has to hold."""
    has: Sequence[str] = ()
    """What must be in it, whatever it is: ``cards.0.id``."""
    contains: str = ""
    keep: Mapping[str, str] = {}
    """Words for later requests, and where in the JSON they are."""
    keep_headers: Mapping[str, str] = {}
    retries: int = 0
    pause: int = 2
    """Seconds before each of them."""
    group: str = ""
    """Asked only where somebody wants it; one without a group always is."""


class Requests:
    """Asks one after the other; what they keep is seen by those behind them and by nobody else."""

    def __init__(self, pace: Pace, secrets: Collection[str] = ()) -> None:
        self._pace = pace
        self._words: dict[str, str] = {}
        self._secrets = set(secrets)

    def asked(self, request: Request) -> Checked:
        """The check of one; it is asked again as often as it may be."""
        missing = sorted({each for each in _words_in(request) if each not in self._words})
        if missing:
            said = f"not asked: no answer before it gave {', '.join(missing)}"
            return wrong(request.name, TYPE, said, "see what is wrong above")
        filled = Request._make(self._filled(each) for each in request)
        place = f"{filled.method} {without_query(filled.url)}"
        if not may_be_asked(filled.url):
            return wrong(filled.name, TYPE, f"{place}: {FORM} was expected", "say another address in the settings")
        problem, remedy = "", ""
        for tried in range(filled.retries + 1):
            if tried:
                self._pace.sleep(filled.pause)
            try:
                answer = exchange(filled.url, filled.method, _headers(filled), _body(filled))
            except NoAnswerError as error:
                problem, remedy = str(error), unreachable(filled.url)
                continue
            problem = "; ".join(self._problems(filled, answer))
            if not problem:
                return right(filled.name, TYPE, f"{place}: {answer.status}")
            remedy = f"the log of what stands behind {without_query(filled.url)} tells more"
        times = f", asked {filled.retries + 1} times" if filled.retries else ""
        return wrong(filled.name, TYPE, self._hidden(f"{place}{times}: {problem}"), remedy)

    def _problems(self, request: Request, answer: Answer) -> Iterator[str]:
        if answer.status != request.status:
            yield f"{answer.status}, expected {request.status}"
            return
        if request.contains and request.contains not in answer.text:
            yield f"the answer does not hold {request.contains!r}"
        content: Any = None
        if request.answer or request.has or request.keep:
            try:
                content = json.loads(answer.text)
            except ValueError:
                yield "its answer is not JSON"
                return
        yield from differences(request.answer, content) if request.answer else ()
        yield from self._kept(request, content, answer)

    def _kept(self, request: Request, content: Any, answer: Answer) -> Iterator[str]:
        found: dict[str, str] = {}
        for path in request.has:
            try:
                at(content, path)
            except LookupError:
                yield f"the answer has no {path}"
        for word, path in request.keep.items():
            try:
                value = at(content, path)
                found[word] = value if isinstance(value, str) else json.dumps(value)
            except LookupError:
                yield f"the answer has no {path}"
        for word, name in request.keep_headers.items():
            if name.lower() in answer.headers:
                found[word] = answer.headers[name.lower()]
            else:
                yield f"the answer has no header {name}"
        self._words |= found
        self._secrets |= {each for each in found.values() if len(each) >= _LONG}

    def _filled(self, value: Any) -> Any:
        return filled(value, self._words)

    def _hidden(self, text: str) -> str:
        for each in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(each, HIDDEN)
        return text


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """A value with the words that are known, at any depth."""
    if isinstance(value, dict):
        return {key: filled(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, words) for each in value]
    return WORD.sub(lambda found: words.get(found[1], found[0]), value) if isinstance(value, str) else value


def _words_in(request: Request) -> Iterator[str]:
    """What has to be known before it can be asked."""
    texts = json.dumps([request.url, request.headers, request.body, request.answer, request.contains])
    yield from WORD.findall(texts)


def _headers(request: Request) -> dict[str, str]:
    kind = {} if request.body is None or isinstance(request.body, str) else {"Content-Type": "application/json"}
    return {**kind, **request.headers}


def _body(request: Request) -> str:
    if request.body is None:
        return ""
    return request.body if isinstance(request.body, str) else json.dumps(request.body)
