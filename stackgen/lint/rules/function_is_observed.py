"""W9139."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stackgen.lint.kit import functions, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class FunctionIsObserved(rule.OfResources):
    """It traces, its log is a group of the template, and an event that it fails on is kept."""

    id = "W9139"
    shortdesc = "A function is traced, has a log group in the template, and keeps events that it fails on"
    why = (
        "Lambda makes a log group that is kept for ever, and an event that nobody waits for is lost "
        "after the third attempt."
    )
    remedy = (
        "Set TracingConfig to Active, declare the log group, and add a DeadLetterConfig or an OnFailure destination; "
        "the option reserved_concurrency asks for a limit too."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
    pillar = "operational excellence"
    guidelines = ("GDL-110", "GDL-131", "GDL-133", "GDL-076")
    public = ("Lambda.7", "CKV_AWS_50", "CKV_AWS_66", "CKV_AWS_115", "CKV_AWS_116")
    types = functions.TYPES
    options: ClassVar = {"reserved_concurrency": {"default": False, "type": "boolean"}}
    passes = """
    Resources:
      Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/aws/lambda/${Function}', RetentionInDays: 30}}
      Function: {Type: AWS::Lambda::Function, Properties: {TracingConfig: {Mode: Active}}}
    """
    fails = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {TracingConfig: {Mode: PassThrough}}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What is not traced, logged or kept."""
        for found in functions.said_in(resource, "TracingConfig", "Mode", default="PassThrough"):
            if found.value != "Active":
                yield rule.Found(found.path, f"{resource.title} is not traced: Mode is {found.value}, not Active")
        if not _has_log_group(view, resource):
            yield rule.Found(resource.path, f"{resource.title} has no log group here: Lambda's own is kept for ever")
        caller = next(functions.asynchronous_callers(view, resource), "")
        if caller and not _keeps_failures(view, resource):
            message = f"{resource.title} loses what {caller} gives it, where it fails: it has no queue or destination"
            yield rule.Found(resource.path, message)
        if self.config["reserved_concurrency"]:
            for found in resource.values("ReservedConcurrentExecutions"):
                if found.value is values.ABSENT:
                    yield rule.Found(found.path, f"{resource.title} has no ReservedConcurrentExecutions")


def _has_log_group(view: View, function: Resource) -> bool:
    logging = list(function.values("LoggingConfig", "LogGroup"))
    covers = [each.scenario for each in logging if each.value is not values.ABSENT]
    named = function.properties.get("FunctionName")
    names = {"/aws/lambda/" + view.values.spelled(each.value) for each in values.branches(named) if each.value}
    for group in view.of_type("AWS::Logs::LogGroup"):
        if function.title in values.references(group.properties.get("LogGroupName")):
            covers.append(group.scenario)
        called = [each for each in group.values("LogGroupName") if each.value]
        covers += [each.scenario for each in called if view.values.spelled(each.value) in names]
    return not logging or not view.uncovered(function.scenario, covers)


def _keeps_failures(view: View, function: Resource) -> bool:
    own = functions.also_called(view, function)
    kept = [*functions.values_in(function, "DeadLetterConfig", "TargetArn"), *function.values(*_SAM_DESTINATION)]
    for config in view.of_type("AWS::Lambda::EventInvokeConfig"):
        if own & set(values.references(config.properties.get("FunctionName"))):
            kept += config.values("DestinationConfig", "OnFailure")
    covers = [each.scenario for each in kept if each.value is not values.ABSENT]
    return bool(covers) and not view.spares_production(function.scenario, covers)


_SAM_DESTINATION = ("EventInvokeConfig", "DestinationConfig", "OnFailure")
