"""The package of a module of the project's, sent where it is missing."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy.actions import Action
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import ProjectError, StackgenError

if TYPE_CHECKING:
    from stackgen.deploy.executor import Executor
    from stackgen.project import Project

    from .settings import Published

_MISSING = ("404", "NoSuchKey", "NotFound")


def sent(what: Published, project: Project, account: str, s3: Any, executor: Executor) -> tuple[str, bool]:
    """The key of the package, and whether it had to be sent. Raises ProjectError, and what AWS refuses."""
    module = _imported(what, project)
    try:
        key = module.key()
        owner = {"Bucket": what.bucket, "Key": key, "ExpectedBucketOwner": account}
        if _is_there(owner, s3):
            return key, False
        body = module.package()
    except (ClientError, StackgenError):
        raise
    except Exception as error:
        raise ProjectError(f"{what.module}, whose package is published, failed: {error}") from error
    executor.perform(Action("s3", "put_object", {**owner, "Body": body}, f"send {key} to {what.bucket}"))
    return key, True


def _imported(what: Published, project: Project) -> Any:
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    try:
        module = import_module(what.module)
    except ImportError as error:
        raise ProjectError(f"{what.module}, whose package is published, cannot be imported: {error}") from error
    for name in ("key", "package"):
        if not callable(getattr(module, name, None)):
            raise ProjectError(f"{what.module} has no function {name}", "key() says where, package() gives the bytes")
    return module


def _is_there(owner: dict[str, str], s3: Any) -> bool:
    try:
        s3.head_object(**owner)
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        return False
    return True
