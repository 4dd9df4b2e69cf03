"""Texts with wildcards and unknown parts, and whether one covers another.

A text is a row of tokens: characters, the wildcards ``*`` and ``?``, and atoms for what only AWS knows. A `Named` atom
is an attribute of a resource of the tree: two different ones are different texts. An `Unknown` atom may be anything.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, takewhile

from stackgen.records import Enum, NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Answer

__all__ = ["ANYTHING", "Named", "Pattern", "Unknown", "Wild", "covers", "literal", "overlap"]


class Wild(Enum):
    ANY = "*"
    ONE = "?"


class Named:
    """``text`` is what the template gives it; under another name it is still the same resource."""

    __slots__ = ("attribute", "logical_id", "stack", "text")

    def __init__(self, stack: tuple[str, ...], logical_id: str, attribute: str, text: tuple[Token, ...] = ()) -> None:
        self.stack = stack
        self.logical_id = logical_id
        self.attribute = attribute
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Named({'/'.join(self.stack)}/{self.logical_id}.{self.attribute})"

    def _key(self) -> tuple[object, ...]:
        return self.stack, self.logical_id, self.attribute

    @property
    def resource(self) -> tuple[tuple[str, ...], str]:
        return self.stack, self.logical_id


class Unknown(NamedTuple):
    content: object


Token = str | Wild | Named | Unknown

_THEMSELVES = ("${*}", "${?}", "${$}")
"""How IAM writes the characters that would be wildcards, or begin a variable."""


class Pattern:
    """A text as its tokens; ``shown`` is for people, and two patterns of the same tokens are the same.

    ``head`` is what is known before the first wildcard or atom, and all of it where the pattern is ``plain``.
    """

    __slots__ = ("_hash", "head", "plain", "shown", "tokens")

    def __init__(self, tokens: tuple[Token, ...], shown: str) -> None:
        self.tokens = tokens
        self.shown = shown
        try:
            self.head, self.plain = "".join(tokens), True  # type: ignore[arg-type]  # a wildcard or an atom refuses
        except TypeError:
            known = takewhile(lambda token: isinstance(token, str), tokens)
            self.head, self.plain = "".join(map(str, known)), False
        self._hash = hash(tokens)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self._hash == other._hash and self.tokens == other.tokens

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Pattern({self.shown!r})"

    def named(self, shown: str) -> Pattern:
        """The same under another name."""
        return Pattern(self.tokens, shown)

    @property
    def text(self) -> str | None:
        """The text itself where all of it is known; wildcards stand as they were written."""
        if any(isinstance(token, Named | Unknown) for token in self.tokens):
            return None
        return "".join(token.value if isinstance(token, Wild) else str(token) for token in self.tokens)

    @property
    def resolved(self) -> Pattern:
        """The same with the names that the template gives."""
        if self.plain or not any(isinstance(token, Named) and token.text for token in self.tokens):
            return self
        tokens = (token.text if isinstance(token, Named) and token.text else (token,) for token in self.tokens)
        return Pattern(tuple(chain.from_iterable(tokens)), self.shown)


def literal(text: str, *, wildcards: bool = True) -> tuple[Token, ...]:
    """The tokens of a known text. A run of wildcards is put in one order, so that ``*?`` equals ``?*``."""
    if not wildcards or not any(each in text for each in "*?$"):
        return tuple(text)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in "*?":
            after = len(text) - len(text[at:].lstrip("*?"))
            tokens.extend([Wild.ONE] * text.count("?", at, after))
            tokens.extend([Wild.ANY] if "*" in text[at:after] else [])
        elif text.startswith(_THEMSELVES, at):
            after = at + len(_THEMSELVES[0])
            tokens.append(text[at + 2])
        else:
            after = min([found for each in "*?$" if (found := text.find(each, at + 1)) >= 0], default=len(text))
            tokens += text[at:after]
        at = after
    return tuple(tokens)


ANYTHING = Pattern((Wild.ANY,), "*")


def covers(wide: Pattern, narrow: Pattern) -> Answer:
    """Whether every text that ``narrow`` stands for is one that ``wide`` stands for."""
    if wide.tokens == (Wild.ANY,):
        return True
    return _either(wide, narrow, _covers)


def overlap(one: Pattern, other: Pattern) -> Answer:
    """Whether some text is one that both stand for."""
    return _either(one, other, _overlap)


def _either(one: Pattern, other: Pattern, compared: Callable[[Pattern, Pattern], Answer]) -> Answer:
    """Compared by the resources that they name, or by the names that those are given."""
    answer = _settled(one, other, compared)
    if answer is True:
        return True
    first, second = one.resolved, other.resolved
    if first is one and second is other:
        return answer
    by_name = _settled(first, second, compared)
    return by_name if answer is None or by_name is True else answer


def _settled(one: Pattern, other: Pattern, compared: Callable[[Pattern, Pattern], Answer]) -> Answer:
    if one == other:
        return True
    return False if _apart(one, other) else compared(one, other)


def _apart(one: Pattern, other: Pattern) -> bool:
    """Whether the two differ in what is known of both, for these are not equal."""
    return (one.plain and other.plain) or not (one.head.startswith(other.head) or other.head.startswith(one.head))


@lru_cache(maxsize=20_000)
def _covers(wide: Pattern, narrow: Pattern) -> Answer:
    if _meet(wide.tokens, narrow.tokens, both=False, guess=False):
        return True
    return None if _meet(wide.tokens, narrow.tokens, both=False, guess=True) else False


@lru_cache(maxsize=20_000)
def _overlap(one: Pattern, other: Pattern) -> Answer:
    if _meet(one.tokens, other.tokens, both=True, guess=False):
        return True
    return None if _meet(one.tokens, other.tokens, both=True, guess=True) else False


def _meet(left: tuple[Token, ...], right: tuple[Token, ...], *, both: bool, guess: bool) -> bool:
    """Whether the two can be laid along each other.

    A wildcard on the left takes what stands on the right; with ``both`` also the other way round. With ``guess`` an
    atom takes what it may turn out to be. ``row`` says up to where the right one can be laid along the left one so far.
    """
    row = _skipped([True] + [False] * len(right), right, both=both, guess=guess)
    for token in left:
        below = [reached and _may_be_empty(token, guess=guess) for reached in row]
        for there, facing in enumerate(right):
            if not row[there]:
                continue
            taking, taken = _takes(token, facing, guess=guess), _takes(facing, token, guess=guess, wild=both)
            if taking:
                row[there + 1] = True
            if taken:
                below[there] = True
            if taking or taken or _same(token, facing) or (both and _same(facing, token)):
                below[there + 1] = True
        row = _skipped(below, right, both=both, guess=guess)
    return row[-1]


def _skipped(row: list[bool], right: tuple[Token, ...], *, both: bool, guess: bool) -> list[bool]:
    """The row with what is reached when tokens on the right are empty."""
    for there, facing in enumerate(right):
        if row[there] and (both or guess) and _may_be_empty(facing, guess=guess, wild=both):
            row[there + 1] = True
    return row


def _same(token: Token, facing: Token) -> bool:
    return token == facing or (token is Wild.ONE and isinstance(facing, str))


def _may_be_empty(token: Token, *, guess: bool, wild: bool = True) -> bool:
    return (wild and token is Wild.ANY) or (guess and isinstance(token, Unknown))


def _takes(token: Token, facing: Token, *, guess: bool, wild: bool = True) -> bool:
    """Whether ``token`` may stand for a run of texts of which ``facing`` is one."""
    if token is Wild.ANY:
        return wild
    if not guess:
        return False
    if isinstance(token, Unknown):
        return True
    if isinstance(token, Named):
        if isinstance(facing, Named):
            return token.resource == facing.resource and token != facing
        return not isinstance(facing, Wild)
    return False
