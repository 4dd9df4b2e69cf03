"""The usage file: what it can say, whom it means, and that everything wrong with it is told at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.pricing.amounts import Range
from stackgen.review.pricing.registry import WORDS
from stackgen.review.pricing.usage import Usage, read_usage

ROOT = Path(__file__).parents[3]
FUNCTION = "AWS::Lambda::Function"


def read(folder: Path, text: str) -> tuple[Usage, list[str]]:
    file = folder / "usage.toml"
    file.write_text(text, "utf-8")
    usage, problems = read_usage(file, WORDS)
    return usage, [
        f"{each.location[1] if each.location else ''}: {each.message}; {' '.join(each.hints)}" for each in problems
    ]


def test_an_amount_is_a_number_or_low_typical_and_high(tmp_path: Path) -> None:
    usage, problems = read(
        tmp_path,
        f'version = 1\nhours_per_month = 500\n[defaults."{FUNCTION}"]\nrequests = [1, 2.5, 30]\nduration_ms = 120\n',
    )
    assert not problems
    assert usage.hours == 500
    assert usage.given(FUNCTION, "Tap/F", "requests") == Range.of(1, "2.5", 30)
    assert usage.given(FUNCTION, "Tap/F", "duration_ms") == Range.exactly(120)
    assert usage.given("AWS::S3::Bucket", "Tap/B", "storage_gb") is None


@pytest.mark.parametrize(
    ("address", "requests"),
    [
        ("TapStack/Compute/Validator", 3),  # the longest name wins
        ("TapStack/Other/Validator", 2),
        ("Validator", 2),
        ("TapStack/Compute/OtherValidator", 1),  # not the end of a name
    ],
)
def test_an_override_is_named_by_an_address_or_its_end(tmp_path: Path, address: str, requests: int) -> None:
    text = "\n".join([
        "version = 1", f'[defaults."{FUNCTION}"]', "requests = 1", '[overrides."Validator"]', "requests = 2",
        '[overrides."Compute/Validator"]', "requests = 3",
    ])  # fmt: skip
    usage, _ = read(tmp_path, text)
    assert usage.given(FUNCTION, address, "requests") == Range.exactly(requests)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0: version is None, but 1 was expected"),
        ("version = 2", "1: version is 2, but 1 was expected"),
        ("version = 1\nhours = 3", "2: unknown key 'hours'"),
        ("version = 1\nhours_per_month = 745", "2: hours_per_month is 745, but 1 to 744 was expected"),
        ("version = 1\nhours_per_month = 0", "2: hours_per_month is 0"),
        ("version = 1\ndefaults = 3", "2: defaults is 3, but a table was expected"),
        ('version = 1\n[defaults."AWS::Lambda::Funktion"]\n', "2: defaults: nothing is charged by usage of"),
        (
            'version = 1\n[defaults."AWS::Lambda::Function"]\nreqests = 1',
            "3: defaults.AWS::Lambda::Function: unknown key",
        ),
        (
            'version = 1\n[overrides."A/B"]\nrequets = 1',
            "3: overrides.A/B: unknown key 'requets'; did you mean requests?",
        ),
        ('version = 1\n[overrides."A/B"]\nrequests = -1', "requests is -1; a number from 0, or a rising list"),
        ('version = 1\n[overrides."A/B"]\nrequests = [1, 2]', "requests is [1, 2]; a number from 0"),
        ('version = 1\n[overrides."A/B"]\nrequests = [3, 2, 1]', "requests is [3, 2, 1]; a number from 0"),
        ('version = 1\n[overrides."A/B"]\nrequests = "3"', "requests is '3'; a number from 0"),
        ('version = 1\n[overrides."A/B"]\nrequests = true', "requests is True; a number from 0"),
        ('version = 1\n[overrides."A/B"]\nrequests = nan', "a number from 0"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_expected(tmp_path: Path, text: str, told: str) -> None:
    _, problems = read(tmp_path, text)
    assert len(problems) == 1
    assert told in problems[0]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    _, problems = read(tmp_path, 'version = 3\nhour = 1\n[overrides."A/B"]\nrequests = -1\nx = 1\n')
    assert len(problems) == 4


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match="is not TOML") as caught:
        read(tmp_path, "version = 1\n]\n")
    assert caught.value.location == (str(tmp_path / "usage.toml"), 2)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match="cannot be read"):
        read_usage(tmp_path / "none.toml", WORDS)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "usage.toml").write_bytes(b"version = 1 # \xff")
    with pytest.raises(OutputFileError, match="is not UTF-8"):
        read_usage(tmp_path / "usage.toml", WORDS)


def test_an_override_that_changes_nothing_is_told() -> None:
    one = {"requests": Range.exactly(1)}
    usage = Usage("u.toml", overrides={"Tap/Validater": one, "Tap/Bucket": one, "Tap/Validator": one})
    told = usage.idle({"Tap/Validator": FUNCTION, "Tap/Bucket": "AWS::S3::Bucket"}, WORDS)
    assert told == [
        "u.toml: no resource is Tap/Validater; did you mean Tap/Validator?",
        "u.toml: Tap/Bucket is AWS::S3::Bucket, which has no requests",
    ]


@pytest.mark.parametrize("path", sorted(ROOT.glob("stacks/*/usage.toml")), ids=lambda path: path.parent.name)
def test_the_usage_of_our_own_systems_is_right(path: Path) -> None:
    usage, problems = read_usage(path, WORDS)
    assert not problems
    assert usage.hours == Decimal(730)


IN_ONE = f"""version = 1
[defaults."{FUNCTION}"]
requests = 1
duration_ms = 10
[overrides."Validator"]
requests = 2
[env.prod.defaults."{FUNCTION}"]
requests = 100
[env.prod.overrides."Janitor"]
requests = 3
"""


@pytest.mark.parametrize(
    ("environment", "address", "requests"),
    [
        ("dev", "Tap/Other", 1),
        ("prod", "Tap/Other", 100),  # said of the environment alone
        ("prod", "Tap/Validator", 2),  # said of the resource, which is nearer than its type
        ("prod", "Tap/Janitor", 3),
        ("dev", "Tap/Janitor", 1),
    ],
)
def test_what_is_said_of_one_environment_holds_there_alone(
    tmp_path: Path, environment: str, address: str, requests: int
) -> None:
    usage, problems = read(tmp_path, IN_ONE)
    assert not problems
    assert usage.within(environment).given(FUNCTION, address, "requests") == Range.exactly(requests)
    assert usage.within(environment).given(FUNCTION, address, "duration_ms") == Range.exactly(10)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("env = 3", "2: env is 3, but a table was expected"),
        ("[env]\nprod = 3", "3: env.prod is 3, but a table was expected"),
        ("[env.prod]\nhours_per_month = 3", "3: env.prod: unknown key 'hours_per_month'"),
        ("[env.prod]\ndefaults = 3", "3: env.prod.defaults is 3, but a table was expected"),
        ('[env.prod.defaults."AWS::Lambda::Funktion"]\n', "2: env.prod.defaults: nothing is charged by usage of"),
        (
            '[env.prod.defaults."AWS::Lambda::Function"]\nreqests = 1',
            "3: env.prod.defaults.AWS::Lambda::Function: unknown key 'reqests'; did you mean requests?",
        ),
    ],
)
def test_a_mistake_about_one_environment_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    _, problems = read(tmp_path, f"version = 1\n{text}\n")
    assert len(problems) == 1
    assert told in problems[0]
