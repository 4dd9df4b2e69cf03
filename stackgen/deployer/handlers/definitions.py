"""The definition of a StackSet: what a release makes of it, and whether that is what it has."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from . import artifacts, builds
from .errors import ParametersInvalid, StackSetNameTaken, TemplateInvalid
from .refusals import bounded, code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .artifacts import Place, Template
    from .clients import Clients
    from .inputs import Build
    from .policy import Policy
    from .settings import Settings

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")
MANAGER = "aws-deployer"
"""Value of the tag ManagedBy of every StackSet that is the deployer's."""
FORCED = ("Env",)
"""Standard parameters whose value no file may change."""


class Release(NamedTuple):
    """What a build wants a StackSet to be."""

    template: Template
    parameters: dict[str, str]
    capabilities: tuple[str, ...]
    unused: tuple[str, ...]
    """Standard parameters that the template does not declare."""
    versions: dict[str, str]
    """Of the files of parameters, by name."""


def released(build: Build, record: Mapping[str, Any], place: Place, policy: Policy, clients: Clients) -> Release:
    """Read a release. Raises TemplateNotFetched, TemplateInvalid, ParametersInvalid."""
    bucket, s3_key = place
    template = artifacts.template(bucket, s3_key, clients, str(record.get("template_version", "")))
    pinned: Mapping[str, str] = record.get("parameter_versions") or {}
    given, versions = artifacts.parameters(bucket, s3_key, build.env, clients, pinned)
    declared = _declared(template, clients)
    standard = artifacts.standard(record, build.env, bucket, s3_key)
    offered = {**artifacts.digests(bucket, s3_key, clients), **standard}
    known = {name: value for name, value in offered.items() if name in declared}
    forced = {name: value for name, value in known.items() if name in FORCED}
    _check(given, declared)
    defaults = {name: value for name, value in declared.items() if value is not None}
    merged = {**defaults, **known, **{name: value for name, value in given.items() if name in declared}, **forced}
    more = ("CAPABILITY_AUTO_EXPAND",) if policy.auto_expand else ()
    unused = tuple(name for name in FORCED if name not in declared)
    return Release(template, dict(sorted(merged.items())), (*CAPABILITIES, *more), unused, versions)


def requested(
    build: Build, release: Mapping[str, str], policy: Policy, settings: Settings, clients: Clients
) -> dict[str, Any]:
    """What UpdateStackSet is given for a release that a plan names, read again in the versions that were planned.

    So no value of a parameter, which may be a secret, lies in a table.
    """
    owner = build._replace(sk=release["sk"])
    record = builds.find(owner, clients, settings) or {}
    place = artifacts.Place(release["s3_bucket"], release["s3_key"])
    return request(released(owner, record, place, policy, clients), policy, settings)


def request(release: Release, policy: Policy, settings: Settings) -> dict[str, Any]:
    """What CreateStackSet and UpdateStackSet are given."""
    return {
        "TemplateURL": release.template.url,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in release.parameters.items()],
        "Capabilities": list(release.capabilities),
        "AdministrationRoleARN": settings.needed("administration_role_arn"),
        "ExecutionRoleName": settings.execution_role_name,
        "ManagedExecution": {"Active": policy.managed_execution},
    }


def find(name: str, repo: str, clients: Clients) -> dict[str, Any] | None:
    """The StackSet; None where it is not there. Raises StackSetNameTaken where it is another repository's."""
    try:
        found: dict[str, Any] = clients.cloudformation.describe_stack_set(StackSetName=name)["StackSet"]
    except ClientError as error:
        if code_of(error) == "StackSetNotFoundException":
            return None
        raise
    if found.get("Status") == "DELETED":
        return None
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    if tags.get("ManagedBy") != MANAGER or "Repository" not in tags:
        raise StackSetNameTaken(
            f"StackSet {name} was not made by the deployer, so it is left alone; "
            f"rename the repository, or tag it ManagedBy={MANAGER} and Repository={repo} to hand it over"
        )
    if tags["Repository"] != repo:
        raise StackSetNameTaken(f"StackSet {name} belongs to the repository {tags['Repository']}, not to {repo}")
    return found


def create(name: str, build: Build, wanted: Mapping[str, Any], clients: Clients) -> None:
    """Make the StackSet; the token lets a second attempt find it. Raises TemplateInvalid."""
    tags = {"Environment": build.env, "Repository": build.repo, "ManagedBy": MANAGER}
    try:
        clients.cloudformation.create_stack_set(
            StackSetName=name,
            Description=bounded(f"{build.repo} in {build.env}, rolled out by aws-deployer", 200),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            ClientRequestToken=build.sk,
            **wanted,
        )
    except ClientError as error:
        if code_of(error) in ("NameAlreadyExistsException", "CreatedButModifiedException"):
            if find(name, build.repo, clients) is not None:
                return
        elif code_of(error) == "ValidationError":
            raise TemplateInvalid(bounded(str(error))) from error
        raise


def is_changed(found: Mapping[str, Any], release: Release, wanted: Mapping[str, Any]) -> bool:
    """Whether a release makes another StackSet of one.

    The text itself is compared: a digest kept as a tag would travel to every resource of every stack, and so be a
    change of all of them. Values of NoEcho parameters come back masked, so a release with one is always a change.
    ``managed_execution`` alone is no change, but part of the next.
    """
    has = {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])}
    return (
        not has_text(found.get("TemplateBody", ""), release.template.text)
        or any(has.get(name) != value for name, value in release.parameters.items())
        or sorted(found.get("Capabilities", [])) != sorted(release.capabilities)
        or found.get("AdministrationRoleARN") != wanted["AdministrationRoleARN"]
        or found.get("ExecutionRoleName") != wanted["ExecutionRoleName"]
    )


def has_text(body: str, text: str) -> bool:
    """Whether a StackSet's template is this text; CloudFormation answers ``?`` for what is not ASCII."""
    text = text.strip()
    return body.strip() in (text, text.encode("ascii", "replace").decode())


def _check(given: Mapping[str, str], declared: Mapping[str, Any]) -> None:
    """Refuse a value for a parameter that is not there. Raises ParametersInvalid, with the likely spelling."""
    for name in given:
        if name not in declared and name not in artifacts.STANDARD:
            close = difflib.get_close_matches(name, declared, 1)
            meant = f"did you mean {close[0]}?" if close else f"declared: {', '.join(sorted(declared)) or 'none'}"
            raise ParametersInvalid(f"the template declares no parameter {name}; {meant}")


def _declared(template: Template, clients: Clients) -> dict[str, str | None]:
    """The parameters of a template with their defaults, as CloudFormation reads it. Raises TemplateInvalid.

    The defaults are given with every request: what is left out, CloudFormation may take from before.
    """
    try:
        summary = clients.cloudformation.get_template_summary(TemplateURL=template.url)
    except ClientError as error:
        if is_transient(error) or code_of(error) != "ValidationError":
            raise
        raise TemplateInvalid(f"CloudFormation cannot read the template: {bounded(str(error))}") from error
    return {
        each["ParameterKey"]: None if each.get("NoEcho") else each.get("DefaultValue")
        for each in summary.get("Parameters", [])
    }
