"""The parameters of an environment, in the order in which a reader meets what they are for."""

from __future__ import annotations

from troposphere import And, Equals

from stackgen import Condition, Parameter
from stackgen.parameter_types import NUMBER, STRING, Number, ssm_value

from .system import EnvironmentStack

IMAGE = r"^([a-z0-9][a-z0-9._/:-]*(@sha256:[0-9a-f]{64}|:(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?$"
"""An address with a digest or a tag that is not ``latest``."""


def switch(label: str, description: str) -> Parameter:
    """A parameter that is true or false, and true where nobody says otherwise."""
    return Parameter(
        default="true",
        allowed_values=("true", "false"),
        description=description,
        constraint_description="true or false",
        label=label,
    )


class SwitchParameters(EnvironmentStack):
    """What an environment has and what it leaves out, and who it is at Yoto's."""

    YotoClientId: Parameter = Parameter(
        ssm_value(STRING),
        default="/yoto-smart-stream/yoto-client-id",
        description="Name in Parameter Store of the OAuth client ID at Yoto, which is public and yet in no file",
        label="Yoto client ID",
    )
    EnableMQTT: Parameter = switch("MQTT", "Run the listener for the players' events")
    EnableCloudFront: Parameter = switch("CloudFront", "Serve pages and API from one origin; without it no pages")

    EnableMQTTCondition = Condition(Equals(EnableMQTT, "true"))
    EnableCloudFrontCondition = Condition(Equals(EnableCloudFront, "true"))


class CodeParameters(EnvironmentStack):
    """Which build of the function runs."""

    CodeBucket: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket in this region that holds the function's package",
        constraint_description="the name of a bucket",
        label="Code bucket",
    )
    CodeKey: Parameter = Parameter(
        pattern=r"^[A-Za-z0-9._/-]*[0-9a-f]{16,64}\.zip$",
        max_length=512,
        description="Key of the package, which ends with its digest: a key that stays the same brings no new code",
        constraint_description="a key that ends with 16 to 64 hex digits and .zip",
        label="Code",
    )


class ListenerParameters(SwitchParameters):
    """What the listener runs, where, and how often."""

    ImageUri: Parameter = Parameter(
        default="",
        pattern=IMAGE,
        max_length=512,
        description="Image of the listener by digest or immutable tag, never latest; needed where MQTT is on",
        constraint_description="an image's address with @sha256: and 64 hex digits, or with a tag other than latest",
        label="Image",
    )
    DesiredMqttCount: Parameter[Number] = Parameter(
        NUMBER,
        default=1,
        min_value=0,
        max_value=1,
        description="Listeners that run: one, or none while nobody shall listen; two of one client ID fight",
        constraint_description="0 or 1",
        label="Listeners",
    )
    OnDemandTasks: Parameter[Number] = Parameter(
        NUMBER,
        default=0,
        min_value=0,
        max_value=1,
        description="Whether it runs at the full price, where nobody takes it away (1), or on Spot (0)",
        constraint_description="0 or 1",
        label="Listener on demand",
    )
    NetworkStackName: Parameter = Parameter(
        default="",
        pattern=r"^([A-Za-z][A-Za-z0-9-]{0,127})?$",
        description="Stack whose network is shared, instead of a VPC of the environment's own",
        constraint_description="the name of a stack, or nothing",
        label="Shared network",
    )

    CreateVpc = Condition(And(Equals(SwitchParameters.EnableMQTT, "true"), Equals(NetworkStackName, "")))


class AlertParameters(EnvironmentStack):
    """Who is told, and of how much."""

    AlarmEmail: Parameter = Parameter(
        default="",
        pattern=r"^([a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,})?$",
        max_length=254,
        description="Address that production's alarms and budget tell; no other environment has any",
        constraint_description="an e-mail address, or nothing",
        label="Alarms go to",
    )
    BudgetAmount: Parameter[Number] = Parameter(
        NUMBER,
        default=50,
        min_value=1,
        max_value=10_000,
        description="What all environments together may cost a month before somebody is told, in USD",
        constraint_description="1 to 10000 (USD)",
        label="Monthly budget",
    )
