"""What calls functions from outside the machine: the stream of builds, and the end of executions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from awacs import dynamodb as dynamodb_actions
from awacs import sns, sqs
from awacs.aws import ArnEquals, Principal, SourceArn
from troposphere import Equals, Not, awslambda, events, pipes
from troposphere import sqs as queues

from stackgen import Condition, Exemption, allow
from stackgen.iam import document

from .functions import CLEAN_UP, S3_TRIGGER, TRIGGER_BUILD
from .machine import Metric, WithMachine
from .parameters import NoticeParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from troposphere import dynamodb, stepfunctions

TWO_WEEKS = 14 * 24 * 3600
"""Seconds; as long as SQS keeps a message."""
WEEK = 7 * 24 * 3600
"""Seconds; the oldest record of a stream that a function may still be given."""
VISIBILITY = 6 * CLEAN_UP.timeout
"""Seconds. Lambda's documentation asks for six times the timeout; it is the pause between two attempts too."""
MOST_ATTEMPTS = 300
"""60 hours, which is longer than an execution, and so an operation that it started, may last."""
ENDS = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")

NEW_BUILDS = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "REPO#"}]}}}}
"""New records of builds, and not those that tell which one is the latest."""

ENDED_BUILDS = {
    "eventName": ["MODIFY"],
    "dynamodb": {
        "Keys": {"PK": {"S": [{"prefix": "REPO#"}]}},
        "OldImage": {"status": {"S": ["PENDING", "IN_PROGRESS"]}},
        "NewImage": {"status": {"S": ["SUCCESS", "FAILED"]}},
    },
}
"""Builds that have just come to their end."""

NOTICE = {
    name: f"<$.dynamodb.NewImage.{name}.S>"
    for name in ("env", "repo", "version", "status", "error_msg", "finished_at", "execution_arn")
}


