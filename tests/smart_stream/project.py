"""This repository's own settings in a folder of its own, with Smart Stream's translated template, and the stand-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stacks.smart_stream.shared import BOUNDARY
from tests.deploy.typed import Typed
from tests.smart_stream.deployment import SmartStream
from tests.smart_stream.translation import CODE, translated, written
from tests.support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from stackgen.local.cloud import Cloud

BUCKET, KEY = "yoto-smart-stream-artifacts", CODE["CodeKey"]
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
    stream.client("s3").create_bucket(Bucket=BUCKET)
    stream.client("s3").copy_object(
        Bucket=BUCKET, Key=KEY, CopySource={"Bucket": CODE["CodeBucket"], "Key": CODE["CodeKey"]}
    )
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}
    stream.client("iam").create_policy(PolicyName=BOUNDARY, PolicyDocument=json.dumps(nothing))
    return typed
