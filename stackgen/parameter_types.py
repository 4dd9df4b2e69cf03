"""The types that a CloudFormation parameter or output may have, and which of them fit together.

A type is two things: the text that CloudFormation reads (``VPC_ID`` is ``"AWS::EC2::VPC::Id"``) and a phantom
class that type checkers read (``Parameter[VpcId]``). The phantom classes have no instances; their inheritance
says what fits: a ``String`` takes any scalar, a ``StringList`` any list.

Source of the list: CloudFormation User Guide, "CloudFormation-supplied parameter types" and "Specify existing
resources at runtime with Systems Manager parameters", read on 2026-11-20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

if TYPE_CHECKING:
    from typing_extensions import TypeVar
else:
    from typing import TypeVar


class Value:
    """What a parameter or output holds."""


class String(Value):
    """One scalar; every other scalar may be handed to it."""


class Number(String):
    """An integer or a float."""


class AvailabilityZone(String):
    """The name of an Availability Zone."""


class HostedZoneId(String):
    """The ID of a Route 53 hosted zone."""


class ImageId(String):
    """The ID of an AMI."""


class InstanceId(String):
    """The ID of an EC2 instance."""


class KeyName(String):
    """The name of an EC2 key pair."""


class SecurityGroupId(String):
    """The ID of a security group."""


class SecurityGroupName(String):
    """The name of a security group."""


class SsmParameterName(String):
    """The name of a Systems Manager parameter that must exist."""


class SubnetId(String):
    """The ID of a subnet."""


class VolumeId(String):
    """The ID of an EBS volume."""


class VpcId(String):
    """The ID of a VPC."""


Element_co = TypeVar("Element_co", bound=String, covariant=True)
AnyValue = TypeVar("AnyValue", bound=Value)


class StringList(Value):
    """A list; every other list may be handed to it."""


class ListOf(StringList, Generic[Element_co]):
    """A list of one kind."""


class ParameterType(str, Generic[AnyValue]):
    """CloudFormation's name of a type, with the phantom class for type checkers."""

    __slots__ = ()


STRING: ParameterType[String] = ParameterType("String")
NUMBER: ParameterType[Number] = ParameterType("Number")
COMMA_DELIMITED_LIST: ParameterType[StringList] = ParameterType("CommaDelimitedList")
LIST_OF_NUMBERS: ParameterType[ListOf[Number]] = ParameterType("List<Number>")

AVAILABILITY_ZONE_NAME: ParameterType[AvailabilityZone] = ParameterType("AWS::EC2::AvailabilityZone::Name")
HOSTED_ZONE_ID: ParameterType[HostedZoneId] = ParameterType("AWS::Route53::HostedZone::Id")
IMAGE_ID: ParameterType[ImageId] = ParameterType("AWS::EC2::Image::Id")
INSTANCE_ID: ParameterType[InstanceId] = ParameterType("AWS::EC2::Instance::Id")
KEY_PAIR_NAME: ParameterType[KeyName] = ParameterType("AWS::EC2::KeyPair::KeyName")
SECURITY_GROUP_ID: ParameterType[SecurityGroupId] = ParameterType("AWS::EC2::SecurityGroup::Id")
SECURITY_GROUP_NAME: ParameterType[SecurityGroupName] = ParameterType("AWS::EC2::SecurityGroup::GroupName")
SSM_PARAMETER_NAME: ParameterType[SsmParameterName] = ParameterType("AWS::SSM::Parameter::Name")
SUBNET_ID: ParameterType[SubnetId] = ParameterType("AWS::EC2::Subnet::Id")
VOLUME_ID: ParameterType[VolumeId] = ParameterType("AWS::EC2::Volume::Id")
VPC_ID: ParameterType[VpcId] = ParameterType("AWS::EC2::VPC::Id")

_SCALARS: tuple[ParameterType[Any], ...] = (
    AVAILABILITY_ZONE_NAME,
    HOSTED_ZONE_ID,
    IMAGE_ID,
    INSTANCE_ID,
    KEY_PAIR_NAME,
    SECURITY_GROUP_ID,
    SECURITY_GROUP_NAME,
    SUBNET_ID,
    VOLUME_ID,
    VPC_ID,
)
_LISTED = tuple(kind for kind in _SCALARS if kind is not KEY_PAIR_NAME)


