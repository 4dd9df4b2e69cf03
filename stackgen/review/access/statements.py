"""Statements of policies by what they mean: who may or must not do what, to what, and under which conditions."""

from __future__ import annotations

from stackgen.jsontext import parsed
from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Mixed, Symbol, shown

from .answers import all_of, any_of, inverse
from .conditions import entries_of
from .names import Guards, Names, compatible, unfold
from .patterns import ANYTHING, Pattern, Unknown, covers, overlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .answers import Answer
    from .conditions import Entries

__all__ = ["EVERYBODY", "EVERYTHING", "Selection", "Statement", "principal", "read_document", "statements_of"]

_ACCOUNT = r"(?:arn:[\w-]+:iam::(\d{12}):root|(\d{12}))"
_PRINCIPAL_IN = r"AWS:arn:[\w-]+:(?:iam|sts)::(?:(\d{12}):|$)"
_ROOT = tuple(":root")


class Selection(NamedTuple):
    """Some actions, resources or principals; ``negated`` means all but these."""

    negated: bool
    patterns: tuple[Pattern, ...]

    @property
    def atoms(self) -> tuple[Selection, ...]:
        """The smallest selections that make up this one."""
        if self.negated or len(self.patterns) == 1:
            return (self,)
        return tuple(Selection(negated=False, patterns=(each,)) for each in self.patterns)

    @property
    def shown(self) -> str:
        texts = ", ".join(f"`{each.shown}`" for each in self.patterns)
        return f"all but {texts}" if self.negated else texts

    def covers(self, other: Selection) -> Answer:
        """Whether all that ``other`` selects is selected here."""
        if not self.negated and not other.negated:
            return all_of(any_of(_within(each, mine) for mine in self.patterns) for each in other.patterns)
        if self.negated and not other.negated:
            return all_of(inverse(overlap(mine, each)) for mine in self.patterns for each in other.patterns)
        if self.negated:
            return all_of(any_of(covers(each, mine) for each in other.patterns) for mine in self.patterns)
        return any_of(mine in EVERYBODY.patterns or covers(mine, ANYTHING) for mine in self.patterns)


def _within(narrow: Pattern, wide: Pattern) -> Answer:
    answer = covers(wide, narrow)
    if answer is False and wide.tokens == EVERYBODY.patterns[0].tokens and wide.shown == "*":
        # Whether everybody includes the services of AWS is for the service that owns the resource to say.
        return None if narrow.shown.endswith(".amazonaws.com") else True
    if answer is False and _account_holds(wide, narrow):
        # Trusting an account lets its own policies name the principal; naming it in the policy is a bit more.
        return None
    return answer


def _account_holds(account: Pattern, member: Pattern) -> bool:
    """Whether the first is an account, and the second may be a principal in it."""
    if account.shown.startswith("account "):
        import re

        found = re.match(_PRINCIPAL_IN, member.head)
        return found is not None and found[1] in (None, account.shown.removeprefix("account "))
    inside = account.tokens[: -len(_ROOT) + 1]
    return account.tokens[-len(_ROOT) :] == _ROOT and member.tokens[: len(inside)] == inside


EVERYTHING = Selection(negated=False, patterns=(ANYTHING,))
EVERYBODY = Selection(negated=False, patterns=(Pattern(tuple("AWS:") + ANYTHING.tokens, "*"),))


class Statement(NamedTuple):
    """``opaque`` is set for one that cannot be read, and stands for all that it may say."""

    allow: bool
    principals: Selection
    actions: Selection
    resources: Selection
    conditions: Entries = ()
    guards: Guards = frozenset()
    opaque: Pattern | None = None
    where: str = ""

    def reaches(self, principals: Selection, actions: Selection, resources: Selection) -> Answer:
        """Whether it says something about all of these, its conditions aside."""
        answer = self.actions.covers(actions)
        if answer is False:
            return False
        return all_of((answer, self.resources.covers(resources), self.principals.covers(principals)))

    @property
    def when(self) -> str:
        return " and ".join(each.shown for each in self.conditions)


def read_document(value: Any) -> Any:
    """A policy document; one that is given as a text is read, with the symbols in it kept."""
    if isinstance(value, str):
        try:
            return parsed(value)
        except ValueError:
            return value
    if isinstance(value, Mixed):
        parts = list(value.parts)
        text = "".join(part if isinstance(part, str) else f"\ue000{number}\ue001" for number, part in enumerate(parts))
        try:
            return _restored(parsed(text), parts)
        except ValueError:
            return value
    return value


def _restored(value: Any, parts: list[Any]) -> Any:
    if isinstance(value, dict):
        return {_plain(key, parts): _restored(each, parts) for key, each in value.items()}
    if isinstance(value, list):
        return [_restored(each, parts) for each in value]
    if not isinstance(value, str) or "\ue000" not in value:
        return value
    import re

    pieces = [
        parts[int(piece[1:-1])] if piece.startswith("\ue000") else piece
        for piece in re.split("(\ue000\\d+\ue001)", value)
        if piece
    ]
    return pieces[0] if len(pieces) == 1 else Mixed(tuple(pieces))


def _plain(key: str, parts: list[Any]) -> str:
    if "\ue000" not in key:
        return key
    import re

    return re.sub("\ue000(\\d+)\ue001", lambda found: str(parts[int(found[1])]), key)


