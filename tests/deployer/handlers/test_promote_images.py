"""Images reach every target whole, by digest, and only what lacks is copied. ECR is a double: see ``registries``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stackgen.deployer.handlers import promote_images
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.installation import ACCOUNT, FunctionFailed, Installation
from tests.deployer.handlers.registries import (
    DOCKER_IMAGE,
    DOCKER_LIST,
    IMAGE,
    INDEX,
    MIB,
    Registries,
    Repository,
    digest,
)

A, B = "222222222222", "333333333333"
SK = "2YBXZMkGSNld6AGADJYJvu7GAor"
FOLDER = "shop/main/1.abc"


class Promoting:
    """The deployer's registry with images, a release that lists them, and the function."""

    def __init__(self, cloud: Cloud, registries: Registries) -> None:
        self.cloud = cloud
        self.registries = registries
        self.made = Installation(cloud)
        self.made.install("promote_images", promote_images.handler)
        self.s3 = cloud.client("s3")
        self.s3.create_bucket(Bucket="artifacts")
        self.source = registries.repository(ACCOUNT, immutable=True)

    def release(self, content: Any) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self.s3.put_object(Bucket="artifacts", Key=f"{FOLDER}/container-images.json", Body=text.encode())

    def images(self, *digests: str, tag: str = "1.0") -> None:
        self.release({"images": [{"registry": "shop/api", "tag": tag, "digest": each} for each in digests]})

    def run(self, *pairs: tuple[str, str], **more: Any) -> Any:
        targets = [{"account_id": account, "region": region} for account, region in pairs]
        event = {"env": "dev", "repo": "shop", "sk": SK, "s3_bucket": "artifacts", "s3_key": FOLDER}
        return self.made.invoke("promote_images", {**event, "targets": targets, "count": len(pairs), **more})


@pytest.fixture
def promoting() -> Iterator[Promoting]:
    with Cloud() as cloud:
        registries = Registries(cloud)
        with registries.storage():
            yield Promoting(cloud, registries)


def everything(repository: Repository) -> tuple[Any, ...]:
    return repository.manifests, repository.tags, repository.blobs


@pytest.mark.requirement("DEP-53")
@pytest.mark.parametrize("media_type", [IMAGE, DOCKER_IMAGE])
def test_an_image_reaches_every_target_whole(promoting: Promoting, media_type: str) -> None:
    """A target that lacks a manifest, a tag or a blob, or whose new repository lets tags move."""
    own = promoting.registries.image(promoting.source, b"one", b"two", tag="1.0", media_type=media_type)
    promoting.images(own)
    answer = promoting.run((A, "us-east-1"), (B, "us-east-1"), (B, "eu-west-1"))
    for account, region in ((A, "us-east-1"), (B, "us-east-1"), (B, "eu-west-1")):
        there = promoting.registries.repositories[account, region, "shop/api"]
        assert everything(there) == everything(promoting.source)
        assert (there.immutable, there.scans, there.labels) == (True, True, {"ManagedBy": "aws-deployer"})
    assert answer == {
        "images_promoted": 3,
        "images": [
            f"{account}.dkr.ecr.{region}.amazonaws.com/shop/api@{own}"
            for account, region in ((A, "us-east-1"), (B, "us-east-1"), (B, "eu-west-1"))
        ],
        "skipped": False,
    }


@pytest.mark.requirement("DEP-53", "DEP-D72")
@pytest.mark.parametrize(("media_type", "below"), [(INDEX, IMAGE), (DOCKER_LIST, DOCKER_IMAGE)])
def test_an_image_of_several_platforms_brings_all_of_them(promoting: Promoting, media_type: str, below: str) -> None:
    """A list of manifests that arrives without what it lists."""
    registries = promoting.registries
    arm = registries.image(promoting.source, b"arm", b"both", media_type=below)
    intel = registries.image(promoting.source, b"intel", b"both", media_type=below)
    attestation = registries.image(promoting.source, b"attested", media_type=below)
    inner = registries.index(promoting.source, intel, attestation, media_type=media_type)
    promoting.images(registries.index(promoting.source, arm, inner, intel, tag="1.0", media_type=media_type))
    promoting.run((A, "us-east-1"))
    assert everything(registries.repository(A)) == everything(promoting.source)


