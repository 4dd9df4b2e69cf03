"""Smart Stream's template as CloudFormation gets it once SAM's transform has run, by SAM's own translator."""

from __future__ import annotations

import copy
import json
import warnings
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.validator.validator import SamTemplateValidator

from tests.support import ROOT

BUILT = ROOT / "build" / "smart-stream"
CODE = {"CodeBucket": "yoto-artifacts", "CodeKey": "api/0123456789abcdef.zip"}


def written(name: str = "template") -> dict[str, Any]:
    """A template as it stands in build/."""
    found: dict[str, Any] = json.loads((BUILT / f"{name}.json").read_text("utf-8"))
    return found


def complaints(template: dict[str, Any]) -> list[str]:
    """What SAM's own schema says of it. The schema knows no Rules, which CloudFormation reads before the transform."""
    without_rules = {key: each for key, each in template.items() if key != "Rules"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # SAM means to keep its validator to itself
        return list(SamTemplateValidator().get_errors(without_rules))


def translated(template: dict[str, Any], region: str = "us-east-1") -> dict[str, Any]:
    """What SAM makes of it; the other transform of the list is CloudFormation's own, and stays."""
    session = boto3.Session(region_name=region)
    translator = Translator({}, Parser(), boto_session=session)
    made: dict[str, Any] = translator.translate(copy.deepcopy(template), dict(CODE))
    return {**made, "Transform": "AWS::LanguageExtensions"}