def list_of(kind: ParameterType[Element_co]) -> ParameterType[ListOf[Element_co]]:
    """``List<kind>``."""
    return ParameterType(f"List<{kind}>")


LIST_OF_AVAILABILITY_ZONE_NAMES = list_of(AVAILABILITY_ZONE_NAME)
LIST_OF_SECURITY_GROUP_IDS = list_of(SECURITY_GROUP_ID)
LIST_OF_SUBNET_IDS = list_of(SUBNET_ID)

_SSM = "AWS::SSM::Parameter::Value<"


def ssm_value(kind: ParameterType[AnyValue]) -> ParameterType[AnyValue]:
    """The type of a parameter that is given an SSM parameter's *name* and reads as its value, a ``kind``."""
    return ParameterType(f"{_SSM}{kind}>")


PARAMETER_TYPES: frozenset[str] = frozenset(
    str(kind)
    for plain in (
        (STRING, NUMBER, COMMA_DELIMITED_LIST, LIST_OF_NUMBERS, SSM_PARAMETER_NAME, *_SCALARS),
        tuple(f"List<{kind}>" for kind in _LISTED),
        (f"{_SSM}String>", f"{_SSM}List<String>>", f"{_SSM}CommaDelimitedList>"),
        tuple(f"{_SSM}{kind}>" for kind in _SCALARS),
        tuple(f"{_SSM}List<{kind}>>" for kind in _LISTED),
    )
    for kind in plain
)
"""Every type that a template may give a parameter."""

RESOURCE_OF: dict[str, str] = {
    str(HOSTED_ZONE_ID): "AWS::Route53::HostedZone",
    str(INSTANCE_ID): "AWS::EC2::Instance",
    str(KEY_PAIR_NAME): "AWS::EC2::KeyPair",
    str(SECURITY_GROUP_ID): "AWS::EC2::SecurityGroup",
    str(SSM_PARAMETER_NAME): "AWS::SSM::Parameter",
    str(SUBNET_ID): "AWS::EC2::Subnet",
    str(VOLUME_ID): "AWS::EC2::Volume",
    str(VPC_ID): "AWS::EC2::VPC",
}
"""The resource type whose ``Ref`` is a value of the parameter type."""


def is_ssm(kind: str) -> bool:
    """Whether a parameter of this type is given a name and reads as that SSM parameter's value."""
    return kind.startswith(_SSM)


def read_as(kind: str) -> str:
    """The type that ``Ref`` of a parameter of this type has."""
    return kind[len(_SSM) : -1] if is_ssm(kind) else kind


def is_list(kind: str) -> bool:
    """Whether ``Ref`` of a parameter of this type is a list."""
    inner = read_as(kind)
    return inner == COMMA_DELIMITED_LIST or inner.startswith("List<")


def takes_list(kind: str) -> bool:
    """Whether a parameter of this type is given a list; an SSM type is given a name, whatever it reads as."""
    return is_list(kind) and not is_ssm(kind)


def element_of(kind: str) -> str:
    """The type of one element of a list type."""
    inner = read_as(kind)
    return inner[len("List<") : -1] if inner.startswith("List<") else str(STRING)


def accepts(declared: str, given: str) -> bool:
    """Whether a parameter of type ``declared`` may be handed a value of type ``given``.

    A type accepts itself, ``String`` any scalar, a ``CommaDelimitedList`` any list, and an SSM type or
    ``AWS::SSM::Parameter::Name`` a ``String``: the name. An SSM type does not accept another parameter of an
    SSM type, for that one reads as a value and no longer as the name.
    """
    if is_ssm(declared):
        return given in (STRING, SSM_PARAMETER_NAME)
    given = read_as(given)
    if declared == given:
        return True
    if declared == SSM_PARAMETER_NAME:
        return given == STRING
    if declared == STRING:
        return not is_list(given)
    if declared == COMMA_DELIMITED_LIST:
        return is_list(given)
    return {declared, given} == {"List<String>", str(COMMA_DELIMITED_LIST)}