@pytest.mark.parametrize("content", [None, {}, {"images": []}])
def test_a_release_without_images_is_skipped(promoting: Promoting, content: Any) -> None:
    if content is not None:
        promoting.release(content)
    assert promoting.run((A, "us-east-1")) == {"images_promoted": 0, "images": [], "skipped": True}
    assert promoting.made.calls("sts", "AssumeRole") == 0


def test_a_second_run_copies_nothing(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    first = promoting.run((A, "us-east-1"))
    copied = len(promoting.registries.parts)
    assert promoting.run((A, "us-east-1")) == first
    assert len(promoting.registries.parts) == copied == 2


def test_only_what_a_target_lacks_is_copied(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"base", b"new", tag="1.0"))
    promoting.registries.image(promoting.registries.repository(A), b"base", tag="0.9")
    promoting.run((A, "us-east-1"))
    copied = sum(promoting.registries.parts)
    config = next(each for each in promoting.source.blobs.values() if each.startswith(b"{"))
    assert copied == len(b"new") + len(config)


@pytest.mark.requirement("DEP-D71")
def test_an_image_is_its_digest_whatever_its_tag_means_by_now(promoting: Promoting) -> None:
    """An image that was verified by its digest and promoted by its tag."""
    own = promoting.registries.image(promoting.source, b"meant")
    promoting.registries.image(promoting.source, b"pushed later", tag="1.0")
    promoting.images(own)
    promoting.run((A, "us-east-1"))
    there = promoting.registries.repository(A)
    assert there.tags == {"1.0": own}
    assert list(there.manifests) == [own]


def test_a_tag_that_stands_for_the_same_image_already_is_fine(promoting: Promoting) -> None:
    own = promoting.registries.image(promoting.source, b"one", tag="1.0")
    promoting.images(own)
    there = promoting.registries.repository(A, immutable=True)
    promoting.registries.image(there, b"one", tag="1.0")
    assert promoting.run((A, "us-east-1"))["images_promoted"] == 1
    assert promoting.registries.parts == []


