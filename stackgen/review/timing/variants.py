"""Which row of a type fits a resource: predicates over its evaluated properties, in one table.

A type's variants are tried in order; the first whose predicate holds gives the names of rows to look for, the best
first. A value that is not known before the deployment decides nothing: it counts as set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.review.evaluation.symbols import Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Variant(NamedTuple):
    """Where ``fits`` holds, the row is one of ``names``."""

    fits: Callable[[Mapping[str, Any]], bool]
    names: tuple[str, ...]


def names_for(kind: str, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The variants of a type that may describe a resource, the best first; the row without one comes last."""
    for variant in VARIANTS.get(kind, ()):
        if variant.fits(properties):
            return (*variant.names, "")
    return ("",)


def _always(_: Mapping[str, Any]) -> bool:
    return True


def _has(*path: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether something stands there: a value, or a symbol for one; an empty list or text is nothing."""

    def holds(properties: Mapping[str, Any]) -> bool:
        value: Any = properties
        for key in path:
            if isinstance(value, Symbol):
                return True
            value = value.get(key) if isinstance(value, dict) else None
        return isinstance(value, Symbol) or bool(value)

    return holds


def _is(key: str, *wanted: str) -> Callable[[Mapping[str, Any]], bool]:
    def holds(properties: Mapping[str, Any]) -> bool:
        return str(properties.get(key, "")).casefold() in {each.casefold() for each in wanted}

    return holds


def _starts(key: str, start: str) -> Callable[[Mapping[str, Any]], bool]:
    def holds(properties: Mapping[str, Any]) -> bool:
        return str(properties.get(key, "")).casefold().startswith(start)

    return holds


def _any(*predicates: Callable[[Mapping[str, Any]], bool]) -> Callable[[Mapping[str, Any]], bool]:
    def holds(properties: Mapping[str, Any]) -> bool:
        return any(each(properties) for each in predicates)

    return holds


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "AWS::Lambda::Function": (
        Variant(_has("VpcConfig", "SubnetIds"), ("VPC (new ENIs)", "VPC")),
        Variant(_any(_is("PackageType", "Image"), _has("Code", "ImageUri")), ("container image, no VPC", "no VPC")),
        Variant(_always, ("no VPC",)),
    ),
    "AWS::EC2::VPCEndpoint": (
        Variant(_is("VpcEndpointType", "Interface", "GatewayLoadBalancer"), ("Interface",)),
        Variant(_always, ("Gateway",)),
    ),
    "AWS::RDS::DBCluster": (
        Variant(_any(_has("SnapshotIdentifier"), _has("SourceDBClusterIdentifier")), ("from snapshot",)),
        Variant(_always, ("aurora (empty)",)),
    ),
    "AWS::RDS::DBInstance": (
        Variant(
            _any(_has("DBClusterIdentifier"), _starts("Engine", "aurora")),
            ("aurora writer (db.serverless)", "aurora", "class change"),
        ),
        Variant(_always, ("non-Aurora single-AZ", "class change", "aurora")),
    ),
    "AWS::DynamoDB::Table": (Variant(_always, ("settings",)),),
    "AWS::S3::Bucket": (Variant(_always, ("empty",)),),
    "AWS::ECS::Service": (Variant(_always, ("Fargate/EC2, healthy image",)),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (Variant(_always, ("ALB",)),),
    "Custom::*": (Variant(_always, ("Lambda backed",)),),
    "AWS::CloudFormation::Stack": (
        Variant(_always, ("overhead per nested stack", "overhead, unchanged child", "overhead")),
    ),
    "AWS::CloudFormation::StackSet": (Variant(_always, ("overhead per stack instance wave",)),),
    "changeset": (Variant(_always, ("create change set",)),),
}
