"""What the deploy roles may do, against what the workflows' commands ask AWS for in the stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.deploy.hub import TOKEN, pull
from tests.smart_stream.rights import BASE, of_deploy_role
from tests.smart_stream.translation import written
from tests.workflows.running import Runner
from tests.workflows.test_lines import IMAGES, OWNER, head, hub, typed

if TYPE_CHECKING:
    from stackgen.local.wire import Call, Response
    from tests.deploy.hub import Hub
    from tests.deploy.typed import Typed

__all__ = ["hub", "typed"]
OTHERS = {
    "s3:HeadObject": "s3:GetObject", "s3:HeadBucket": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions", "s3:DeleteObjects": "s3:DeleteObject",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "lambda:Invoke": "lambda:InvokeFunction", "tagging:GetResources": "tag:GetResources",
}  # fmt: skip
"""Actions that are called otherwise than the operation. Source: Service Authorization Reference, S3, Lambda."""
FREE = {"sts:GetCallerIdentity"}
"""What everybody may."""


def allowed() -> set[str]:
    """The actions of a deploy role."""
    resources = written("deploy-role-stack")["Resources"].values()
    policies = [each["Properties"]["PolicyDocument"] for each in resources if each["Type"] == "AWS::IAM::ManagedPolicy"]
    return {action for policy in policies for each in policy["Statement"] for action in each["Action"]}


def asked(typed: Typed) -> set[str]:
    """The actions that were needed since the last look."""
    notes = {f"{each.service}:{each.operation}" for each in typed.cloud.gateway.notes}
    typed.cloud.gateway.notes.clear()
    return {OTHERS.get(each, each) for each in notes} - FREE


def refused(seen: set[tuple[str, str]], name: str) -> set[tuple[str, str]]:
    """What of it the deploy role of a class may not."""
    role = of_deploy_role(name)
    found = {each for each in seen if not role.may(*each)}
    seen.clear()
    return found


@pytest.mark.requirement("SS-46", "SS-D32", "SS-04")
def test_the_deploy_role_may_do_what_the_workflows_ask_for(typed: Typed, hub: Hub, tmp_path: Path) -> None:
    """a workflow is refused by AWS in the middle of a deployment, or of a removal"""
    del tmp_path
    hub.pulls[7] = pull(7, repository=OWNER)
    commit = head(typed)
    values = {**IMAGES, "github.sha": commit, "github.token": TOKEN, "needs.gate.outputs.number": "7",
              "needs.gate.outputs.commit": commit}  # fmt: skip
    typed.cloud.gateway.notes.clear()
    runner = Runner(typed, values, {"verify": ("--base-url", "http://127.0.0.1:1")})
    seen: set[tuple[str, str]] = set()

    def observe(call: Call, response: Response) -> None:
        del response
        path = unquote(call.request.path.partition("?")[0]).strip("/")
        action = f"s3:{call.operation}"
        if call.service == "s3" and path:
            seen.add((OTHERS.get(action, action), f"arn:aws:s3:::{path}"))

    typed.cloud.gateway.observers.append(observe)
    runner.job("deploy-production.yml", "deploy")
    assert typed.run("release", "record", "-e", "smart-stream-prod").code == 0
    assert ("s3:PutObject", f"arn:aws:s3:::{BASE}-prod") in {(action, on.partition("/")[0]) for action, on in seen}
    assert refused(seen, "prod") == set()
    runner.job("deploy-pr.yml", "deploy")
    assert runner.job("cleanup-pr.yml", "remove")[0].code == 0
    assert runner.job("sweep.yml", "reap")[0].code == 0
    assert seen
    assert refused(seen, "pr") == set()
    assert asked(typed) - allowed() == set()
