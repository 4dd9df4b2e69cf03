"""The page in a real browser: silent, without the network, by keyboard, in the dark, on a narrow screen, when large."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from stackgen.review.report.page import page
from tests.browser import Browser
from tests.review.report import reports

# Contrast as WCAG 2.2 defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), of every element with text of its
# own against the nearest background below it; all of the page's colours are opaque.
CONTRASTS = """(() => {
  const number = color => color.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map(each => each / 255)
    .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const color = number(getComputedStyle(each).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some(each => each.nodeType === 3 && each.data.trim())) continue;
    if (!element.checkVisibility()) continue;
    const [one, other] = [number(getComputedStyle(element).color), ground(element)].map(light);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const name = `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`;
    if (ratio < 4.5) poor.push(`${name}: ${ratio.toFixed(2)}`);
  }
  return poor;
})()"""
FOCUSED = """(() => {
  const each = document.activeElement, style = getComputedStyle(each);
  const all = [...document.querySelectorAll('*')];
  return [all.indexOf(each), each.tagName, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
})()"""
REACHABLE = """(() => {
  const all = [...document.querySelectorAll('*')];
  return [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
    .filter(each => each.checkVisibility()).map(each => all.indexOf(each));
})()"""


class Pages(NamedTuple):
    small: Path
    evil: Path
    large: Path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    folder = tmp_path_factory.mktemp("pages")
    for name in Pages._fields:
        (folder / f"{name}.html").write_text(page(getattr(reports, name)()), "utf-8")
    return Pages(*(folder / f"{name}.html" for name in Pages._fields))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.mark.parametrize("name", Pages._fields)
def test_a_page_loads_without_a_word_and_without_the_network(browser: Browser, pages: Pages, name: str) -> None:
    file = getattr(pages, name)
    browser.open(file)
    browser.evaluate("new Promise(done => setTimeout(done, 50))")
    assert browser.complaints() == []
    assert browser.requests() == [file.as_uri()]


def test_styles_are_applied_in_the_page_and_in_its_drawings(browser: Browser, pages: Pages) -> None:
    browser.prefer("light")
    browser.open(pages.small)
    assert browser.evaluate("getComputedStyle(document.querySelector('.verdict')).fontWeight") == "600"
    fills = browser.evaluate(
        "[...document.querySelectorAll('*')].filter(each => each.shadowRoot)"
        ".map(each => getComputedStyle(each.shadowRoot.querySelector('svg > rect')).fill)"
    )
    assert fills == ["rgb(255, 255, 255)"] * 3


@pytest.mark.parametrize("name", Pages._fields)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_never_scrolls_sideways(browser: Browser, pages: Pages, name: str, width: int) -> None:
    browser.size(width)
    browser.open(getattr(pages, name))
    browser.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert browser.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["small", "evil"])
def test_all_text_has_enough_contrast(browser: Browser, pages: Pages, scheme: str, name: str) -> None:
    browser.prefer(scheme)
    browser.open(getattr(pages, name))
    browser.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert browser.evaluate(CONTRASTS) == []
    dark = browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    assert dark is (scheme == "dark")


def test_the_tab_key_reaches_every_link_fold_and_table_in_order(browser: Browser, pages: Pages) -> None:
    browser.size(1280)
    browser.open(pages.small)
    wanted = browser.evaluate(REACHABLE)
    reached = []
    for _ in wanted:
        browser.press("Tab")
        number, name, is_visible = browser.evaluate(FOCUSED)
        assert is_visible, f"the focus is not seen on {name}"
        reached.append(number)
    assert reached == wanted == sorted(wanted)


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_key_opens_a_fold_and_closes_it(browser: Browser, pages: Pages, key: str) -> None:
    browser.open(pages.small)
    browser.evaluate("document.querySelector('details:not([open]) > summary').focus()")
    states = []
    for _ in range(2):
        browser.press(key)
        states.append(browser.evaluate("document.activeElement.parentElement.open"))
    assert states == [True, False]


def test_a_verdicts_link_opens_what_is_said_about_its_resource(browser: Browser, pages: Pages) -> None:
    browser.open(pages.small)
    browser.evaluate("document.querySelector('.verdicts a').focus()")
    browser.press("Enter")
    browser.evaluate("new Promise(done => setTimeout(done, 100))")
    shown = browser.evaluate("document.querySelector(':target').checkVisibility({contentVisibilityAuto: true})")
    assert shown
    assert browser.evaluate("document.querySelector(':target').closest('details').open")


def test_the_skip_link_leads_past_the_navigation(browser: Browser, pages: Pages) -> None:
    browser.open(pages.small)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.getBoundingClientRect().left") == 0
    browser.press("Enter")
    assert browser.evaluate("document.activeElement.id") == "main"


def test_hostile_names_are_seen_as_text(browser: Browser, pages: Pages) -> None:
    browser.open(pages.evil)
    assert browser.evaluate("document.querySelectorAll('img, script, iframe').length") == 0
    assert browser.evaluate("document.querySelectorAll('h1').length") == 1
    assert "</script><img src=x onerror=alert(1)>" in browser.evaluate("document.body.innerText")
    assert "# Title <!-- -->.." in browser.evaluate("document.title")


def test_on_paper_every_fold_is_open(browser: Browser, pages: Pages) -> None:
    browser.open(pages.small)
    folded = "[...document.querySelectorAll('.reasons, .diff')].filter(each => !each.checkVisibility()).length"
    assert browser.evaluate(folded) > 0
    browser.prefer("light", "print")
    assert browser.evaluate(folded) == 0
    browser.prefer("light")


def test_five_hundred_changes_open_in_seconds(browser: Browser, pages: Pages) -> None:
    began = time.monotonic()
    browser.open(pages.large)
    browser.evaluate("new Promise(requestAnimationFrame)")
    assert time.monotonic() - began < 5
    assert browser.evaluate("document.querySelectorAll('#environments ~ * tbody tr, section tbody tr').length") >= 500
