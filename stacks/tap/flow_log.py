"""The record of the VPC's traffic, for those who want it."""

from __future__ import annotations

from awacs import logs
from awacs.aws import ArnLike, SourceAccount, SourceArn, StringEquals
from troposphere import Equals, Sub, Tags, ec2, iam
from troposphere import logs as log_groups

from stackgen import Condition, allow, trust
from stackgen.iam import inline

from .functions import WithRoles
from .parameters import LogParameters, NetworkParameters


class WithFlowLog(NetworkParameters, LogParameters, WithRoles):
    """A flow log with its group and role, when EnableFlowLogs says so."""

    CreateFlowLogs = Condition(Equals(NetworkParameters.EnableFlowLogs, "true"))

    def add_flow_log(self, vpc: ec2.VPC) -> None:
        """All traffic of the VPC, into a log group that only the flow log's role may write."""
        group = self.add(
            log_groups.LogGroup(
                "FlowLogGroup",
                Condition=self.CreateFlowLogs,
                LogGroupName=self.named("vpc-flow-logs"),
                RetentionInDays=self.LogRetentionDays,
            )
        )
        source = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*")
        role = self.add(
            iam.Role(
                "FlowLogRole",
                Condition=self.CreateFlowLogs,
                PermissionsBoundary=self.boundary(),
                AssumeRolePolicyDocument=trust(
                    "vpc-flow-logs.amazonaws.com",
                    when=[
                        StringEquals({SourceAccount: Sub("${AWS::AccountId}")}),
                        ArnLike({SourceArn: source}),
                    ],
                ),
                Policies=[
                    inline(
                        "flow-log",
                        allow(
                            logs.CreateLogStream,
                            logs.PutLogEvents,
                            logs.DescribeLogStreams,
                            on=[group.get_att("Arn")],
                        ),
                        allow(logs.DescribeLogGroups, on=["*"]),  # the service lists groups before it writes
                    )
                ],
            )
        )
        self.add(
            ec2.FlowLog(
                "FlowLog",
                Condition=self.CreateFlowLogs,
                ResourceId=vpc.ref(),
                ResourceType="VPC",
                TrafficType="ALL",
                LogDestinationType="cloud-watch-logs",
                LogGroupName=group.ref(),
                DeliverLogsPermissionArn=role.get_att("Arn"),
                MaxAggregationInterval=600,
                Tags=Tags(Name=self.named("vpc-flow-log")),
            )
        )
