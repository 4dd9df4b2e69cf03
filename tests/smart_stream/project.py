"""This repository's own settings in a folder of its own, with Smart Stream's translated template, and the stand-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.deploy.typed import Typed
from tests.smart_stream.artifacts import made
from tests.smart_stream.deployment import SmartStream
from tests.smart_stream.rights import boundary_of
from tests.smart_stream.translation import CODE, translated, written
from tests.support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from stackgen.local.cloud import Cloud

KEY = CODE["CodeKey"]
"""Where the settings say that the function's code is."""
PATIENT = "retries = 10\npause = 3\n"
"""How long the first check of an environment waits for it; the stand-in's is there at once."""
UNWANTED = ("STACKGEN_PARAM_Password", "STACKGEN_PARAM_TemplatesBucketName", "GITHUB_REPOSITORY", "GITHUB_ACTOR")


def typed_in(root: Path, cloud: Cloud, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """The command line on it, in an account that has what environments share."""
    typed = Typed.at(root, cloud, patch, capsys)
    for path in (root / "build").rglob("*.json"):
        path.unlink()
    for name in UNWANTED:
        patch.delenv(name, raising=False)
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    assert PATIENT in settings
    typed.write("pyproject.toml", settings.replace(PATIENT, "retries = 1\npause = 1\n"))
    typed.write("build/smart-stream/template.json", json.dumps(translated(written()), indent=2))
    stream = SmartStream(cloud)
    stream.share()
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}
    for name in ("prod", "dev", "pr"):
        source = {"Bucket": CODE["CodeBucket"], "Key": KEY}
        stream.client("s3").copy_object(Bucket=made(cloud, name), Key=KEY, CopySource=source)
        stream.client("iam").create_policy(
            PolicyName=boundary_of(name).rpartition("/")[2], PolicyDocument=json.dumps(nothing)
        )
    return typed
