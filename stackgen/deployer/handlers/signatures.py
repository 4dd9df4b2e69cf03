"""Whether one thing of a release is signed, as far as this function can tell for certain.

* An image is signed where ECR itself says that it has signed this digest, with a profile that is not revoked. A
  signature that somebody attached is no proof: whoever may push an image may push one beside it, and to check it needs
  a library of cryptography that is not here.
* A package is signed where AWS Signer says that it made it: the job is named by the object's metadata
  ``signing-job-id`` or by its own name, used the right profile, is neither revoked nor expired, and what it made has
  not been written since and holds the same bytes. The signature inside is checked by Lambda, where the function has a
  code signing configuration.

Each function answers what is wrong, and nothing where a thing is signed. That holds for the moment: let nobody write a
release anew.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from . import moments

if TYPE_CHECKING:
    from .clients import Clients
    from .images import Image

PLATFORM = "AWSLambda-SHA384-ECDSA"
JOB = "signing-job-id"
"""Metadata of a package: the job of AWS Signer that made it."""

NOTATION = "application/vnd.cncf.notary.signature"
"""The type of a signature that is attached to an image. Source: the signature specification of the Notary Project."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SLACK = timedelta(seconds=60)
"""By how much a package may seem younger than the job that made it. assumed: both clocks are AWS's."""


def image(wanted: Image, clients: Clients) -> str:
    """What is wrong with an image."""
    ecr = clients.own("ecr")
    by_digest = {"imageDigest": wanted.digest}
    answer = ecr.describe_image_signing_status(repositoryName=wanted.repository, imageId=by_digest)
    statuses = answer.get("signingStatuses", [])
    complete = [each for each in statuses if each.get("status") == "COMPLETE"]
    revoked = [str(each.get("signingProfileArn", "")) for each in complete if _is_revoked(each, clients)]
    if len(complete) > len(revoked):
        return ""
    if revoked:
        return f"{wanted} is signed with {revoked[0]}, which is revoked"
    if statuses:
        status, why = str(statuses[0].get("status")), str(statuses[0].get("failureReason") or "no reason is given")
        return f"{wanted} is being signed" if status == "IN_PROGRESS" else f"{wanted} could not be signed: {why}"
    found = ecr.list_image_referrers(
        repositoryName=wanted.repository, subjectId=by_digest, filter={"artifactTypes": [NOTATION]}
    )
    if found.get("referrers"):
        return f"{wanted} has a signature attached that cannot be checked here: let ECR sign the images of its registry"
    return f"{wanted} is not signed"


def package(bucket: str, key: str, profile: str, clients: Clients) -> str:
    """What is wrong with a package."""
    where = f"s3://{bucket}/{key}"
    if not profile:
        return f"{where} cannot be judged: no lambda-profile-name says whose signature counts"
    job_id = _job_of(bucket, key, clients)
    if not job_id:
        return f"{where} is not signed: neither its name nor its metadata {JOB} names a job of AWS Signer"
    signer = clients.own("signer")
    try:
        job = signer.describe_signing_job(jobId=job_id)
    except signer.exceptions.ResourceNotFoundException:
        return f"{where} is not signed: AWS Signer knows no job {job_id}"
    wrong = _wrong_job(job, profile) or _wrong_content({"Bucket": bucket, "Key": key}, job, clients)
    return f"{where} is not signed: job {job_id} {wrong}" if wrong else ""


def _job_of(bucket: str, key: str, clients: Clients) -> str:
    """The job that is said to have made a package; AWS Signer names what it makes after its job."""
    said = str(clients.s3.head_object(Bucket=bucket, Key=key).get("Metadata", {}).get(JOB, ""))
    stem = key.rpartition("/")[2].removesuffix(".zip")
    return said or (stem if _UUID.fullmatch(stem) else "")


def _wrong_content(package: dict[str, str], job: dict[str, Any], clients: Clients) -> str:
    """Whether the package is what the job made, byte by byte."""
    made = job["signedObject"]["s3"]
    origin = {"Bucket": str(made["bucketName"]), "Key": str(made["key"])}
    if clients.s3.head_object(**origin)["LastModified"] > job["completedAt"] + _SLACK:
        return "made something that was written anew since"
    if package != origin and _sum(package, clients) != _sum(origin, clients):
        return "made something else"
    return ""


def _wrong_job(job: dict[str, Any], profile: str) -> str:
    if job.get("status") != "Succeeded":
        return f"is {job.get('status')}"
    if job.get("profileName") != profile:
        return f"used profile {job.get('profileName')!r}, not {profile!r}"
    if job.get("platformId") != PLATFORM:
        return f"signed for {job.get('platformId')}, not for {PLATFORM}"
    if job.get("revocationRecord"):
        return "is revoked"
    expires = job.get("signatureExpiresAt")
    if expires is not None and moments.seconds_since(expires) >= 0:
        return f"made a signature that expired on {expires:%Y-%m-%d}"
    return ""


def _is_revoked(status: dict[str, Any], clients: Clients) -> bool:
    """Whether the profile of a signature is revoked; a cancelled one signs no more, and what it signed stays good."""
    _, _, _, region, owner, resource = str(status["signingProfileArn"]).split(":", 5)
    name = resource.removeprefix("/signing-profiles/").partition("/")[0]
    found = clients.own("signer", region).get_signing_profile(profileName=name, profileOwner=owner)
    return bool(found.get("status") == "Revoked" or found.get("revocationRecord"))


def _sum(where: dict[str, str], clients: Clients) -> str:
    """The digest of an object, read a piece at a time."""
    summed = hashlib.sha256()
    for piece in clients.s3.get_object(**where)["Body"].iter_chunks(1_000_000):
        summed.update(piece)
    return summed.hexdigest()
