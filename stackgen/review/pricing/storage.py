"""Data that stays: Aurora, DynamoDB, S3, secrets and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .amounts import NOTHING, ONE, Range, decimal_of
from .charges import Charge, Family
from .usage import HOURS
from .values import alternatives, target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from stackgen.review.evaluation.tree import Resource

    from .charges import Subject

SERVERLESS = "DB.SERVERLESS"
OPTIMIZED = "AURORA-IOPT1"
_ENGINES = ("AURORA-MYSQL", "AURORA-POSTGRESQL")


def _instance(subject: Subject) -> Iterator[Charge]:
    engine = subject.texts("Engine", default="aurora-mysql" if subject.options("DBClusterIdentifier") else "")
    classes = subject.texts("DBInstanceClass", default="unknown")
    kind = max(classes, key=lambda each: each != SERVERLESS)
    if not all(each in _ENGINES for each in engine):
        yield Charge("rds-instance", subject.hourly(ONE), what=f"instance hour, {kind.lower()}, {engine[0].lower()}")
        return
    cluster = target(subject.tree, subject.properties.get("DBClusterIdentifier"))
    optimized = cluster is not None and OPTIMIZED in _texts(cluster, "StorageType")
    if kind != SERVERLESS:
        price = f"aurora-{kind.lower().removeprefix('db.').replace('.', '-')}{'-io' if optimized else ''}"
        yield Charge(price, subject.hourly(ONE), what=f"instance hour, {kind.lower()}")
        return
    capacity, note = _capacity(subject, cluster)
    yield Charge("aurora-acu-io" if optimized else "aurora-acu", subject.hourly(capacity), note)


def _capacity(subject: Subject, cluster: Resource | None) -> tuple[Range, str]:
    """The ACUs between the limits that the cluster's scaling configuration sets."""
    bounds = [_bound(cluster, name) for name in ("MinCapacity", "MaxCapacity")]
    low, high = bounds
    average = subject.used("average_acu")
    if low is None or high is None:
        return average, "the cluster's capacity is not known"
    note = f"{low.normalize():f} to {high.normalize():f} ACU"
    if "average_acu" in subject.unstated:
        return Range(low, low, high), f"{note}; average_acu is not stated, so the smallest counts as typical"
    inside = average.within(low, high)
    return Range(low, inside.typical, high), f"{note}, {inside.typical.normalize():f} on average"


def _bound(cluster: Resource | None, name: str) -> Decimal | None:
    scaling = cluster.properties.get("ServerlessV2ScalingConfiguration") if cluster else None
    for option in alternatives(scaling):
        if isinstance(option, dict):
            amounts = [decimal_of(each) for each in alternatives(option.get(name))]
            known = [each for each in amounts if each is not None]
            if known and len(known) == len(amounts):
                return min(known) if name == "MinCapacity" else max(known)
    return None


def _texts(resource: Resource, name: str) -> list[str]:
    return [str(each).upper() for each in alternatives(resource.properties.get(name))]


def _cluster(subject: Subject) -> Iterator[Charge]:
    engine = subject.texts("Engine", default="unknown")
    if not all(each in _ENGINES for each in engine):
        yield Charge("rds-cluster", subject.hourly(ONE), what=f"cluster, {engine[0].lower()}")
        return
    optimized = subject.may_be(OPTIMIZED, "StorageType")
    yield Charge("aurora-storage-io-opt" if optimized else "aurora-storage", subject.used("storage_gb"))
    if not optimized:
        yield Charge("aurora-io", subject.used("io_requests"))
    backup = subject.given("backup_gb") or NOTHING
    if not backup.is_zero:
        yield Charge("aurora-backup", backup, "beyond the size of the cluster")


def _table(subject: Subject) -> Iterator[Charge]:
    if subject.may_be("PAY_PER_REQUEST", "BillingMode", default="PROVISIONED"):
        yield Charge("ddb-wru", subject.used("write_units"))
        yield Charge("ddb-rru", subject.used("read_units"))
    else:
        share = subject.hours / HOURS
        for price, name in (("ddb-wcu", "WriteCapacityUnits"), ("ddb-rcu", "ReadCapacityUnits")):
            units, note = _provisioned(subject, name)
            yield Charge(price, units * share, note)
    stored = subject.used("storage_gb")
    yield Charge("ddb-storage", stored)
    if "TRUE" in subject.texts("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"):
        yield Charge("ddb-pitr", stored, "as much as the table stores")
    asked = subject.given("kms_requests")
    if asked is not None and subject.may_be("KMS", "SSESpecification", "SSEType"):
        own = not subject.options("SSESpecification", "KMSMasterKeyId")
        yield Charge("kms-req", asked, "the account's own key for DynamoDB itself costs nothing" if own else "")