def test_an_immutable_tag_that_is_refused_although_it_stands_for_the_same_image_is_fine(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.registries.image(promoting.registries.repository(A, immutable=True), b"one", tag="1.0")
    refusal = promoting.cloud.faults.add("ecr:PutImage", Fail("ImageTagAlreadyExistsException"), times=None)
    assert promoting.run((A, "us-east-1"))["images_promoted"] == 1
    assert refusal.met == 1


def test_an_image_that_is_there_under_no_tag_gets_it(promoting: Promoting) -> None:
    own = promoting.registries.image(promoting.source, b"one", tag="1.0")
    promoting.images(own)
    there = promoting.registries.repository(A, immutable=True)
    promoting.registries.image(there, b"one")
    promoting.run((A, "us-east-1"))
    assert there.tags == {"1.0": own}


def test_an_immutable_tag_of_another_image_is_refused_by_digest(promoting: Promoting) -> None:
    own = promoting.registries.image(promoting.source, b"one", tag="1.0")
    promoting.images(own)
    there = promoting.registries.repository(A, immutable=True)
    other = promoting.registries.image(there, b"another", tag="1.0")
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"), (B, "us-east-1"))
    assert failed.value.name == "ImagesNotPromoted"
    assert f"1 of 2 targets lack images: {A}/us-east-1: tag 1.0 of shop/api stands for {other}" in failed.value.message
    assert there.tags == {"1.0": other}
    assert promoting.registries.repository(B).tags == {"1.0": own}


def test_an_image_without_a_tag_is_copied_without_one(promoting: Promoting) -> None:
    own = promoting.registries.image(promoting.source, b"one", tag="1.0")
    promoting.images(own, tag="")
    promoting.run((A, "us-east-1"))
    promoting.run((A, "us-east-1"))
    assert (list(promoting.registries.repository(A).manifests), promoting.registries.repository(A).tags) == ([own], {})


@pytest.mark.requirement("DEP-53")
def test_where_the_images_come_from_nothing_is_copied_and_no_role_is_needed(promoting: Promoting) -> None:
    """A copy of an image onto itself."""
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    assert promoting.run((ACCOUNT, "us-east-1"))["images_promoted"] == 1
    assert promoting.made.calls("sts", "AssumeRole") == 0
    assert promoting.registries.parts == []


def test_where_the_images_come_from_a_missing_tag_is_put_and_no_blob(promoting: Promoting) -> None:
    own = promoting.registries.image(promoting.source, b"one")
    promoting.images(own)
    promoting.run((ACCOUNT, "us-east-1"))
    assert promoting.source.tags == {"1.0": own}
    assert promoting.registries.parts == []


def test_another_region_of_the_same_account_gets_the_blobs_too(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.run((ACCOUNT, "eu-west-1"))
    assert everything(promoting.registries.repository(ACCOUNT, "eu-west-1")) == everything(promoting.source)


def test_a_large_blob_travels_in_parts_that_ecr_takes(promoting: Promoting) -> None:
    large = bytes(range(256)) * (23 * MIB // 256)
    promoting.images(promoting.registries.image(promoting.source, large, tag="1.0"))
    promoting.run((A, "us-east-1"))
    assert promoting.registries.repository(A).blobs[digest(large)] == large
    parts = [each for each in promoting.registries.parts if each > 1000]
    assert parts == [10_000_000, 10_000_000, 23 * MIB - 20_000_000]


def test_a_part_whose_answer_was_lost_is_not_sent_twice(promoting: Promoting) -> None:
    """botocore asks again, and ECR says that it has the part already."""
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.registries.lost_parts = 1
    promoting.run((A, "us-east-1"))
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)
    assert len(promoting.registries.parts) == 2


def test_availability_is_asked_for_a_hundred_blobs_at_a_time(promoting: Promoting) -> None:
    layers = [f"layer {number}".encode() for number in range(230)]
    promoting.images(promoting.registries.image(promoting.source, *layers, tag="1.0"))
    promoting.registries.repository(A).blobs |= {digest(each): each for each in layers}
    promoting.run((A, "us-east-1"))
    assert promoting.registries.asked == [100, 100, 31]


def test_a_layer_that_no_registry_keeps_is_left_where_it_is(promoting: Promoting) -> None:
    kept = {"mediaType": "tar", "digest": digest(b"kept"), "size": 4}
    foreign = {
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "digest": digest(b"licensed"),
        "urls": ["https://elsewhere.example/layer"],
    }
    promoting.source.blobs[digest(b"kept")] = b"kept"
    promoting.images(promoting.registries.image(promoting.source, b"kept", tag="1.0", layers=[kept, foreign]))
    promoting.run((A, "us-east-1"))
    there = promoting.registries.repository(A)
    assert digest(b"licensed") not in there.blobs
    assert digest(b"kept") in there.blobs


def test_a_damaged_blob_is_never_completed(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.source.blobs[digest(b"one")] = b"eno"
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"))
    assert failed.value.name == "ImagesNotPromoted"
    assert "is damaged: its 3 bytes have another digest" in failed.value.message
    there = promoting.registries.repository(A)
    assert digest(b"one") not in there.blobs
    assert there.manifests == {}


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_storage_that_does_not_answer_brings_the_function_back(promoting: Promoting, status: int) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.registries.statuses = [status]
    with pytest.raises(FunctionFailed, match=f"Transient: 1 of 1 targets lack images: .*answered {status}"):
        promoting.run((A, "us-east-1"))
    promoting.run((A, "us-east-1"))
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)


def test_a_download_that_breaks_off_brings_the_function_back(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"some bytes", tag="1.0"))
    promoting.registries.cut = {digest(b"some bytes")}
    with pytest.raises(FunctionFailed, match="Transient: 1 of 1 targets lack images"):
        promoting.run((A, "us-east-1"))
    promoting.registries.cut = set()
    promoting.run((A, "us-east-1"))
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("absent", "cannot be read: Requested image not found"),
        ("part absent", "is not whole"),
        ("altered", "has another digest"),
        ("schema 1", "is of the type 'application/vnd.docker.distribution.manifest.v1+prettyjws'"),
        ("no manifest", "is no manifest"),
        ("no repository", "cannot be read"),
    ],
)
def test_an_image_that_is_not_whole_in_the_deployer_s_registry_is_named(
    promoting: Promoting, broken: str, reason: str
) -> None:
    registries, source = promoting.registries, promoting.source
    own = registries.image(source, b"one", tag="1.0")
    if broken == "absent":
        source.manifests.clear()
    elif broken == "part absent":
        own = registries.index(source, own)
        source.manifests = {own: source.manifests[own]}
    elif broken == "altered":
        source.manifests[own] = (source.manifests[own][0] + " ", IMAGE)
    elif broken == "schema 1":
        old = "application/vnd.docker.distribution.manifest.v1+prettyjws"
        own = registries.image(source, b"old", media_type=old)
    elif broken == "no manifest":
        source.manifests[digest("[]")] = ("[]", IMAGE)
        own = digest("[]")
    else:
        registries.repositories.clear()
    promoting.images(own)
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"))
    assert failed.value.name == "ImagesNotPromoted"
    assert reason in failed.value.message
    assert own in failed.value.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "failed to parse JSON of s3://artifacts/shop/main/1.abc/container-images.json"),
        ([], "holds no list of images"),
        ({"images": {}}, "holds no list of images"),
        ({"images": ["shop/api"]}, "image 1 is no object"),
        ({"images": [{"registry": "shop/api", "tag": "1.0"}]}, "image 1: digest is ''"),
        ({"images": [{"registry": "shop/api", "digest": "sha256:abc"}]}, "image 1: digest is 'sha256:abc'"),
        ({"images": [{"digest": digest("x")}]}, "image 1: registry is ''"),
        ({"images": [{"registry": "Shop/API", "digest": digest("x")}]}, "image 1: registry is 'Shop/API'"),
        ({"images": [{"registry": "a" * 257, "digest": digest("x")}]}, "image 1: registry is"),
        ({"images": [{"registry": "shop/api", "digest": digest("x"), "tag": "a b"}]}, "image 1: tag is 'a b'"),
        ({"images": [{"registry": "shop/api", "digest": digest("x"), "tag": 7}]}, "image 1: tag is 7"),
    ],
)
def test_a_list_that_leaves_open_what_is_meant_is_refused(promoting: Promoting, content: Any, reason: str) -> None:
    promoting.release(content)
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"))
    assert failed.value.name == "ImageListInvalid"
    assert reason in failed.value.message


