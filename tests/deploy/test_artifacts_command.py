"""``artifacts``: the buckets that deployments made for templates, told with who uses them, deleted when nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from .deployed import ACCOUNT, BUCKET, NAME, READS, REGION

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{BUCKET} in {ACCOUNT}/{REGION}"
ALL = ("shop/shop-stack", "-e", "dev")


def exists(typed: Typed) -> bool:
    try:
        typed.cloud.client("s3", ACCOUNT, REGION).head_bucket(Bucket=BUCKET)
    except ClientError:
        return False
    return True


def changes(typed: Typed) -> list[str]:
    made = [note.operation for note in typed.cloud.gateway.notes if not note.operation.startswith(READS)]
    typed.cloud.gateway.notes.clear()
    return made


def gone(typed: Typed) -> None:
    """The shop is deployed, and deleted again; its templates stay."""
    typed.deploy()
    assert typed.run("destroy", *ALL, "--yes", "--no-backup").code == 0
    typed.cloud.gateway.notes.clear()


@pytest.mark.requirement("TAP-25")
def test_a_bucket_that_nothing_uses_any_more_is_emptied_and_deleted_if_somebody_says_so(typed: Typed) -> None:
    """What the tool itself has made stays for ever, or goes unasked."""
    gone(typed)
    found = typed.told("artifacts", "list", *ALL)
    assert found["verdict"] == "1 bucket of templates, 1 that nothing uses"
    assert typed.run("artifacts", "delete", *ALL).code == 3
    assert typed.run("artifacts", "delete", *ALL, answer="n").code == 3
    assert changes(typed) == []
    ran = typed.run("artifacts", "delete", *ALL, answer="y")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "1 bucket of templates deleted"
    assert f"{PLACE}: deleted, with" in ran.out
    assert changes(typed) == ["DeleteObjects", "DeleteBucket"]
    assert not exists(typed)
    ran = typed.run("artifacts", "delete", *ALL)
    assert (ran.code, ran.out) == (0, "no bucket of templates: nothing to do\n")


def test_a_bucket_whose_stacks_are_there_is_refused_before_anything_is_done(typed: Typed) -> None:
    """A deployment that is rolled back later finds no templates any more."""
    typed.deploy()
    ran = typed.run("artifacts", "delete", *ALL, "--yes")
    assert ran.code == 4
    assert f"{PLACE} is not deleted: it is used by the stack {NAME}" in ran.err
    assert changes(typed) == []
    assert f"it is used by the stack {NAME}" in typed.run("artifacts", "list", *ALL).out


def test_a_bucket_that_a_stack_set_names_is_refused(typed: Typed) -> None:
    """Stacks in other accounts, which nobody sees from here, read their templates there."""
    gone(typed)
    typed.cloud.client("cloudformation", ACCOUNT, REGION).create_stack_set(
        StackSetName="elsewhere",
        TemplateBody='{"Parameters": {"Place": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}',
        Parameters=[{"ParameterKey": "Place", "ParameterValue": BUCKET.removesuffix(f"-{REGION}")}],
    )
    ran = typed.run("artifacts", "delete", *ALL, "--yes")
    assert ran.code == 4
    assert "it is used by the StackSet elsewhere" in ran.err
    assert exists(typed)


def test_a_bucket_with_anything_else_in_it_is_refused(typed: Typed) -> None:
    """Somebody's own files are deleted with the templates."""
    gone(typed)
    typed.cloud.client("s3", ACCOUNT, REGION).put_object(Bucket=BUCKET, Key="thesis.pdf", Body=b"years of work")
    ran = typed.run("artifacts", "delete", *ALL, "--yes")
    assert ran.code == 4
    assert "it holds what no deployment has put there: thesis.pdf" in ran.err
    assert exists(typed)


def test_a_bucket_of_a_stack_goes_with_that_alone(typed: Typed) -> None:
    """The stack's own deletion fails, because its bucket is gone."""
    gone(typed)
    typed.cloud.client("s3", ACCOUNT, REGION).put_bucket_tagging(
        Bucket=BUCKET, Tagging={"TagSet": [{"Key": "aws:cloudformation:stack-name", "Value": "bootstrap"}]}
    )
    ran = typed.run("artifacts", "delete", *ALL, "--yes")
    assert ran.code == 4
    assert "it belongs to the stack bootstrap, and goes with that" in ran.err
