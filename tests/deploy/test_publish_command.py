"""``publish``: a package where it is missing, and a folder into a bucket of the deployed stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.executor import Performer
from stackgen.deploy.polling import Pace
from stackgen.deploy.publishing.edges import InvalidationError, forgotten

from .deployed import changing
from .env_project import Site

if TYPE_CHECKING:
    from pathlib import Path

    from .typed import Typed

PACKAGE = """\
def key():
    return "code/0123.zip"


def package():
    return b"a package"
"""
SETTINGS = """
[tool.stackgen.stack.site-stack.publish.code]
module = "site_package"
bucket = "code-of-{account}"
parameter = "Text"

[tool.stackgen.stack.site-stack.publish.pages]
folder = "pages"
bucket = "{FilesName}"
"""


@pytest.fixture
def site(typed: Typed) -> Site:
    """An environment whose stack has a bucket, and a module that makes a package."""
    found = Site(typed)
    path = typed.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + SETTINGS, "utf-8")
    typed.write("site_package.py", PACKAGE)
    typed.write("pages/index.html", "<h1>Site</h1>")
    typed.write("pages/app/site.js", "1")
    typed.write("pages/.hidden", "nobody's")
    found.client("s3").create_bucket(Bucket="code-of-111111111111")
    typed.patch.syspath_prepend(str(typed.root))
    return found


@pytest.mark.requirement("SS-26", "SS-D11")
def test_a_package_is_sent_once_and_later_steps_know_its_key(site: Site, tmp_path: Path) -> None:
    """It is sent again, or to another bucket, or the deployment behind it gets another key."""
    site.typed.patch.setenv("GITHUB_ENV", str(tmp_path / "env"))
    ran = site.typed.run("publish", "code", "-e", "pr-7", "--yes")
    assert (ran.code, ran.out) == (0, "code/0123.zip sent to code-of-111111111111\n"), ran.err
    body = site.client("s3").get_object(Bucket="code-of-111111111111", Key="code/0123.zip")["Body"].read()
    assert body == b"a package"
    assert (tmp_path / "env").read_text("utf-8") == "STACKGEN_PARAM_Text=code/0123.zip\n"
    site.cloud.gateway.notes.clear()
    told = site.typed.told("publish", "code", "-e", "pr-7", "--yes")["published"]
    assert [(each["key"], each["sent"]) for each in told] == [("code/0123.zip", False)]
    assert changing([each.operation for each in site.cloud.gateway.notes]) == []


@pytest.mark.requirement("SS-04", "SS-02")
@pytest.mark.parametrize("checksum", ["SHA256", "CRC32"])
def test_what_lies_under_the_key_of_a_package_and_is_none_is_replaced(site: Site, checksum: Any) -> None:
    """Whoever may write into the bucket puts code there under the digest of another, and it is deployed."""
    where: Any = {"Bucket": "code-of-111111111111", "Key": "code/0123.zip"}
    site.client("s3").put_object(**where, Body=b"planted", ChecksumAlgorithm=checksum)
    ran = site.typed.run("publish", "code", "-e", "pr-7", "--yes")
    said = "code/0123.zip sent to code-of-111111111111, in place of what was not this package\n"
    assert (ran.code, ran.out) == (0, said), ran.err
    assert site.client("s3").get_object(**where)["Body"].read() == b"a package"
    (told,) = site.typed.told("publish", "code", "-e", "pr-7", "--yes")["published"]
    assert (told["sent"], told["replaced"]) == (False, False)


@pytest.mark.requirement("SS-29", "SS-D55")
def test_a_folder_is_what_is_in_the_bucket_afterwards(site: Site) -> None:
    """A page comes before what it asks for, is kept by browsers, has no type, or what is gone stays."""
    site.create(7)
    bucket, s3 = site.bucket("site-pr-7"), site.client("s3")
    s3.put_object(Bucket=bucket, Key="old.html", Body=b"old")
    site.cloud.gateway.notes.clear()
    ran = site.typed.run("publish", "pages", "-e", "pr-7", "--yes")
    assert (ran.code, ran.out) == (0, f"2 files put into {bucket}, 1 deleted\n"), ran.err
    assert f"{bucket}: old.html goes" in ran.err
    heads = {
        each["Key"]: s3.head_object(Bucket=bucket, Key=each["Key"])
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
    }
    assert {key: (each["ContentType"], each["CacheControl"]) for key, each in heads.items()} == {
        "app/site.js": ("text/javascript; charset=utf-8", "no-cache"),
        "index.html": ("text/html; charset=utf-8", "no-cache"),
    }
    puts = [each.operation for each in site.cloud.gateway.notes if each.operation in ("PutObject", "DeleteObjects")]
    assert puts == ["PutObject", "PutObject", "DeleteObjects"]


HASHED = """
[tool.stackgen.stack.site-stack.publish.app]
folder = "app"
bucket = "{FilesName}"
hashed = true
cache_control = "public, s-maxage=3600"
"""
PAGE = '<link rel="stylesheet" href="/style.css"><script src="js/app.js" defer></script><a href="/help.html">?</a>'
FOR_GOOD = "public, max-age=31536000, immutable"


def with_app(site: Site, distribution: str) -> dict[str, tuple[str, str]]:
    """Publish a page with what it asks for; its objects: their content, and how long they are kept."""
    path = site.typed.root / "pyproject.toml"
    path.write_text(
        path.read_text("utf-8") + HASHED + (f'distribution = "{distribution}"\n' if distribution else ""), "utf-8"
    )
    app = {
        "index.html": PAGE, "help.html": "help", "robots.txt": "all", "style.css": "p {background: url(i/dot.svg)}",
        "js/app.js": 'import { a } from "./lib.js"; fetch("/api/app.js")', "js/lib.js": 'import "./app.js";',
        "i/dot.svg": "<svg/>",
    }  # fmt: skip
    for name, text in app.items():
        site.typed.write(f"app/{name}", text)
    site.create(7)
    return again(site)


def again(site: Site) -> dict[str, tuple[str, str]]:
    ran = site.typed.run("publish", "app", "-e", "pr-7", "--yes")
    assert ran.code == 0, ran.err
    bucket, s3, found = site.bucket("site-pr-7"), site.client("s3"), {}
    for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        got = s3.get_object(Bucket=bucket, Key=each["Key"])
        found[each["Key"]] = (got["Body"].read().decode(), got["CacheControl"])
    return found


def plain(key: str) -> str:
    return re.sub(r"\.[0-9a-f]{16}(?=\.)", "", key)


@pytest.mark.requirement("SS-29", "SS-D55")
def test_what_a_page_asks_for_is_kept_for_good_under_a_name_that_changes_with_it(site: Site) -> None:
    """A browser keeps an old script, asks for one that is not there, or never keeps anything."""
    first = with_app(site, "")
    names = {plain(key): key for key in first}
    assert {name for name, key in names.items() if name == key} == {"index.html", "help.html", "robots.txt"}
    for name, key in names.items():
        assert first[key][1] == ("public, s-maxage=3600" if name == key else FOR_GOOD), name
    page = first["index.html"][0]
    assert re.findall(r'(?:href|src)="([^"]+)"', page) == [f"/{names['style.css']}", names["js/app.js"], "/help.html"]
    assert first[names["style.css"]][0] == f"p {{background: url({names['i/dot.svg']})}}"
    script = first[names["js/app.js"]][0]
    assert script == f'import {{ a }} from "./{names["js/lib.js"].rpartition("/")[2]}"; fetch("/api/app.js")'
    site.typed.write("app/i/dot.svg", "<svg><path/></svg>")
    second = again(site)
    changed = {plain(key) for key in first.keys() - second.keys()}
    assert changed == {"i/dot.svg", "style.css"}  # what leads to it too, and nothing else
    assert len(second) == len(first)


@pytest.mark.requirement("SS-29", "SS-D55")
def test_edges_forget_what_was_there_before_an_old_file_goes(site: Site) -> None:
    """A page that an edge has kept asks for a script that is gone; or nobody ever sees the new page."""
    origin = {"Id": "o", "DomainName": "b.s3.us-east-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    cache = {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"}
    config = {
        "CallerReference": "1", "Comment": "", "Enabled": True, "DefaultCacheBehavior": cache,
        "Origins": {"Quantity": 1, "Items": [origin]},
    }  # fmt: skip
    edges = site.client("cloudfront")
    name = edges.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    with_app(site, name)
    site.typed.write("app/js/lib.js", "1")
    site.cloud.gateway.notes.clear()
    again(site)
    calls = [each.operation for each in site.cloud.gateway.notes if not each.operation.startswith(("Get", "List"))]
    ordered = [each for each in dict.fromkeys(calls) if each in ("PutObject", "CreateInvalidation", "DeleteObjects")]
    assert ordered == ["PutObject", "CreateInvalidation", "DeleteObjects"]
    made = edges.list_invalidations(DistributionId=name)["InvalidationList"]["Items"]
    assert len(made) == 2
    whole = edges.get_invalidation(DistributionId=name, Id=made[0]["Id"])["Invalidation"]["InvalidationBatch"]
    assert whole["Paths"]["Items"] == ["/*"]


def test_old_files_stay_while_edges_keep_what_leads_to_them(site: Site) -> None:
    """A distribution that does not exist, or does not answer, costs the files that its edges still lead to."""
    with_app(site, "")
    path = site.typed.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + 'distribution = "ENOBODY"\n', "utf-8")
    site.typed.write("app/js/lib.js", "1")
    before = {each["Key"] for each in site.client("s3").list_objects_v2(Bucket=site.bucket("site-pr-7"))["Contents"]}
    ran = site.typed.run("publish", "app", "-e", "pr-7", "--yes")
    assert (ran.code, "NoSuchDistribution" in ran.err) == (1, True), ran.err
    after = {each["Key"] for each in site.client("s3").list_objects_v2(Bucket=site.bucket("site-pr-7"))["Contents"]}
    assert after > before


class Slow:
    """A distribution whose invalidation is complete at the given look, or never."""

    def __init__(self, at: int) -> None:
        self.looks, self.at = 0, at

    def create_invalidation(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return {"Invalidation": {"Id": "I1", "Status": "InProgress"}}

    def get_invalidation(self, **asked: Any) -> dict[str, Any]:
        self.looks += 1
        assert asked == {"DistributionId": "E1", "Id": "I1"}
        return {"Invalidation": {"Id": "I1", "Status": "Completed" if self.looks == self.at else "InProgress"}}


def test_an_invalidation_is_waited_for_and_given_up_after_a_quarter_of_an_hour() -> None:
    """Old files go while edges still lead to them, or a workflow waits until GitHub ends it."""
    waited = [0.0]
    pace = Pace(lambda: waited[0], lambda seconds: waited.__setitem__(0, waited[0] + seconds))
    slow = Slow(3)
    assert forgotten("E1", "d", slow, Performer(lambda _: slow), pace) == "I1"
    assert waited[0] == 15
    with pytest.raises(InvalidationError, match="the edges of E1 keep what was there before, 15 minutes after"):
        forgotten("E1", "d", Slow(0), Performer(lambda _: Slow(0)), pace)


def test_nothing_is_published_where_nobody_says_yes(site: Site) -> None:
    site.create(7)
    ran = site.typed.run("publish", "pages", "-e", "pr-7")
    assert (ran.code, "nobody to ask: put 2 files into" in ran.err) == (3, True)
    assert "Contents" not in site.client("s3").list_objects_v2(Bucket=site.bucket("site-pr-7"))


WRONG = {
    "a name that is none": ("paegs", "", "", 2, "publish no 'paegs'\n  did you mean pages?"),
    "no bucket": ("pages", 'bucket = "{FilesName}"', "", 1, "needs a bucket, and either a module or a folder"),
    "two sources": ("pages", 'folder = "pages"', 'folder = "pages"\nmodule = "a"', 1, "either a module or a folder"),
    "a folder elsewhere": ("pages", 'folder = "pages"', 'folder = "../.."', 1, "but a folder below the project's"),
    "a word that is none": ("pages", "{FilesName}", "{FileName}", 1, "{FileName} is none of its words"),
    "no parameter": ("code", 'parameter = "Text"', "", 1, "is a package: it needs a parameter"),
    "a package that is hashed": ("code", 'parameter = "Text"', 'parameter = "Text"\nhashed = true', 1, "has no cache"),
    "no such module": ("code", "site_package", "site_parcel", 1, "site_parcel, whose package is published, cannot be"),
    "a module without it": ("code", '"site_package"', '"json"', 1, "json has no function key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_the_settings_is_told_and_nothing_is_published(site: Site, case: str) -> None:
    name, old, new, code, message = WRONG[case]
    path = site.typed.root / "pyproject.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text, "utf-8")
    site.create(7)
    site.cloud.gateway.notes.clear()
    ran = site.typed.run("publish", name, "-e", "pr-7", "--yes")
    assert (ran.code, message in ran.err) == (code, True), ran.err
    assert changing([each.operation for each in site.cloud.gateway.notes]) == []


def test_a_package_that_cannot_be_made_is_told_without_a_traceback(site: Site) -> None:
    site.typed.write("site_broken.py", PACKAGE.replace('return b"a package"', 'raise LookupError("no library")'))
    path = site.typed.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8").replace("site_package", "site_broken"), "utf-8")
    ran = site.typed.run("publish", "code", "-e", "pr-7", "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1, "error: site_broken, whose package is published, failed: no library",
    )  # fmt: skip