def test_targets_that_the_event_does_not_hold_are_read(promoting: Promoting) -> None:
    accounts = [f"{number:012}" for number in range(1, 8)]
    promoting.made.targets("shop", "dev", *accounts)
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    answer = promoting.run((accounts[0], "us-east-1"), count=7)
    assert answer["images_promoted"] == 7
    assert {account for account, _, _ in promoting.registries.repositories} == {ACCOUNT, *accounts}


@pytest.mark.requirement("DEP-D44")
def test_no_more_than_five_targets_are_served_at_a_time_and_the_answer_stays_small(promoting: Promoting) -> None:
    """More targets at a time, or an answer that grows with them."""
    accounts = [f"{number:012}" for number in range(1, 131)]
    promoting.made.targets("shop", "dev", *accounts)
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    answer = promoting.run((accounts[0], "us-east-1"), count=130)
    assert answer["images_promoted"] == 130
    assert len(answer["images"]) <= 100
    assert len(json.dumps(answer)) < 16 * 1024
    assert 1 <= promoting.registries.most_uploads_at_once <= 5


@pytest.mark.parametrize(
    "call",
    [
        "sts:AssumeRole", "ecr:BatchGetImage", "ecr:CreateRepository", "ecr:BatchCheckLayerAvailability",
        "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
        "ecr:PutImage", "s3:GetObject", "sts:GetCallerIdentity",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [Throttle(), Fail("InternalServerError", status=500)])
def test_a_call_that_keeps_failing_is_tried_later_and_the_second_run_ends_the_work(
    promoting: Promoting, call: str, kind: Any
) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.cloud.faults.add(call, kind, times=None)
    with pytest.raises(FunctionFailed, match=r"^Transient: "):
        promoting.run((A, "us-east-1"))
    promoting.cloud.faults.clear()
    promoting.run((A, "us-east-1"))
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)


