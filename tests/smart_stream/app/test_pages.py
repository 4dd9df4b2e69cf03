"""The page in a real browser, from the content of its bucket, before the real function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.browser import Browser
from tests.smart_stream.app.api import Api, runtime
from tests.smart_stream.app.origin import PAGES, Origin, publish

STATE = "document.getElementById('state').textContent"
KIND = "document.getElementById('state').dataset.state"
FOCUSED = "document.activeElement.id"
SETTLED = f"""
new Promise(done => {{
    const look = () => {KIND} === 'asking' ? setTimeout(look, 20) : done(true);
    look();
}})
"""


@pytest.fixture(scope="module")
def origin(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    publish(cloud)
    with runtime(cloud, tmp_path_factory.mktemp("api")) as function, Origin(cloud, Api(function)) as origin:
        yield origin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.mark.requirement("SS-D03", "SS-D16")
@pytest.mark.parametrize("path", ["/", "/index.html", "/players/42"])
def test_the_page_says_that_its_environment_is_well_and_asks_nobody_else(
    browser: Browser, origin: Origin, path: str
) -> None:
    """a deep link finds no style or script, the API is looked for at another origin, or a resource at another host"""
    browser.open(origin.url + path)
    browser.evaluate(SETTLED)
    assert (browser.evaluate(KIND), browser.evaluate(STATE)) == ("well", "Environment dev is well.")
    assert browser.evaluate("document.title") == "Smart Stream: dev"
    assert browser.complaints() == []
    asked = {each.removeprefix(origin.url) for each in browser.requests()}
    plain = {re.sub(r"\.[0-9a-f]{16}\.", ".", each) for each in asked}
    assert plain - {"/icon.svg"} == {path, "/style.css", "/app.js", "/api/health"}
    assert asked & {"/icon.svg", "/style.css", "/app.js"} == set()


def test_it_says_what_is_wrong_and_asks_again_by_the_keyboard(
    browser: Browser, cloud: Cloud, origin: Origin, tmp_path: Path
) -> None:
    well, origin.api = origin.api, None
    try:
        browser.open(origin.url)
        browser.evaluate(SETTLED)
        assert (browser.evaluate(KIND), browser.evaluate(STATE)) == ("unwell", "The API does not answer.")
        with runtime(cloud, tmp_path, DYNAMODB_TABLE="") as function:
            origin.api = Api(function)
            browser.press("Tab")
            assert browser.evaluate(FOCUSED) == "again"
            assert browser.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
            browser.press("Enter")
            browser.evaluate(SETTLED)
            assert browser.evaluate(STATE) == "The API answers with status 500."
            hint = browser.evaluate("document.getElementById('hint').textContent")
            assert hint == "Its log says why, under given-by-the-api."
    finally:
        origin.api = well
    browser.press(" ")
    browser.evaluate(SETTLED)
    assert browser.evaluate(STATE) == "Environment dev is well."
    assert browser.evaluate(FOCUSED) == "again"  # it was not lost meanwhile


def test_what_is_answered_is_shown_as_text(browser: Browser, origin: Origin) -> None:
    """an answer that holds markup becomes part of the page"""
    browser.open(origin.url)
    browser.evaluate(SETTLED)
    browser.evaluate("show('unwell', '<img src=x onerror=alert(1)>', '<b>bold</b>')")
    assert browser.evaluate("document.querySelectorAll('main img, main b').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_read_on_any_screen(browser: Browser, origin: Origin, scheme: str, width: int) -> None:
    browser.prefer(scheme)
    browser.size(width)
    browser.open(origin.url)
    browser.evaluate(SETTLED)
    assert browser.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for element in ("#state", "h2", "button"):
        assert contrast(browser, element) >= 4.5, element


def contrast(browser: Browser, element: str) -> float:
    """Of an element's text with the card below it, as WCAG counts it."""
    colours = browser.evaluate(
        f"[getComputedStyle(document.querySelector('{element}')).color, "
        "getComputedStyle(document.querySelector('section')).backgroundColor]"
    )
    one, other = sorted(luminance(each) for each in colours)
    return (other + 0.05) / (one + 0.05)


def luminance(colour: str) -> float:
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_no_page_names_another_host_or_holds_code_of_its_own() -> None:
    """a policy that allows this origin alone would stop the page"""
    text = (PAGES / "index.html").read_text("utf-8")
    assert not re.findall(r"<style|\son\w+=|style=|<script(?! src)", text)
    for file in PAGES.iterdir():
        found = re.findall(r"https?://[^\s\"'<>]+", file.read_text("utf-8"))
        assert set(found) <= {"http://www.w3.org/2000/svg"}, file.name
