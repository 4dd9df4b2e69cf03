"""What a bucket's policy denies of deletions: to whom, it says, and to whoever asks with that role.

Permissions are not enforced here otherwise. This one is, because a bucket that protects what is in it has to be emptied
by a role that its policy names, or its stack is never deleted.

Source: AmazonS3/latest/userguide/security_iam_service-with-iam.html; IAM User Guide, "Policy evaluation logic".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from stackgen.local import wire
from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.gateway import Gateway
    from stackgen.local.wire import Call, Response

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_OF_THE_BODY = ("content-md5", "content-length", "x-amz-content-sha256", "x-amz-checksum-", "x-amz-sdk-checksum-")
"""Headers that say something of a body, which is another one where a part of it is denied."""


class BucketPolicies:
    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def join(self, gateway: Gateway) -> None:
        gateway.surround("s3", {"DeleteObject": self._one, "DeleteObjects": self._many})

    def _one(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        refused = self._refused(call, call.parameters["Key"], call.parameters.get("VersionId"))
        if refused:
            raise ServiceError("AccessDenied", refused, 403)
        return forward(call)

    def _many(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """Each object by itself: the answer names those that stay."""
        errors, left = [], []
        for each in call.parameters["Delete"]["Objects"]:
            refused = self._refused(call, each["Key"], each.get("VersionId"))
            if refused:
                errors.append({**each, "Code": "AccessDenied", "Message": refused})
            else:
                left.append(each)
        if not errors:
            return forward(call)
        told = wire.read(call, forward(_reduced(call, left))) if left else {}
        return wire.answer(call, {**told, "Errors": [*told.get("Errors", []), *errors]})

    def _refused(self, call: Call, key: str, version: str | None) -> str:
        """Why the policy of the bucket does not let the caller delete an object; nothing where it does."""
        from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
        from ministack.services import s3

        bucket = call.parameters["Bucket"]
        owner = s3._bucket_owner_account(bucket)
        policy = s3._bucket_policies.get_scoped(owner, None, bucket) if owner else None
        if not policy:
            return ""
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        resource = f"arn:aws:s3:::{bucket}/{key}"
        who, kind = self._principal(call)
        with self._embedded.scope(call.account, call.region):
            asked = EvalContext(
                principal_arn=who,
                principal_type=kind,
                principal_account=call.account,
                action=action,
                resource_arn=resource,
                region=call.region,
                secure_transport=True,  # AWS is reached by TLS, whatever leads to this stand-in
            )
            if evaluate_resource_policy(policy, asked).decision != "Deny":
                return ""
        return (
            f'User: {who} is not authorized to perform: {action} on resource: "{resource}" '
            "with an explicit deny in a resource-based policy"
        )

    def _principal(self, call: Call) -> tuple[str, str]:
        """``aws:PrincipalArn`` of the caller: of a session its role, else the account itself."""
        from ministack.services import iam, sts

        signed = wire.signature(call.request)
        session: Mapping[str, Any] = sts._sessions.get(signed.access_key if signed else "") or {}
        kind, _, name = str(session.get("Arn", "")).rpartition(":")[2].partition("/")
        if kind != "assumed-role":
            return f"arn:aws:iam::{call.account}:root", "Root"
        role = name.partition("/")[0]
        known = iam._roles.get_scoped(call.account, None, role) or {}
        return str(known.get("Arn", f"arn:aws:iam::{call.account}:role/{role}")), "AssumedRole"


def _reduced(call: Call, objects: list[dict[str, str]]) -> Call:
    """The same call for some of its objects."""
    root = ET.Element("Delete", xmlns=_NAMESPACE)
    for each in objects:
        element = ET.SubElement(root, "Object")
        for name in ("Key", "VersionId"):
            if name in each:
                ET.SubElement(element, name).text = each[name]
    ET.SubElement(root, "Quiet").text = str(bool(call.parameters["Delete"].get("Quiet"))).lower()
    headers = {name: value for name, value in call.request.headers.items() if not name.startswith(_OF_THE_BODY)}
    path = f"/{quote(call.parameters['Bucket'])}"
    request = replace(call.request, body=ET.tostring(root), headers=headers, path=path)
    return replace(call, request=request, _parameters=None)
