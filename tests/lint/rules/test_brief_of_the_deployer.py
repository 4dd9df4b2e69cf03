"""The rules find what was wrong with the deployer's own templates before the guidelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kit import seen

TEMPLATE = Path(__file__).parent / "briefs/deployer.yaml"


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("E9177", "ExecutionRole/Properties/ManagedPolicyArns/0"),
        ("E9177", "DeployerRole/Properties/ManagedPolicyArns/0/Fn::Sub"),
        ("E9136", "SingleAccountMachineRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource"),
        ("E9138", "SingleAccountMachineRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service"),
        ("E9140", "SingleAccountMachine/Properties/DefinitionString"),
        ("W9184", "SingleAccountMachine/Properties/DefinitionString"),
        ("W9185", "SingleAccountMachine/Properties"),
        ("W9188", "ExecutionRole/Properties"),
        ("W9139", "DeployFunction"),
        ("W9160", "DeployFunction/Properties/Runtime"),
        ("W9170", "DeployFunction/Properties"),
    ],
)
def test_what_was_wrong_is_found(rule: str, place: str) -> None:
    found = [each.path for each in seen(TEMPLATE.read_text("utf-8"), rule)]
    assert f"Resources/{place}".removesuffix("/Fn::Sub") in found


def test_what_was_right_is_not_found() -> None:
    found = [each.path for each in seen(TEMPLATE.read_text("utf-8"), "E9135", "E9176", "E9179", "E9182")]
    assert found == []
