"""Instances, volumes, networks, groups of instances, containers, functions."""

from __future__ import annotations

from stackgen.review.impact.result import FAILS, REPLACE, UPDATE

from .questions import PERHAPS, allows, becomes, differ, is_another, other_than, refuses, shrinks, unknown
from .row import REFERENCE, Row, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Change, Table

_INSTANCE = "EC2::Instance"
_VOLUME = "EC2::Volume"
_HOSTS = (("dedicated", "host"), ("host", "dedicated"))
_REPLACING = f"{REFERENCE}/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-replacingupdate"


def _fixed(name: str) -> Row:
    return Row(name, FAILS, f"{name} of a volume cannot change", reference(_VOLUME, name))


def _of_group(name: str) -> tuple[Row, Row]:
    switch = ("AutoScalingReplacingUpdate", "WillReplace")
    return (
        Row(
            name,
            REPLACE,
            "AutoScalingReplacingUpdate in UpdatePolicy makes another group",
            _REPLACING,
            when=allows(*switch),
            decides=True,
        ),
        Row(
            name,
            UPDATE,
            "the group stays; UpdatePolicy says what becomes of its instances",
            _REPLACING,
            when=refuses(*switch),
            decides=True,
        ),
    )


def _has_service_connect(change: Change) -> bool | None:
    configuration = change.new.properties.get("ServiceConnectConfiguration")
    if unknown(configuration):
        return PERHAPS if isinstance(configuration, dict) and configuration.get("Services") else False
    return isinstance(configuration, dict) and bool(configuration.get("Services"))


def _with_service_connect(name: str) -> Row:
    text = "a service with Service Connect cannot be replaced: its names in the namespace are taken until it is gone"
    return Row(name, FAILS, text, reference("ECS::Service"), when=_has_service_connect)


def _with_configuration(change: Change) -> bool:
    names = ("Labels", "ScalingConfig", "Taints", "UpdateConfig")
    return any(differ(change.old.properties.get(name), change.new.properties.get(name)) for name in names)


def _of_nodes(name: str) -> Row:
    text = f"{name} of a node group and its configuration cannot change in one update"
    return Row(name, FAILS, text, reference("EKS::Nodegroup", name), when=_with_configuration)


def _consumer_group(source: str) -> Row:
    return Row(
        f"{source}.ConsumerGroupId",
        FAILS,
        "an event source mapping keeps its consumer group",
        f"{REFERENCE}/aws-properties-lambda-eventsourcemapping-{source.lower()}.html",
        when=is_another,
    )


_EC2: Table = {
    "AWS::EC2::EIP": (
        Row(
            "Domain", REPLACE, "an address is allocated for one domain", reference("EC2::EIP", "Domain"), default="vpc"
        ),
    ),
    "AWS::EC2::Instance": (
        Row(
            "BlockDeviceMappings.*.Ebs.DeleteOnTermination",
            UPDATE,
            "DeleteOnTermination is all that changes in place of a block device",
            reference(_INSTANCE, "BlockDeviceMappings"),
            decides=True,
        ),
        Row(
            "BlockDeviceMappings",
            REPLACE,
            "other block devices make another instance; only DeleteOnTermination changes in place",
            reference(_INSTANCE, "BlockDeviceMappings"),
            decides=True,
        ),
        Row(
            "SecurityGroupIds",
            UPDATE,
            "an instance in a VPC, as all are now, gets other security groups in place",
            reference(_INSTANCE, "SecurityGroupIds"),
            decides=True,
        ),
        Row(
            "Tenancy",
            UPDATE,
            "an instance goes from dedicated to host, or back, in place",
            reference(_INSTANCE, "Tenancy"),
            when=becomes(*_HOSTS),
            decides=True,
        ),
        Row(
            "Tenancy",
            REPLACE,
            "only the tenancies dedicated and host change into each other in place",
            reference(_INSTANCE, "Tenancy"),
            when=other_than(*_HOSTS),
            decides=True,
            default="default",
        ),
    ),
    "AWS::EC2::VPC": (
        Row(
            "InstanceTenancy",
            REPLACE,
            "a VPC becomes dedicated only by replacement",
            reference("EC2::VPC", "InstanceTenancy"),
            when=becomes(("default", "dedicated")),
            decides=True,
            default="default",
        ),
        Row(
            "InstanceTenancy",
            UPDATE,
            "a dedicated VPC becomes a default one in place",
            reference("EC2::VPC", "InstanceTenancy"),
            when=becomes(("dedicated", "default")),
            decides=True,
            default="default",
        ),
    ),
    "AWS::EC2::Volume": (
        _fixed("AvailabilityZone"),
        _fixed("AvailabilityZoneId"),
        _fixed("Encrypted"),
        _fixed("KmsKeyId"),
        _fixed("SnapshotId"),
        Row(
            "MultiAttachEnabled",
            FAILS,
            "CloudFormation cannot switch Multi-Attach on or off",
            reference(_VOLUME, "MultiAttachEnabled"),
            default=False,
        ),
        Row("Size", FAILS, "a volume cannot become smaller", reference(_VOLUME), when=shrinks),
    ),
}

_GROUPS: Table = {
    "AWS::AutoScaling::AutoScalingGroup": (
        *_of_group("LaunchConfigurationName"),
        *_of_group("LaunchTemplate"),
        *_of_group("MixedInstancesPolicy"),
        *_of_group("VPCZoneIdentifier"),
    ),
    "AWS::ECS::Service": (
        _with_service_connect("Cluster"),
        _with_service_connect("Role"),
        _with_service_connect("SchedulingStrategy"),
        _with_service_connect("ServiceName"),
    ),
    "AWS::EKS::Nodegroup": (_of_nodes("ReleaseVersion"), _of_nodes("Version")),
    "AWS::Lambda::EventSourceMapping": (
        _consumer_group("AmazonManagedKafkaEventSourceConfig"),
        _consumer_group("SelfManagedKafkaEventSourceConfig"),
    ),
}

ROWS: Table = {**_EC2, **_GROUPS}
