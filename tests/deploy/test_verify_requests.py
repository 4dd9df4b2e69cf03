"""Requests that ``verify`` asks in their order, of a till on this machine; and which settings of them are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.http import may_be_asked
from stackgen.deploy.polling import Pace
from stackgen.deploy.verifying.comparing import at
from stackgen.deploy.verifying.requests import Request, Requests
from tests.certificates import HOST

from .test_verify_command import FUNCTION, checks, with_settings, wrong
from .till import Till, answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .typed import Typed

SHOP = "[tool.stackgen.stack.shop-stack.verify"
SETTINGS = f"""
{SHOP}]
base_url = "https://till.example.com/"

{SHOP}.functions.user]
function = "till"
payload = {{ command = "put-user", username = "verify-{{id}}", password = "{{secret}}" }}
answer = {{ done = "put-user" }}

{SHOP}.functions.tidy]
function = "till"
payload = {{ command = "remove-user", username = "verify-{{id}}" }}
after = true

{SHOP}.requests.health]
path = "/health"
answer = {{ status = "ok" }}
retries = 2
pause = 1

{SHOP}.requests.login]
method = "POST"
path = "/login"
body = {{ username = "verify-{{id}}", password = "{{secret}}" }}
keep = {{ token = "token" }}

{SHOP}.requests.sale]
method = "POST"
path = "/sales"
headers = {{ Authorization = "Bearer {{token}}" }}
status = 201
has = ["sales"]
keep = {{ sale = "sales.0.id" }}
group = "integration"

{SHOP}.requests.receipt]
path = "/sales/{{sale}}/receipt"
headers = {{ Authorization = "Bearer {{token}}" }}
status = 302
keep_headers = {{ receipt = "location" }}
group = "integration"

