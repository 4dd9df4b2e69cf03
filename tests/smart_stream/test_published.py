"""The pages of an environment in their bucket: how long they may be kept, by class, and without CloudFront too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.deploy.typed import Typed
from tests.smart_stream.conftest import Made
from tests.smart_stream.deployment import ACCOUNT, SmartStream
from tests.smart_stream.project import typed_in

HOUR = "public, max-age=0, must-revalidate, s-maxage=3600"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    with Cloud() as cloud:
        typed = typed_in(tmp_path / "project", cloud, monkeypatch, capsys)
        typed.write("stacks/smart_stream/app/ui/index.html", '<script src="/app.js"></script>\n')
        typed.write("stacks/smart_stream/app/ui/app.js", "// nothing\n")
        yield typed


@pytest.mark.requirement("SS-29", "SS-D55")
@pytest.mark.parametrize("edges", ["true", "false"])
@pytest.mark.parametrize(("name", "kept"), [("prod", HOUR), ("pr-7", "no-cache")])
def test_pages_are_kept_for_an_hour_in_production_and_what_they_ask_for_for_good(
    typed: Typed, name: str, kept: str, edges: str
) -> None:
    """production's edges ask for each page, a pull request shows an old one, or one without edges has none"""
    stream = SmartStream(typed.cloud)
    assert stream.deploy(name, EnableCloudFront=edges) == "CREATE_COMPLETE", stream.why(name)
    environment = "smart-stream-prod" if name == "prod" else name
    (told,) = typed.told("publish", "pages", "-e", environment, "--yes")["published"]
    assert bool(told["invalidation"]) is (edges == "true")
    s3, bucket = stream.client("s3"), f"yoto-ui-{name}-{ACCOUNT}"
    found = {
        each["Key"]: s3.head_object(Bucket=bucket, Key=each["Key"])["CacheControl"]
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
    }
    script, page = sorted(found)
    assert found == {script: "public, max-age=31536000, immutable", page: kept}
    assert (page, script.startswith("app."), script != "app.js") == ("index.html", True, True)


@pytest.mark.requirement("SS-29", "SS-18")
def test_an_hour_is_what_the_distribution_lets_a_page_say(made: Made) -> None:
    """the distribution keeps pages for longer or shorter than they say"""
    pages = made("prod")["CloudFrontDistribution"].properties["DistributionConfig"]["DefaultCacheBehavior"]
    assert pages["MinTTL"] == 0
    assert pages["MinTTL"] < 3600 <= pages["MaxTTL"]
    assert "CachePolicyId" not in pages
