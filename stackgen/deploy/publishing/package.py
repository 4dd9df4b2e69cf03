"""The package of a module of the project's, sent where it is missing, or where something else lies in its place."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy import objects
from stackgen.deploy.actions import Action
from stackgen.errors import ProjectError, StackgenError

if TYPE_CHECKING:
    from stackgen.deploy.executor import Executor
    from stackgen.project import Project

    from .settings import Published


def sent(what: Published, project: Project, account: str, s3: Any, executor: Executor) -> tuple[str, str]:
    """The key of the package, and what lay there: where it was not the package, it was sent.

    Raises ProjectError, and what AWS refuses.
    """
    module = _imported(what, project)
    try:
        key = module.key()
        owner = {"Bucket": what.bucket, "Key": key, "ExpectedBucketOwner": account}
        body = module.package()
        found = objects.looked(owner, body, s3)
    except (ClientError, StackgenError):
        raise
    except Exception as error:
        raise ProjectError(f"{what.module}, whose package is published, failed: {error}") from error
    if found != objects.SAME:
        executor.perform(Action("s3", "put_object", objects.put(owner, body), f"send {key} to {what.bucket}"))
    return key, found


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