class WithTriggers(WithMachine):
    """Queues for what could not be handled, the mapping of the stream, the rule on executions, the notice of builds."""

    HasBuildTopic = Condition(Not(Equals(NoticeParameters.BuildTopicArn, "")))

    def s3_trigger(self, failures: queues.Queue) -> awslambda.Function:
        """S3 calls it without waiting for an answer; what fails three times is kept."""
        return self.function(
            S3_TRIGGER,
            allow(sqs.SendMessage, on=[failures.get_att("Arn")]),
            DeadLetterConfig=awslambda.DeadLetterConfig(TargetArn=failures.get_att("Arn")),
        )

    def trigger_build(self, builds: dynamodb.Table, failures: queues.Queue) -> awslambda.Function:
        """Each record succeeds or fails by itself; what fails to the end is kept."""
        stream = builds.get_att("StreamArn")
        function = self.function(
            TRIGGER_BUILD,
            allow(
                dynamodb_actions.DescribeStream,
                dynamodb_actions.GetRecords,
                dynamodb_actions.GetShardIterator,
                dynamodb_actions.ListStreams,
                on=[stream],
            ),
            allow(sqs.SendMessage, on=[failures.get_att("Arn")]),
        )
        self.add(
            awslambda.EventSourceMapping(
                "NewBuilds",
                EventSourceArn=stream,
                FunctionName=function.ref(),
                StartingPosition="LATEST",
                BatchSize=10,
                MaximumBatchingWindowInSeconds=0,
                ParallelizationFactor=1,
                BisectBatchOnFunctionError=True,
                MaximumRetryAttempts=3,
                MaximumRecordAgeInSeconds=WEEK,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                FilterCriteria=filtered(NEW_BUILDS),
                DestinationConfig=awslambda.DestinationConfig(
                    OnFailure=awslambda.OnFailure(Destination=failures.get_att("Arn"))
                ),
            )
        )
        return function

    def clean_up(self, machine: stepfunctions.StateMachine) -> None:
        """Every end of an execution, also by a stop or a timeout, which no Catch sees."""
        unsettled = self.queue("UnsettledExecutions", "unsettled-executions")
        ended = self.queue(
            "EndedExecutions",
            "ended-executions",
            visibility=VISIBILITY,
            redrive=queues.RedrivePolicy(deadLetterTargetArn=unsettled.get_att("Arn"), maxReceiveCount=MOST_ATTEMPTS),
        )
        rule = self.add(
            events.Rule(
                "ExecutionEnds",
                Name=self.named("execution-ends"),
                Description="Tells of every execution of the deployer that has ended",
                State="ENABLED",
                EventPattern={
                    "source": ["aws.states"],
                    "detail-type": ["Step Functions Execution Status Change"],
                    "detail": {"stateMachineArn": [machine.ref()], "status": list(ENDS)},
                },
                Targets=[events.Target(Id="queue", Arn=ended.get_att("Arn"))],
            )
        )
        self.add(
            queues.QueuePolicy(
                "EndedExecutionsPolicy",
                Queues=[ended.ref()],
                PolicyDocument=document(
                    allow(
                        sqs.SendMessage,
                        on=[ended.get_att("Arn")],
                        to=Principal("Service", "events.amazonaws.com"),
                        when=[ArnEquals({SourceArn: rule.get_att("Arn")})],
                        sid="ItsRuleSends",
                    )
                ),
            ),
            suppress={
                "W9113": Exemption(
                    "the stand-in that rehearses it knows the older type only", owner="platform", expires="2027-06-30"
                )
            },
        )
        function = self.function(
            CLEAN_UP,
            allow(sqs.ReceiveMessage, sqs.DeleteMessage, sqs.GetQueueAttributes, on=[ended.get_att("Arn")]),
        )
        self.add(
            awslambda.EventSourceMapping(
                "EndedExecutionsMapping",
                EventSourceArn=ended.get_att("Arn"),
                FunctionName=function.ref(),
                BatchSize=1,
                FunctionResponseTypes=["ReportBatchItemFailures"],
            )
        )
        self.waiting_alarm(unsettled, "unsettled-executions", "An execution was never settled")

    def queue(
        self, title: str, stem: str, *, visibility: int = 30, redrive: queues.RedrivePolicy | None = None
    ) -> queues.Queue:
        """A queue of this stack's own, encrypted by SQS, that keeps a message as long as it can."""
        more: dict[str, Any] = {} if redrive is None else {"RedrivePolicy": redrive}
        return self.add(
            queues.Queue(
                title,
                QueueName=self.named(stem),
                MessageRetentionPeriod=TWO_WEEKS,
                VisibilityTimeout=visibility,
                SqsManagedSseEnabled=True,
                **more,
            )
        )

    def waiting_alarm(self, queue: queues.Queue, stem: str, description: str) -> None:
        """Somebody must look as long as anything is in a queue of failures."""
        name = queue.get_att("QueueName")
        metric = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name, "Maximum")
        self.alarm(f"{queue.title}Alarm", stem, description, metric)

    def notice(self, builds: dynamodb.Table) -> None:
        """How each build ended, to a topic, if there is one."""
        stream = builds.get_att("StreamArn")
        role = self.role(
            "BuildNoticeRole",
            "pipes.amazonaws.com",
            allow(
                dynamodb_actions.DescribeStream,
                dynamodb_actions.GetRecords,
                dynamodb_actions.GetShardIterator,
                dynamodb_actions.ListStreams,
                on=[stream],
            ),
            allow(sns.Publish, on=[self.BuildTopicArn]),
        )
        role.resource["Condition"] = self.HasBuildTopic.logical_id
        self.add(
            pipes.Pipe(
                "BuildNotice",
                Condition=self.HasBuildTopic,
                Name=self.named("build-notice"),
                Description="Tells a topic how each build ended",
                DesiredState="RUNNING",
                RoleArn=role.get_att("Arn"),
                Source=stream,
                SourceParameters=pipes.PipeSourceParameters(
                    DynamoDBStreamParameters=pipes.PipeSourceDynamoDBStreamParameters(
                        StartingPosition="LATEST", BatchSize=1, MaximumRetryAttempts=3, MaximumRecordAgeInSeconds=86_400
                    ),
                    FilterCriteria=pipes.FilterCriteria(Filters=[pipes.Filter(Pattern=json.dumps(ENDED_BUILDS))]),
                ),
                Target=self.BuildTopicArn,
                TargetParameters=pipes.PipeTargetParameters(InputTemplate=json.dumps(NOTICE)),
            )
        )


def filtered(pattern: Mapping[str, object]) -> awslambda.FilterCriteria:
    """One pattern, which Lambda takes as a text."""
    return awslambda.FilterCriteria(Filters=[awslambda.Filter(Pattern=json.dumps(pattern))])
