"""Smart Stream's template as CloudFormation gets it once SAM's transform has run, by SAM's own translator."""

from __future__ import annotations

import copy
import json
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support import ROOT

BUILT = ROOT / "build" / "smart-stream"
CODE = {"CodeBucket": "yoto-artifacts", "CodeKey": "api/0123456789abcdef.zip"}


def written(name: str = "template") -> dict[str, Any]:
    """A template as it stands in build/."""
    found: dict[str, Any] = json.loads((BUILT / f"{name}.json").read_text("utf-8"))
    return found


def translated(template: dict[str, Any], region: str = "us-east-1") -> dict[str, Any]:
    """What SAM makes of it, or its refusal; the other transform of the list is CloudFormation's own, and stays."""
    session = boto3.Session(region_name=region)
    translator = Translator({}, Parser(), boto_session=session)
    made: dict[str, Any] = translator.translate(copy.deepcopy(template), dict(CODE))
    return {**made, "Transform": "AWS::LanguageExtensions"}