def statements_of(document: Any, names: Names, guards: Guards, where: str) -> Iterator[Statement]:
    """The statements of a document, each one as often as an unknown condition gives it another form."""
    for value, held in unfold(read_document(document)):
        together = compatible(guards, held)
        if together is None:
            continue
        if not isinstance(value, dict) or "Statement" not in value:
            if value not in ({}, ""):
                yield _unreadable(value, together, where)
            continue
        for statements, chosen in unfold(value["Statement"]):
            for each in statements if isinstance(statements, list) else [statements]:
                for statement, again in unfold(each):
                    all_guards = compatible(together, chosen, again)
                    if all_guards is not None:
                        yield from _statement(statement, names, all_guards, where)


def _unreadable(value: Any, guards: Guards, where: str) -> Statement:
    content = value if isinstance(value, Symbol) else repr(value)
    pattern = Pattern((Unknown(content),), shown(value))
    return Statement(True, EVERYBODY, EVERYTHING, EVERYTHING, (), guards, pattern, where)  # noqa: FBT003  by place


def _statement(value: Any, names: Names, guards: Guards, where: str) -> Iterator[Statement]:
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        yield _unreadable(value, guards, where)
        return
    actions = list(_selections(value, "Action", names, lower=True))
    resources = list(_selections(value, "Resource", names))
    principals = list(_principals(value, names))
    for action, first in actions:
        for resource, second in resources:
            for principal, third in principals:
                for condition, fourth in unfold(value.get("Condition", {})):
                    together = compatible(guards, first, second, third, fourth)
                    if together is not None:
                        yield Statement(
                            value["Effect"] == "Allow",
                            principal,
                            action,
                            resource,
                            entries_of(condition, names),
                            together,
                            None,
                            where,
                        )


def _selections(
    value: dict[str, Any], key: str, names: Names, *, lower: bool = False
) -> Iterator[tuple[Selection, Guards]]:
    """The selection under a key or its Not-form; what stands under an unknown condition is one of its own."""
    negated = f"Not{key}" in value
    given = value.get(f"Not{key}" if negated else key, "*")
    for whole, outer in unfold(given):
        yield from _grouped(whole if isinstance(whole, list) else [whole], names, outer, negated=negated, lower=lower)


def _grouped(
    items: list[Any], names: Names, outer: Guards, *, negated: bool, lower: bool
) -> Iterator[tuple[Selection, Guards]]:
    if negated:
        patterns = tuple(names.pattern(each) for each in items)
        yield Selection(True, tuple(map(_lowered, patterns)) if lower else patterns), outer  # noqa: FBT003  by place
        return
    groups: dict[Guards, list[Pattern]] = {}
    for item in items:
        for inner, held in unfold(item):
            for each in inner if isinstance(inner, list) else [inner]:
                for pattern, again in names.patterns(each):
                    together = compatible(outer, held, again)
                    if together is not None:
                        groups.setdefault(together, []).append(_lowered(pattern) if lower else pattern)
    for together, found in groups.items():
        yield Selection(negated=False, patterns=tuple(found)), together


def _lowered(pattern: Pattern) -> Pattern:
    if pattern.plain and pattern.head.isascii():
        return Pattern(tuple(pattern.head.lower()), pattern.shown)
    tokens = tuple(token.lower() if isinstance(token, str) else token for token in pattern.tokens)
    return Pattern(tokens, pattern.shown)


def _principals(value: dict[str, Any], names: Names) -> Iterator[tuple[Selection, Guards]]:
    negated = "NotPrincipal" in value
    for given, outer in unfold(value.get("NotPrincipal" if negated else "Principal", "*")):
        if not isinstance(given, dict):
            pattern = EVERYBODY.patterns[0] if given == "*" else principal("AWS", names.pattern(given))
            yield Selection(negated, (pattern,)), outer
            continue
        groups: dict[Guards, list[Pattern]] = {}
        for kind, several in given.items():
            for whole, held in unfold(several):
                for item in whole if isinstance(whole, list) else [whole]:
                    for each, again in unfold(item):
                        together = compatible(outer, held, again)
                        if together is not None:
                            groups.setdefault(together, []).append(principal(kind, names.pattern(each)))
        for together, found in groups.items():
            yield Selection(negated, tuple(found)), together


def _account(text: str) -> str:
    """The number of the account that a text names as a principal; empty where it names none."""
    if not text:
        return ""
    import re  # slow to load, and most policies name no account

    found = re.fullmatch(_ACCOUNT, text)
    return found[1] or found[2] if found else ""


def principal(kind: str, pattern: Pattern) -> Pattern:
    """A principal of a kind: ``AWS``, ``Service``, ``Federated``; an account in one form."""
    number = _account(pattern.text or "") if kind == "AWS" else ""
    if number:
        return Pattern(tuple(f"AWS:account {number}"), f"account {number}")
    if pattern.tokens == ANYTHING.tokens:
        return Pattern((*kind, ":", *ANYTHING.tokens) if kind != "AWS" else EVERYBODY.patterns[0].tokens, "*")
    return Pattern((*kind, ":", *pattern.tokens), pattern.shown)
