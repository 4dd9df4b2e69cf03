"""W9185."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

NAMES = {
    "AWS::StepFunctions::StateMachine": ("LoggingConfiguration", "TracingConfiguration"),
    "AWS::Serverless::StateMachine": ("Logging", "Tracing"),
}


class StateMachineIsObservable(rule.OfResources):
    """Errors are logged, and executions traced."""

    id = "W9185"
    shortdesc = "A state machine logs and traces its executions"
    why = "Without a log nobody sees why an express execution failed; without traces nobody sees which call was slow."
    remedy = "Set LoggingConfiguration with at least Level ERROR and a log group, and TracingConfiguration.Enabled."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html"
    pillar = "operational excellence"
    guidelines = ("GDL-133", "GDL-130")
    public = ("StepFunctions.1", "CKV_AWS_284", "CKV_AWS_285")
    types = tuple(NAMES)
    passes = """
    Resources:
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::123456789012:role/machine
          DefinitionS3Location: {Bucket: a, Key: b}
          TracingConfiguration: {Enabled: true}
          LoggingConfiguration:
            Level: ERROR
            Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !Sub '${Log.Arn}:*'}}]
    """
    fails = """
    Resources:
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::123456789012:role/machine
          DefinitionS3Location: {Bucket: a, Key: b}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Where either is off or missing."""
        logging, tracing = NAMES[resource.type]
        for found in resource.values(logging, "Level"):
            said = ["OFF"] if found.value is values.ABSENT else view.literals(found.value)
            if "OFF" in said:
                yield rule.Found(found.path, f"{resource.title} does not log; set Level to ERROR or ALL")
        for found in resource.values(tracing, "Enabled"):
            said = [False] if found.value is values.ABSENT else view.literals(found.value)
            if any(each is not values.UNKNOWN and not values.is_on(each) for each in said):
                yield rule.Found(found.path, f"{resource.title} does not trace; set Enabled of {tracing} to true")
