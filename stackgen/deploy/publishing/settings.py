"""What a project publishes with its stacks.

    [tool.stackgen.stack.shop-stack.publish.api]        # a package, before the deployment
    module = "stacks.shop.package"          # has key(), where it lies, and package(), its bytes
    bucket = "{CodeBucket}"
    parameter = "CodeKey"                   # which parameter of the stack names its key

    [tool.stackgen.stack.shop-stack.publish.pages]      # a folder, after it
    folder = "pages"                        # all that is in it, below the project's folder
    bucket = "{PagesBucketName}"
    cache_control = "no-cache"              # the default; of pages, and of what has no digest in its name
    hashed = true                           # what pages ask for gets a name with a digest, and is kept for good
    distribution = "{DistributionId}"       # whose edges forget what was there before; none where that is empty

Words in braces are parameters and outputs of the stack, and env, region and account. A key that ends with a digest of
the package names one content for ever, so what is there already is not sent again; what lies there is taken for it by
the checksum that S3 has computed, and another content is replaced. So ``package()`` gives the same bytes each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.setting_forms import location_of
from stackgen.deploy.settings import filled, is_filled, names_of
from stackgen.environments import _known, _wrong
from stackgen.errors import ProjectError, UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.project import Project

FRESH = "no-cache"
_OF_FOLDERS = {"cache_control": "text", "hashed": "switch", "distribution": "text"}
_KEYS = {"module": "text", "folder": "text", "bucket": "text", "parameter": "text", **_OF_FOLDERS}


class Published(NamedTuple):
    """One thing that is published: a module's package, or a folder."""

    name: str
    bucket: str
    module: str = ""
    parameter: str = ""
    folder: Path = Path()
    cache_control: str = FRESH
    is_hashed: bool = False
    distribution: str = ""


def published(project: Project, template: str, name: str, words: Mapping[str, str]) -> Published:
    """What the settings of a stack say of it. Raises ProjectError, UsageError for a name that they do not have."""
    tables: dict[str, tuple[str, Any]] = {}
    for file in names_of(template):
        inner = project.tables.get("stack", {}).get(file, {}).get("publish", {})
        tables |= {key: (f"stack.{file}.publish.{key}", each) for key, each in inner.items()}
    if name not in tables:
        raise UsageError(
            f"the settings of {template} publish no {name!r}",
            likely(name, tables) or "[tool.stackgen.stack.NAME.publish.X] does",
        )
    place, table = tables[name]
    _known(project, place, table, _KEYS)
    outer, _, own = place.rpartition(".")
    if ("module" in table) == ("folder" in table) or "bucket" not in table:
        problem = f"{place} needs a bucket, and either a module or a folder"
        raise ProjectError(problem, location=location_of(project, outer, own))
    if "module" in table and (_OF_FOLDERS.keys() & table.keys() or "parameter" not in table):
        problem = f"{place} is a package: it needs a parameter, and has no {', '.join(_OF_FOLDERS)}"
        raise ProjectError(problem, location=location_of(project, outer, own))
    bucket = filled(project, place, "bucket", table["bucket"], words)
    if not is_filled(bucket):
        problem = f"{place}.bucket is {table['bucket']}, which has no value: the stack is not deployed, or not with it"
        raise ProjectError(problem, location=location_of(project, place, "bucket"))
    if "module" in table:
        return Published(name, bucket, table["module"], table["parameter"])
    folder = Path(project.root, table["folder"])
    if not folder.is_dir() or not folder.resolve().is_relative_to(Path(project.root).resolve()):
        raise _wrong(project, place, "folder", table["folder"], "a folder below the project's")
    said = {key: filled(project, place, key, table.get(key, ""), words) for key in ("cache_control", "distribution")}
    known = {key: text if is_filled(text) else "" for key, text in said.items()}
    return Published(
        name,
        bucket,
        folder=folder,
        cache_control=known["cache_control"] or FRESH,
        is_hashed=table.get("hashed", False),
        distribution=known["distribution"],
    )