def _provisioned(subject: Subject, name: str) -> tuple[Range, str]:
    """The units of the table and of its indexes."""
    throughputs = [subject.number("ProvisionedThroughput", name)]
    indexes = next((each for each in subject.options("GlobalSecondaryIndexes") if isinstance(each, list)), [])
    for index in indexes:
        given = index.get("ProvisionedThroughput") if isinstance(index, dict) else None
        units = decimal_of(given.get(name)) if isinstance(given, dict) else None
        throughputs.append(None if units is None else Range.exactly(units))
    known = [each for each in throughputs if each is not None]
    note = f"with {len(indexes)} index{'' if len(indexes) == 1 else 'es'}" if indexes else ""
    lacking = "; the throughput of some is not known" if len(known) < len(throughputs) else ""
    return sum(known, NOTHING), f"{note}{lacking}".removeprefix("; ")


def _bucket(subject: Subject) -> Iterator[Charge]:
    archived, tiered = subject.given("glacier_ir_gb"), subject.given("intelligent_tiering_gb")
    whole = archived is None and tiered is None
    yield Charge("s3-std", subject.used("storage_gb"), "all of it in S3 Standard" if whole else "in S3 Standard")
    if archived is not None:
        yield Charge("s3-gir", archived, "without what reading it costs")
    if tiered is not None:
        yield Charge("s3-int", tiered, "as if all of it were read often")
    yield Charge("s3-put", subject.used("put_requests"))
    yield Charge("s3-get", subject.used("get_requests"))


def _key(subject: Subject) -> Iterator[Charge]:
    rotated = "TRUE" in subject.texts("EnableKeyRotation")
    # Source: https://aws.amazon.com/kms/pricing/ (the first and the second rotation add a dollar a month each)
    keys = Range.of(1, 1, 3) if rotated else ONE
    yield Charge("kms-key", keys, "the first two rotations add one each" if rotated else "")
    yield Charge("kms-req", subject.used("requests"))


def _secret(subject: Subject) -> Iterator[Charge]:
    yield Charge("secret", ONE)
    yield Charge("secret-req", subject.used("requests"))


def _parameter(subject: Subject) -> Iterator[Charge]:
    tier = subject.texts("Tier", default="Standard")[0]
    if tier == "STANDARD":
        yield Charge("ssm-std", ONE)
    elif tier == "ADVANCED":
        yield Charge("ssm-adv", ONE)
    else:
        yield Charge("ssm-adv", Range.of(0, 0, 1), "advanced only if it has to be")


FAMILY = Family(
    {
        "AWS::RDS::DBInstance": _instance,
        "AWS::RDS::DBCluster": _cluster,
        "AWS::DynamoDB::Table": _table,
        "AWS::S3::Bucket": _bucket,
        "AWS::KMS::Key": _key,
        "AWS::KMS::ReplicaKey": _key,
        "AWS::SecretsManager::Secret": _secret,
        "AWS::SSM::Parameter": _parameter,
    },
    {
        "AWS::RDS::DBInstance": {"average_acu": "capacity units on average, of a serverless instance"},
        "AWS::RDS::DBCluster": {
            "storage_gb": "in GB",
            "io_requests": "a month, unless storage is I/O-Optimized",
            "backup_gb": "beyond the size of the cluster",
        },
        "AWS::DynamoDB::Table": {
            "write_units": "write request units a month, with those of the indexes",
            "read_units": "read request units a month",
            "storage_gb": "with the indexes, in GB",
            "kms_requests": "of the key that encrypts the table a month",
        },
        "AWS::S3::Bucket": {
            "storage_gb": "in S3 Standard, in GB",
            "glacier_ir_gb": "moved to Glacier Instant Retrieval, in GB",
            "intelligent_tiering_gb": "moved to Intelligent-Tiering, in GB",
            "put_requests": "PUT, COPY, POST and LIST a month",
            "get_requests": "GET and all others a month",
        },
        "AWS::KMS::Key": {"requests": "a month"},
        "AWS::KMS::ReplicaKey": {"requests": "a month"},
        "AWS::SecretsManager::Secret": {"requests": "a month"},
    },
)