@pytest.mark.parametrize(
    "call",
    [
        "ecr:CreateRepository", "ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload", "sts:AssumeRole",
    ],
)  # fmt: skip
def test_a_call_whose_answer_is_lost_once_does_no_harm(promoting: Promoting, call: str) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    fault = promoting.cloud.faults.add(call, LoseAnswer(), times=1)
    promoting.run((A, "us-east-1"))
    assert fault.met == 1
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)


@pytest.mark.parametrize("operation", ["BatchGetImage", "InitiateLayerUpload", "CompleteLayerUpload"])
def test_another_build_that_brings_the_same_image_meanwhile_does_no_harm(promoting: Promoting, operation: str) -> None:
    """It makes the repository, a blob or the image first."""
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))

    def bring(note: Any) -> None:
        if (note.operation, note.account) == (operation, A):
            there = promoting.registries.repository(A, immutable=True)
            there.blobs |= promoting.source.blobs
            if operation == "CompleteLayerUpload":
                there.manifests |= promoting.source.manifests
                there.tags |= promoting.source.tags

    promoting.cloud.gateway.watchers.append(bring)
    assert promoting.run((A, "us-east-1"))["images_promoted"] == 1
    assert everything(promoting.registries.repository(A)) == everything(promoting.source)


@pytest.mark.parametrize("call", ["sts:AssumeRole", "ecr:CreateRepository", "ecr:CompleteLayerUpload", "ecr:PutImage"])
def test_a_target_that_refuses_is_named_and_the_others_are_served(promoting: Promoting, call: str) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.cloud.faults.add(
        call,
        Fail("AccessDeniedException", "not you", 400),
        times=None,
        when=lambda made: A in (made.account, str(made.parameters.get("RoleArn", "")).partition("iam::")[2][:12]),
    )
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"), (B, "us-east-1"))
    assert failed.value.name == "ImagesNotPromoted"
    assert failed.value.message.startswith(f"1 of 2 targets lack images: {A}/us-east-1: ")
    assert "not you" in failed.value.message
    assert call.partition(":")[2] in failed.value.message
    assert everything(promoting.registries.repository(B)) == everything(promoting.source)


def test_what_stays_wrong_is_raised_before_what_may_pass(promoting: Promoting) -> None:
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.cloud.faults.add("ecr:PutImage", Fail("AccessDeniedException", "not you"), account=A, times=None)
    promoting.cloud.faults.add("ecr:PutImage", Throttle(), account=B, times=None)
    with pytest.raises(FunctionFailed) as failed:
        promoting.run((A, "us-east-1"), (B, "us-east-1"))
    assert failed.value.name == "ImagesNotPromoted"
    assert failed.value.message.startswith("2 of 2 targets lack images")
    assert f"{A}/us-east-1" in failed.value.message
    assert f"{B}/us-east-1" not in failed.value.message


def test_a_message_about_many_targets_stays_short(promoting: Promoting) -> None:
    accounts = [f"{number:012}" for number in range(1, 31)]
    promoting.images(promoting.registries.image(promoting.source, b"one", tag="1.0"))
    promoting.cloud.faults.add("sts:AssumeRole", Fail("AccessDenied", "no " * 400), times=None)
    with pytest.raises(FunctionFailed) as failed:
        promoting.run(*[(account, "us-east-1") for account in accounts])
    assert len(failed.value.message) <= 1000
    assert failed.value.message.startswith("30 of 30 targets lack images")


@pytest.mark.parametrize("missing", ["env", "repo", "sk", "s3_bucket", "s3_key"])
def test_a_field_that_lacks_is_named(promoting: Promoting, missing: str) -> None:
    with pytest.raises(FunctionFailed, match=f"MissingInput: {missing} must be a text"):
        promoting.run((A, "us-east-1"), **{missing: None})
