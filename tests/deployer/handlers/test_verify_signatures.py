"""Nothing counts as verified that is not, and only what the mode says blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stackgen.deployer.handlers import verify_signatures
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, Throttle
from tests.deployer.handlers.installation import ACCOUNT, ENV, FunctionFailed, Installation
from tests.deployer.handlers.registries import Registries, digest

SK = "2YBXZMkGSNld6AGADJYJvu7GAor"
FOLDER = "shop/main/1.abc"
PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/images"
NOTATION = "application/vnd.cncf.notary.signature"
MODES = pytest.mark.parametrize("mode", ["warn", "enforce"])


class Verifying:
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.registries = Registries(cloud)
        self.source = self.registries.repository(ACCOUNT)
        self.made = Installation(cloud)
        self.made.install("verify_signatures", verify_signatures.handler)
        self.ssm, self.s3, self.signer = (cloud.client(name) for name in ("ssm", "s3", "signer"))
        for bucket in ("artifacts", "signed"):
            self.s3.create_bucket(Bucket=bucket)
        for name in ("code", "images", "other"):
            self.signer.put_signing_profile(profileName=name, platformId="AWSLambda-SHA384-ECDSA")

    def want(self, mode: str = "enforce", changed: Mapping[str, str | None] | None = None) -> None:
        """Parameters of SSM; those with no value are left out."""
        wanted: dict[str, str | None] = {
            "signing/lambda-verification": "enabled",
            "signing/container-verification": "enabled",
            "signing/enforcement-mode": mode,
            "signing/lambda-profile-name": "code",
            "ecr-registries/shop": "shop/web, shop/api",
            **(changed or {}),
        }
        for name, value in wanted.items():
            if value is not None:
                self.ssm.put_parameter(Name=f"/{ENV}/aws-deployer/{name}", Value=value, Type="String", Overwrite=True)

    def put(self, key: str, body: bytes = b"zip", bucket: str = "artifacts", job: str = "") -> None:
        self.s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata={"signing-job-id": job} if job else {})

    def package(self, name: str = "code.zip", profile: str = "code") -> str:
        """A package of the release, as AWS Signer made it; the id of the job."""
        self.put("unsigned/code.zip", f"code of {name}".encode())
        answer = self.signer.start_signing_job(
            source={"s3": {"bucketName": "artifacts", "key": "unsigned/code.zip", "version": "null"}},
            destination={"s3": {"bucketName": "signed", "prefix": "made/"}},
            profileName=profile,
        )
        job = str(answer["jobId"])
        made = self.s3.get_object(Bucket="signed", Key=f"made/{job}.zip")["Body"].read()
        self.put(f"{FOLDER}/{name}", made, job=job)
        return job

    def image(self, *, signing: str = "COMPLETE", registry: str = "shop/api", content: bytes = b"one") -> str:
        """An image of the release, signed by ECR; its digest."""
        where = self.registries.repository(ACCOUNT, name=registry)
        own = self.registries.image(where, content)
        if signing:
            where.signing[own] = [{"signingProfileArn": PROFILE, "status": signing, "failureReason": "no key"}]
        self.images({"registry": registry, "digest": own, "tag": "1.0"})
        return own

    def images(self, *entries: Any) -> None:
        self.put(f"{FOLDER}/container-images.json", json.dumps({"images": entries}).encode())

    def run(self, **more: Any) -> Any:
        event = {"env": "dev", "repo": "shop", "sk": SK, "s3_bucket": "artifacts", "s3_key": FOLDER, **more}
        return self.made.invoke("verify_signatures", event)


@pytest.fixture
def verifying() -> Iterator[Verifying]:
    with Cloud(start=datetime.now(UTC)) as cloud:  # the stand-in's Signer tells the time of this machine
        yield Verifying(cloud)


def blocked(answer: Any, mode: str, pattern: str) -> bool:
    """Whether an answer tells one finding, where the mode puts it, and blocks exactly if the mode says so."""
    enforced = mode == "enforce"
    told, silent = (answer["errors"], answer["warnings"]) if enforced else (answer["warnings"], answer["errors"])
    return (
        len(told) == 1
        and silent == []
        and re.search(pattern, told[0]) is not None
        and re.search(pattern, answer["message"]) is not None
        and answer["verificationPassed"] is not enforced
        and answer["enforcementMode"] == mode
    )


@pytest.mark.requirement("DEP-54")
@MODES
def test_what_is_signed_passes(verifying: Verifying, mode: str) -> None:
    """A signed release that is held up or not counted."""
    verifying.want(mode)
    verifying.package("a.zip")
    verifying.package("sub/b.zip")
    verifying.image()
    assert verifying.run() == {
        "verificationPassed": True,
        "lambdasVerified": 2,
        "containersVerified": 1,
        "warnings": [],
        "errors": [],
        "enforcementMode": mode,
        "hasContainerImages": True,
        "verificationEnabled": True,
        "message": "2 packages and 1 images are verified",
    }


@pytest.mark.requirement("DEP-54", "DEP-56")
@pytest.mark.parametrize("value", [None, "disabled"])
def test_nothing_is_verified_unless_somebody_wants_it(verifying: Verifying, value: str | None) -> None:
    """A build that is blocked, or called verified, where verification is disabled."""
    verifying.want(changed={"signing/lambda-verification": value, "signing/container-verification": value})
    verifying.put(f"{FOLDER}/code.zip")
    verifying.image(signing="")
    answer = verifying.run()
    assert (answer["verificationPassed"], answer["verificationEnabled"]) == (True, False)
    assert (answer["lambdasVerified"], answer["containersVerified"], answer["errors"]) == (0, 0, [])
    assert answer["message"] == "signatures are not verified: verification is disabled"
    assert [each.partition(":")[0] for each in answer["warnings"]] == [
        "packages are not verified",
        "images are not verified",
    ]


def test_a_new_installation_verifies_nothing_and_says_so(verifying: Verifying) -> None:
    answer = verifying.run()
    assert (answer["verificationPassed"], answer["verificationEnabled"], answer["enforcementMode"]) == (
        True, False, "warn",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["lambda", "container"])
def test_what_is_disabled_is_not_looked_at_and_that_is_told(verifying: Verifying, kind: str) -> None:
    verifying.want(changed={f"signing/{kind}-verification": "disabled"})
    verifying.put(f"{FOLDER}/code.zip")
    verifying.image(signing="")
    answer = verifying.run()
    assert len(answer["warnings"]) == 1
    assert f"{kind}-verification is disabled" in answer["warnings"][0]
    assert len(answer["errors"]) == 1


@pytest.mark.parametrize(
    ("name", "value", "mode"),
    [
        ("signing/enforcement-mode", "Enforce!", "enforce"),
        ("signing/enforcement-mode", "off", "enforce"),
        ("signing/lambda-verification", "true", "enforce"),
        ("signing/container-verification", "yes", "enforce"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_taken_strictly_and_told(
    verifying: Verifying, name: str, value: str, mode: str
) -> None:
    verifying.want(changed={name: value})
    verifying.put(f"{FOLDER}/code.zip")
    verifying.image(signing="")
    answer = verifying.run()
    assert answer["enforcementMode"] == mode
    assert answer["verificationPassed"] is False
    assert len(answer["errors"]) == 2
    assert f"{name} is {value!r}" in answer["warnings"][0]


def test_settings_are_those_of_the_deployer_s_environment_read_by_name(verifying: Verifying) -> None:
    """Below the same prefix lies more than one page of other parameters."""
    for number in range(25):
        verifying.ssm.put_parameter(Name=f"/{ENV}/aws-deployer/a/{number}", Value="x", Type="String")
    verifying.ssm.put_parameter(Name="/dev/aws-deployer/signing/lambda-verification", Value="disabled", Type="String")
    verifying.want()
    verifying.put(f"{FOLDER}/code.zip")
    assert verifying.run()["verificationPassed"] is False
    assert verifying.made.calls("ssm", "GetParametersByPath") == 0


@pytest.mark.requirement("DEP-54")
@MODES
@pytest.mark.parametrize(
    ("signing", "reason"),
    [("", "is not signed"), ("FAILED", "could not be signed: no key"), ("IN_PROGRESS", "is being signed")],
)
def test_an_image_that_ecr_has_not_signed_is_not_verified(
    verifying: Verifying, mode: str, signing: str, reason: str
) -> None:
    """An unsigned image that passes where it is enforced, or blocks where it is not."""
    verifying.want(mode)
    own = verifying.image(signing=signing)
    answer = verifying.run()
    assert blocked(answer, mode, f"shop/api@{own} {reason}")
    assert (answer["containersVerified"], answer["hasContainerImages"]) == (0, True)


@MODES
def test_a_signature_that_somebody_attached_is_not_taken_for_proof(verifying: Verifying, mode: str) -> None:
    verifying.want(mode)
    own = verifying.image(signing="")
    verifying.source.referrers[own] = [
        {"digest": digest("s"), "mediaType": "m", "artifactType": NOTATION, "size": 1}  # type: ignore[dict-item]
    ]
    assert blocked(verifying.run(), mode, "has a signature attached that cannot be checked here")


def test_something_else_that_is_attached_is_no_signature(verifying: Verifying) -> None:
    verifying.want()
    own = verifying.image(signing="")
    verifying.source.referrers[own] = [
        {"digest": digest("s"), "mediaType": "m", "artifactType": "application/spdx", "size": 1}  # type: ignore[dict-item]
    ]
    assert blocked(verifying.run(), "enforce", "is not signed")


@MODES
def test_an_image_signed_with_a_profile_that_was_revoked_is_not_verified(verifying: Verifying, mode: str) -> None:
    verifying.want(mode)
    verifying.image()

    def revoked(call: Any) -> dict[str, Any]:
        assert call.parameters["profileName"] == "images"
        assert call.parameters["profileOwner"] == ACCOUNT
        return {"profileName": "images", "status": "Revoked"}

    verifying.cloud.gateway.serve("signer", {"GetSigningProfile": revoked})
    assert blocked(verifying.run(), mode, "is signed with .*/images, which is revoked")


@MODES
def test_a_profile_that_signs_no_more_leaves_its_signatures_good(verifying: Verifying, mode: str) -> None:
    verifying.want(mode)
    verifying.image()
    verifying.signer.cancel_signing_profile(profileName="images")
    assert verifying.run()["containersVerified"] == 1


@pytest.mark.requirement("DEP-54")
@MODES
@pytest.mark.parametrize(
    ("allowed", "registry"),
    [
        ("shop/web", "shop/api"),
        ("shop/api/v2,shop", "shop/api"),
        ("shop/*", "shop/api"),
        ("SHOP/API", "shop/api"),
        (None, "shop/api"),
    ],
)
def test_an_image_of_a_registry_that_is_not_exactly_on_the_list_is_refused(
    verifying: Verifying, mode: str, allowed: str | None, registry: str
) -> None:
    """An image from a registry whose name is only like one of the list."""
    verifying.want(mode, {"ecr-registries/shop": allowed})
    verifying.image(registry=registry)
    answer = verifying.run()
    assert blocked(answer, mode, "comes from a registry that /ops/aws-deployer/ecr-registries/shop does not name")
    assert answer["containersVerified"] == 0


@MODES
def test_an_image_that_is_not_there_is_not_verified(verifying: Verifying, mode: str) -> None:
    verifying.want(mode)
    verifying.images({"registry": "shop/api", "digest": digest("gone"), "signed": True})
    assert blocked(verifying.run(), mode, "cannot be verified: .*ImageNotFoundException")


@MODES
@pytest.mark.parametrize("entry", [{"registry": "shop/api", "tag": "1.0"}, "shop/api"])
def test_a_list_that_leaves_open_what_is_meant_is_not_verified(verifying: Verifying, mode: str, entry: Any) -> None:
    verifying.want(mode)
    verifying.images(entry)
    answer = verifying.run()
    assert blocked(answer, mode, "image 1")
    assert answer["hasContainerImages"] is True


@pytest.mark.requirement("DEP-54")
@MODES
def test_a_package_that_nobody_signed_is_not_verified(verifying: Verifying, mode: str) -> None:
    """An unsigned package that passes where it is enforced, or blocks where it is not."""
    verifying.want(mode)
    verifying.package("good.zip")
    verifying.put(f"{FOLDER}/bad.zip")
    answer = verifying.run()
    assert blocked(answer, mode, "bad.zip is not signed: neither its name nor its metadata")
    assert answer["lambdasVerified"] == 1


def test_a_package_that_signer_wrote_into_the_release_itself_passes(verifying: Verifying) -> None:
    verifying.want()
    verifying.put("unsigned/code.zip")
    verifying.signer.start_signing_job(
        source={"s3": {"bucketName": "artifacts", "key": "unsigned/code.zip", "version": "null"}},
        destination={"s3": {"bucketName": "artifacts", "prefix": f"{FOLDER}/"}},
        profileName="code",
    )
    assert verifying.run()["lambdasVerified"] == 1


@MODES
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("bytes", "made something else"),
        ("origin", "made something that was written anew since"),
        ("profile", "used profile 'other', not 'code'"),
        ("job", "AWS Signer knows no job"),
        ("gone", "cannot be verified"),
    ],
)
def test_a_package_that_is_not_what_the_right_profile_signed_is_not_verified(
    verifying: Verifying, mode: str, changed: str, reason: str
) -> None:
    verifying.want(mode)
    job = verifying.package(profile="other" if changed == "profile" else "code")
    if changed == "bytes":
        verifying.put(f"{FOLDER}/code.zip", b"mine", job=job)
    elif changed == "origin":
        verifying.cloud.clock.sleep(3600)
        for bucket, key in (("signed", f"made/{job}.zip"), ("artifacts", f"{FOLDER}/code.zip")):
            verifying.put(key, b"mine", bucket, job=job)
    elif changed == "job":
        verifying.put(f"{FOLDER}/code.zip", job="00000000-0000-0000-0000-000000000000")
    elif changed == "gone":
        verifying.s3.delete_object(Bucket="signed", Key=f"made/{job}.zip")
    answer = verifying.run()
    assert blocked(answer, mode, reason)
    assert answer["lambdasVerified"] == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "InProgress"}, "is InProgress"),
        ({"status": "Failed"}, "is Failed"),
        ({"platformId": "AWSIoTDeviceManagement-SHA256-ECDSA"}, "signed for AWSIoTDeviceManagement"),
        ({"revocationRecord": {"reason": "stolen"}}, "is revoked"),
        ({"signatureExpiresAt": 1_000_000_000}, "expired on 2001-09-09"),
    ],
)
def test_a_job_that_does_not_count_any_more_is_told(verifying: Verifying, changed: Any, reason: str) -> None:
    verifying.want()
    job = verifying.package()
    told = verifying.signer.describe_signing_job(jobId=job)
    told = {name: value for name, value in told.items() if name != "ResponseMetadata"}
    verifying.cloud.gateway.serve("signer", {"DescribeSigningJob": lambda _: {**told, **changed}})
    assert blocked(verifying.run(), "enforce", reason)


@MODES
def test_without_the_name_of_a_profile_no_signature_counts(verifying: Verifying, mode: str) -> None:
    verifying.want(mode, {"signing/lambda-profile-name": None})
    verifying.package()
    assert blocked(verifying.run(), mode, "cannot be judged: no lambda-profile-name says whose signature counts")


def test_a_release_with_nothing_to_verify_passes(verifying: Verifying) -> None:
    verifying.want()
    answer = verifying.run()
    assert (answer["verificationPassed"], answer["hasContainerImages"], answer["warnings"]) == (True, False, [])


def test_many_findings_are_counted_and_the_answer_stays_small(verifying: Verifying) -> None:
    verifying.want()
    for number in range(60):
        verifying.put(f"{FOLDER}/{number}-{'x' * 200}.zip")
    answer = verifying.run()
    assert len(answer["errors"]) == 20
    assert answer["message"].startswith("60 signatures are not verified (blocked): ")
    assert len(answer["message"]) <= 1000
    assert len(json.dumps(answer)) < 16 * 1024


CALLS = [
    "ecr:DescribeImageSigningStatus", "ecr:ListImageReferrers", "signer:DescribeSigningJob", "signer:GetSigningProfile",
    "s3:ListObjectsV2", "s3:HeadObject", "s3:GetObject",
]  # fmt: skip


def troubled(verifying: Verifying, call: str, kind: Any) -> None:
    verifying.package()
    verifying.image(signing="" if call == "ecr:ListImageReferrers" else "COMPLETE")
    verifying.cloud.faults.add(call, kind, times=None)


@pytest.mark.parametrize("call", CALLS)
def test_a_check_that_fails_never_blocks_in_the_mode_warn(verifying: Verifying, call: str) -> None:
    verifying.want("warn")
    troubled(verifying, call, Throttle())
    answer = verifying.run()
    assert (answer["verificationPassed"], answer["errors"]) == (True, [])
    assert any("cannot be verified" in each for each in answer["warnings"])


@pytest.mark.parametrize("call", CALLS)
def test_a_check_that_may_succeed_later_comes_back_in_the_mode_enforce(verifying: Verifying, call: str) -> None:
    verifying.want("enforce")
    troubled(verifying, call, Throttle())
    with pytest.raises(FunctionFailed, match="Transient"):
        verifying.run()


@pytest.mark.parametrize("call", CALLS)
def test_a_check_that_is_not_allowed_blocks_in_the_mode_enforce(verifying: Verifying, call: str) -> None:
    verifying.want("enforce")
    troubled(verifying, call, Fail("AccessDeniedException", "not you", 403))
    answer = verifying.run()
    assert answer["verificationPassed"] is False
    assert any("cannot be verified" in each for each in answer["errors"])


@pytest.mark.parametrize(("kind", "error"), [(Throttle(), "Transient"), (Fail("AccessDeniedException"), "Refused")])
def test_settings_that_cannot_be_read_let_nothing_pass(verifying: Verifying, kind: Any, error: str) -> None:
    """Nobody knows then whether they would block."""
    verifying.cloud.faults.add("ssm:GetParameters", kind, times=None)
    with pytest.raises(FunctionFailed, match=error):
        verifying.run()


@pytest.mark.parametrize("missing", ["env", "repo", "sk", "s3_bucket", "s3_key"])
def test_a_field_that_lacks_is_named(verifying: Verifying, missing: str) -> None:
    with pytest.raises(FunctionFailed, match=f"MissingInput: {missing} must be a text"):
        verifying.run(**{missing: None})
