"""What all container functions of TapStack share: log group, role, image, alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import ec2, logs, ssm, xray
from troposphere import And, Equals, If, Not, NoValue, Ref, Select, Split, Sub, awslambda, cloudwatch, iam
from troposphere import logs as log_groups

from stackgen import Condition, allow, trust
from stackgen.iam import inline

from .parameters import AlarmParameters, BoundaryParameters, ImageParameters, LogParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awacs.aws import Statement

    from stackgen.exemptions import Exemptions

ARCHITECTURE = "x86_64"
MINUTE = 60
"""Seconds; the shortest period of a metric without extra charge."""


class WithRoles(BoundaryParameters):
    """Roles that stay within the boundary of whoever deploys, where there is one."""

    HasBoundary = Condition(Not(Equals(BoundaryParameters.PermissionsBoundaryName, "")))

    def boundary(self) -> If:
        """The boundary's ARN in the account that is deployed to."""
        arn = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundaryName}")
        return If(self.HasBoundary, arn, NoValue)


class WithFunctions(ImageParameters, LogParameters, WithRoles):
    """Container functions: PackageType Image without Runtime and Handler, and a log group that is there before them."""

    HasImageAccount = Condition(Not(Equals(ImageParameters.ImageAccountId, "")))
    ImageIsDigest = Condition(Equals(Select(0, Split(":", ImageParameters.ImageTag)), "sha256"))

    def image_uri(self, repository: str) -> If:
        """The image in this region's repository: Lambda takes no other. ``@`` joins a digest, ``:`` a tag."""
        place = "${Account}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
        name = f"{place}/{repository}-${{EnvironmentSuffix}}"
        account = If(self.HasImageAccount, self.ImageAccountId, Ref("AWS::AccountId"))
        return If(
            self.ImageIsDigest,
            Sub(f"{name}@${{ImageTag}}", Account=account),
            Sub(f"{name}:${{ImageTag}}", Account=account),
        )

    def log_group(self, title: str, function: str, key_arn: object = None) -> log_groups.LogGroup:
        """The group of a function, with retention; the function refers to it, so it exists first."""
        encryption: dict[str, Any] = {} if key_arn is None else {"KmsKeyId": key_arn}
        return self.add(
            log_groups.LogGroup(
                title,
                LogGroupName=Sub(f"/aws/lambda/{function}-${{EnvironmentSuffix}}"),
                RetentionInDays=self.LogRetentionDays,
                **encryption,
            )
        )

    def function_role(self, title: str, log_group: log_groups.LogGroup, *statements: Statement) -> iam.Role:
        """A role for one function. It has no name, because names of roles are shared by all regions of an account."""
        return self.add(
            iam.Role(
                title,
                AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
                PermissionsBoundary=self.boundary(),
                Policies=[
                    inline(
                        "function",
                        allow(logs.CreateLogStream, logs.PutLogEvents, on=[log_group.get_att("Arn")]),
                        allow(xray.PutTraceSegments, xray.PutTelemetryRecords, on=["*"]),  # X-Ray knows no resources
                        *statements,
                    )
                ],
            )
        )

    def container_function(
        self,
        title: str,
        *,
        repository: str,
        role: iam.Role,
        log_group: log_groups.LogGroup,
        description: str,
        memory: object,
        timeout: object,
        variables: dict[str, Any],
        suppress: Exemptions | None = None,
        **properties: Any,
    ) -> awslambda.Function:
        """A function from the image of ``repository``; ``memory`` in MB, ``timeout`` in seconds."""
        return self.add(
            awslambda.Function(
                title,
                FunctionName=self.named(repository),
                Description=description,
                PackageType="Image",
                Code=awslambda.Code(ImageUri=self.image_uri(repository)),
                Architectures=[ARCHITECTURE],
                Role=role.get_att("Arn"),
                MemorySize=memory,
                Timeout=timeout,
                Environment=awslambda.Environment(Variables=variables),
                TracingConfig=awslambda.TracingConfig(Mode="Active"),
                LoggingConfig=awslambda.LoggingConfig(LogGroup=log_group.ref()),
                **properties,
            ),
            suppress=suppress,
        )


def in_vpc() -> Statement:
    """What Lambda needs to put a function into a VPC; interfaces have no names before, so no resource is given."""
    return allow(
        ec2.CreateNetworkInterface,
        ec2.DescribeNetworkInterfaces,
        ec2.DescribeSubnets,
        ec2.DeleteNetworkInterface,
        ec2.AssignPrivateIpAddresses,
        ec2.UnassignPrivateIpAddresses,
        on=["*"],
    )


def reads_parameters(*paths: str) -> Statement:
    """Read exactly these parameters; ``paths`` are texts of ``Fn::Sub`` that begin with a slash."""
    arn = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    return allow(ssm.GetParameter, ssm.GetParameters, on=[Sub(arn + path) for path in paths])


class WithAlarms(AlarmParameters):
    """Alarms that exist when EnableAlarms says so, and notify a topic when there is one."""

    CreateAlarms = Condition(Equals(AlarmParameters.EnableAlarms, "true"))
    HasAlarmTopic = Condition(
        And(
            Equals(AlarmParameters.EnableAlarms, "true"),
            Not(Equals(AlarmParameters.AlarmTopicArn, "")),
        )
    )

    def alarm(
        self,
        title: str,
        stem: str,
        *,
        description: str,
        condition: Condition | None = None,
        **properties: Any,
    ) -> cloudwatch.Alarm:
        """One alarm named ``{stem}-${suffix}``; silence is health, because nothing runs at night."""
        return self.add(
            cloudwatch.Alarm(
                title,
                AlarmName=self.named(stem),
                AlarmDescription=description,
                Condition=self.CreateAlarms if condition is None else condition,
                AlarmActions=[If(self.HasAlarmTopic, self.AlarmTopicArn, NoValue)],
                OKActions=[If(self.HasAlarmTopic, self.AlarmTopicArn, NoValue)],
                TreatMissingData="notBreaching",
                **properties,
            )
        )


def metric(
    namespace: str, name: str, dimensions: dict[str, object], statistic: str, period: int = MINUTE
) -> dict[str, Any]:
    """The properties of an alarm on one metric; ``period`` in seconds. A percentile is an extended statistic."""
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [cloudwatch.MetricDimension(Name=key, Value=value) for key, value in dimensions.items()],
        kind: statistic,
        "Period": period,
    }


def query(identifier: str, namespace: str, name: str, dimensions: dict[str, object], statistic: str) -> Any:
    """One metric of an expression, not shown by itself."""
    found = metric(namespace, name, dimensions, statistic)
    return cloudwatch.MetricDataQuery(
        Id=identifier,
        ReturnData=False,
        MetricStat=cloudwatch.MetricStat(
            Metric=cloudwatch.Metric(Namespace=namespace, MetricName=name, Dimensions=found["Dimensions"]),
            Period=MINUTE,
            Stat=statistic,
        ),
    )


def expression(identifier: str, text: str, label: str) -> Any:
    """The value that an alarm watches."""
    return cloudwatch.MetricDataQuery(Id=identifier, Expression=text, Label=label, ReturnData=True)


def error_rate(function: object, least_invocations: int = 5) -> Sequence[Any]:
    """Failed invocations in percent; 0 while there are too few to judge by."""
    dimensions = {"FunctionName": function}
    return [
        query("errors", "AWS/Lambda", "Errors", dimensions, "Sum"),
        query("invocations", "AWS/Lambda", "Invocations", dimensions, "Sum"),
        expression("rate", f"IF(invocations >= {least_invocations}, 100 * errors / invocations, 0)", "Error rate (%)"),
    ]
