"""``publish``: a package where it is missing, and a folder into a bucket of the deployed stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

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