{SHOP}.requests.signed]
url = "{{receipt}}"
contains = "receipt"
group = "integration"
"""


@pytest.fixture
def till() -> Iterator[Till]:
    found = Till()
    with answering(found) as url:
        found.url = url
        yield found


@pytest.fixture
def shop(typed: Typed, till: Till) -> Typed:
    """The shop with a till, as its settings want it to be verified."""
    typed.cloud.functions.register("till", till.function)
    typed.deploy(queues={"Till": FUNCTION})
    with_settings(typed, SETTINGS)
    return typed


def test_requests_are_asked_in_their_order_with_what_those_before_them_said(shop: Typed, till: Till) -> None:
    """What is kept does not travel, a group is asked unasked, or the user stays behind."""
    told = shop.told("verify", "--invoke", "--base-url", till.url)
    assert till.asked == ["GET /health", "POST /login"]
    assert [each["path"] for each in checks(told)[-4:]] == ["user", "health", "login", "tidy"]
    till.asked.clear()
    told = shop.told("verify", "--invoke", "--base-url", f"{till.url}/", "--group", "integration")
    assert till.asked == [
        "GET /health", "POST /login", "POST /sales", "GET /sales/sale-1/receipt", "GET /signed/receipt",
    ]  # fmt: skip
    assert checks(told)[-2]["said"] == f"GET {till.url}/signed/receipt: 200"
    assert till.users == {}


def test_what_is_wrong_is_told_without_what_nobody_should_see_and_the_rest_is_asked(shop: Typed, till: Till) -> None:
    """A password, a token or a signature is in the report, or the first failure is the end and nothing is tidied up."""
    path = shop.root / "pyproject.toml"
    text = path.read_text("utf-8").replace('contains = "receipt"', 'contains = "bill of {token}"')
    path.write_text(text.replace('has = ["sales"]', 'answer = { sales = "{token}" }'), "utf-8")
    ran = shop.run("verify", "--invoke", "--base-url", till.url, "--group", "integration", "--all")
    assert ran.code == 4
    assert "the answer does not hold 'bill of ****'" in ran.out
    assert 'sales is [{"id": "sale-1"}], expected "****"' in ran.out
    assert "token-of-the-till" not in ran.out + ran.err
    assert "5ec2e7" not in ran.out + ran.err
    assert till.users == {}


def test_what_needs_an_answer_that_was_not_given_is_not_asked(shop: Typed, till: Till) -> None:
    till.function({"command": "put-user", "username": "", "password": ""}, None)
    shop.cloud.functions.register("till", lambda event, context: {"done": "put-user", "why": str((event, context))})
    told = shop.told("verify", "--invoke", "--base-url", till.url, "--group", "integration", code=4)
    assert [(each["path"], each["said"].partition(":")[0]) for each in wrong(told)] == [
        ("login", "POST " + till.url.partition(":")[0]), ("sale", "not asked"), ("receipt", "not asked"),
        ("signed", "not asked"),
    ]  # fmt: skip
    assert wrong(told)[1]["said"] == "not asked: no answer before it gave token"


def test_what_is_not_there_yet_is_asked_again_and_given_up_at_last(shop: Typed, till: Till) -> None:
    till.wakes_after = 2
    assert shop.run("verify", "--invoke", "--base-url", till.url).code == 0
    till.wakes_after = 3
    (found,) = wrong(shop.told("verify", "--invoke", "--base-url", till.url, code=4))
    assert found["said"] == f"GET {till.url}/health, asked 3 times: 503, expected 200"


def test_nobody_there_is_wrong_and_so_is_what_would_be_read_on_the_way() -> None:
    slept: list[float] = []
    requests = Requests(Pace(sleep=slept.append))
    found = requests.asked(Request("health", f"http://{HOST}:1/health", retries=2, pause=7))
    assert (found.is_right, "ConnectionRefusedError" in found.said, slept) == (False, True, [7, 7])
    for url in ("http://till.example.com/", "ftp://till.example.com/", "https://", "https://till:x/", "till"):
        assert not may_be_asked(url)
        assert not requests.asked(Request("health", url)).is_right


def test_an_answer_that_is_no_json_or_lacks_what_is_kept_is_wrong() -> None:
    with answering(lambda *_: (200, {}, "plain")) as url:
        requests = Requests(Pace())
        assert requests.asked(Request("plain", url)).is_right
        assert requests.asked(Request("json", url, has=("a",))).said.endswith(": its answer is not JSON")
        assert requests.asked(Request("header", url, keep_headers={"a": "x-a"})).said.endswith("has no header x-a")
    with answering(lambda *_: (200, {}, '{"a": [{"b": 7}]}')) as url:
        kept = Request("kept", url, keep={"b": "a.0.b"}, has=("a.1", "c", "a.0.b.d"))
        assert requests.asked(kept).said.endswith(
            "the answer has no a.1; the answer has no c; the answer has no a.0.b.d"
        )
        assert requests.asked(Request("sent", url, "POST", body={"b": "{b}"})).is_right


@pytest.mark.parametrize(
    ("path", "value"), [("a.0.b", 7), ("a.1", None), ("a.x", None), ("a.0.b.c", None), ("d", None)]
)
def test_a_place_in_an_answer_is_found_or_is_not_there(path: str, value: Any) -> None:
    content = {"a": [{"b": 7}]}
    if value is None:
        with pytest.raises(LookupError):
            at(content, path)
    else:
        assert at(content, path) == value


WRONG = {
    "a misspelt setting": ("methud = 'GET'", "unknown setting 'methud'\n  did you mean method?"),
    "a method that is none": ("method = 'get'", "is 'get', but one of GET, HEAD"),
    "a path and an address": ("url = 'https://a'", "either a path behind base_url or a whole url was expected"),
    "a path from nowhere": ("path = 'health'", "is 'health', but a path that begins with /"),
    "a status that is none": ("status = 42", "is 42, but 100 to 599"),
    "retries without end": ("retries = 101", "is 101, but 0 to 100"),
    "a body twice": ("text = 'a'\nbody = {}", "either a body or a text was expected"),
    "a header that is a number": ("headers = { Age = 3 }", "is 3, but letters"),
    "a word that nobody could write": ("keep = { 'to ken' = 'a' }", "letters, digits and _ for a word"),
    "a word that comes later": ("headers = { A = '{token}' }", "the stack has no output token"),
    "a group in capitals": ("group = 'Smoke'", "small letters, digits and hyphens"),
}


@pytest.mark.parametrize(("line", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_refused_before_anything_is_asked(shop: Typed, till: Till, line: str, message: str) -> None:
    path = shop.root / "pyproject.toml"
    before = "" if line.startswith("path") else "path = '/health'\n"
    text = path.read_text("utf-8").replace('path = "/health"\n', f"{before}{line}\n", 1)
    text = text.replace("retries = 2\n", "", 1) if line.startswith("retries") else text
    path.write_text(text, "utf-8")
    ran = shop.run("verify", "--invoke", "--base-url", till.url)
    assert ran.code == 1
    assert message in ran.err
    assert (till.asked, till.users) == ([], {})


USAGE = {
    ("--base-url", "http://127.0.0.1"): "--group and --base-url say what is tried\n  --invoke tries it",
    ("--invoke", "--group", "integratoin"): "is in the group 'integratoin'\n  did you mean integration?",
}


@pytest.mark.parametrize(("words", "message"), USAGE.items(), ids=map(" ".join, USAGE))
def test_what_is_typed_wrong_is_2(shop: Typed, words: tuple[str, ...], message: str) -> None:
    ran = shop.run("verify", *words)
    assert ran.code == 2
    assert message in ran.err


def test_an_address_on_the_open_net_is_asked_over_tls_alone(shop: Typed) -> None:
    ran = shop.run("verify", "--invoke", "--base-url", "http://till.example.com")
    assert ran.code == 1
    assert "base_url is 'http://till.example.com', but an address that begins with https://" in ran.err
