"""The page as a file: complete in itself, well formed, honest about what it holds."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from stackgen.review.report.page import page
from tests.review.report import reports

VOID = {"meta", "br", "img", "link", "input", "hr", "wbr"}


class Outline(HTMLParser):
    """What a test asks of a page: its elements, which must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name in names]


@pytest.fixture(scope="module", params=["small", "evil", "large"])
def text(request: pytest.FixtureRequest) -> str:
    made: str = page(getattr(reports, request.param)())
    return made


@pytest.fixture(scope="module")
def outline(text: str) -> Outline:
    return Outline(text)


def test_every_element_is_closed_in_order(outline: Outline) -> None:
    assert outline.wrong == []
    assert outline.open == []


def test_nothing_is_loaded_and_nothing_runs(outline: Outline) -> None:
    assert not outline.of("script", "link", "img", "iframe", "object", "embed", "base", "form")
    for name, attributes in outline.elements:
        assert not [each for each in attributes if each.startswith("on") or each in ("src", "srcset", "style")], name
    links = [each.get("href") or "" for each in outline.of("a")]
    assert all(link.startswith(("#", "https://docs.aws.amazon.com/")) for link in links)


def test_the_policy_allows_the_style_sheets_of_the_page_and_nothing_else(text: str, outline: Outline) -> None:
    policies = [each["content"] for each in outline.of("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    (policy,) = policies
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    sheets = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digests = {base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in sheets}
    assert {f"'sha256-{each}'" for each in digests} == set(re.findall(r"'sha256-[^']+'", policy))


def test_headings_come_in_order(outline: Outline) -> None:
    levels = [int(name[1]) for name, _ in outline.elements if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_names_are_unique_and_every_link_inside_the_page_leads_somewhere(text: str) -> None:
    outline = Outline(re.sub(r"(?s)<template.*?</template>", "", text))  # a drawing has names of its own
    names = [each["id"] for _, each in outline.elements if "id" in each]
    assert len(names) == len(set(names))
    inside = {(each["href"] or "")[1:] for each in outline.of("a") if (each.get("href") or "").startswith("#")}
    assert inside <= set(names)


def test_it_has_landmarks_a_language_and_a_way_past_the_links(outline: Outline) -> None:
    names = [name for name, _ in outline.elements]
    for landmark in ("header", "nav", "main", "footer"):
        assert names.count(landmark) == 1
    assert outline.of("html") == [{"lang": "en"}]
    assert outline.of("a")[0] == {"class": "skip", "href": "#main"}


def test_every_table_has_a_caption_and_scopes(text: str, outline: Outline) -> None:
    assert outline.of("table")
    assert len(outline.of("caption")) == len(outline.of("table"))
    assert all(each.get("scope") in ("row", "col") for each in outline.of("th"))
    assert not re.search(r"<th[^>]*></th>", text)


def test_the_title_names_the_refs() -> None:
    assert "<title>main..topic: 1 certain failure, 2 losses of data" in page(reports.small())


def test_a_verdict_leads_to_its_resource_and_says_what_to_do() -> None:
    text = page(reports.small())
    name = re.search(r'V201 certain failure</span> <a href="#(r\d+)"><code>App/Orders</code></a>', text)
    assert name
    assert f'<ul class="reasons" id="{name[1]}">' in text
    assert "<strong>What to do:</strong> change the name with it" in text
    assert "<dt>V201: a custom-named resource is replaced and keeps its name</dt>" in text


def test_each_environment_has_its_column_and_each_price_its_basis_and_age() -> None:
    text = page(reports.small())
    assert '<th scope="col">defaults/us-east-1</th>' in text
    assert "golden of 2024-07-01, 872 days old" in text


def test_a_secret_stays_hidden() -> None:
    assert "hunter2" not in page(reports.small())


def test_what_could_not_be_read_stands_first_and_harms_nothing() -> None:
    text = page(reports.unread())
    assert not Outline(text).wrong
    section = text.partition('id="problems"')[2].partition("</section>")[0]
    assert text.index('id="problems"') < text.index('id="verdicts"')
    assert "<code>broken.json:3</code>: is not JSON: &lt;/script&gt;" in section
    assert "Child is made from ./gone.json" in section
    assert "<img" not in section
    assert '<a href="#problems">Could not be read or judged</a>' in text
    assert "Could not be read" not in page(reports.small())


def test_a_change_that_was_not_read_whole_is_not_called_good() -> None:
    assert 'class="verdict warn"' in page(reports.unread(same=True))
