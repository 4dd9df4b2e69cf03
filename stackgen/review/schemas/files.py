"""The files of the installed cfn-lint: where they are, and one of them read.

cfn-lint itself prefers a person's downloaded schemas to its own, so its answers differ between machines, and importing
it takes longer than everything that is wanted from it. Its files alone answer alike everywhere.
"""

from __future__ import annotations

import os
import sys

from stackgen.errors import MissingExtraError
from stackgen.jsontext import parsed

from .type_schema import TypeSchema, broken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["SchemaFiles", "installed"]


class SchemaFiles:
    """cfn-lint's folder ``data``; every file is read once, when it is asked for.

    ``schemas/providers/<region>.json`` says which types a region has, and in which file of ``schemas/resources`` each
    is described. Raises OutputFileError, which names the file, for one that is missing or broken.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._regions: list[str] | None = None
        self._types: dict[str, dict[str, str]] = {}
        self._schemas: dict[str, TypeSchema] = {}
        self._specifications: dict[str, dict[str, Any]] = {}

    def __repr__(self) -> str:
        return f"SchemaFiles({self.folder!r})"

    @property
    def version(self) -> str:
        """The date of the schemas, ``2026-10-20T22:11:15Z``."""
        content, path = self._read("schemas", "version.json")
        date = content.get("schema_date")
        if not isinstance(date, str):
            raise broken(path, "it has no schema_date")
        return date

    @property
    def regions(self) -> list[str]:
        """The regions that the schemas tell of, sorted."""
        if self._regions is None:
            path = self.path("schemas", "providers")
            try:
                files = os.listdir(path)  # noqa: PTH208  pathlib is not loaded here
            except OSError as error:
                raise broken(path, error.strerror or str(error)) from error
            names = {file.removesuffix(".json") for file in files if file.endswith(".json")}
            self._regions = sorted(names - {"sam"})  # the types of the SAM transform, which are of no region
        return self._regions

    def types(self, region: str) -> dict[str, str]:
        """The types of a region (or of ``sam``), and the names of their files."""
        found = self._types.get(region)
        if found is None:
            content, path = self._read("schemas", "providers", f"{region}.json")
            if not {str}.issuperset(map(type, content.values())):
                raise broken(path, "it does not map types to files")
            found = self._types[region] = content
        return found

    def schema(self, type_: str, file: str) -> TypeSchema:
        """A type as its file describes it."""
        found = self._schemas.get(file)
        if found is None:
            path = self.path("schemas", "resources", f"{file}.json")
            found = self._schemas[file] = TypeSchema(type_, _text(path), path)
        return found

    def specification(self, name: str) -> dict[str, Any]:
        """One of cfn-lint's additional tables: ``StatefulResources``, ``Policies``."""
        found = self._specifications.get(name)
        if found is None:
            found, _ = self._read("AdditionalSpecs", f"{name}.json")
            self._specifications[name] = found
        return found

    def path(self, *names: str) -> str:
        return os.path.join(self.folder, *names)  # noqa: PTH118  pathlib is not loaded here

    def _read(self, *names: str) -> tuple[dict[str, Any], str]:
        path = self.path(*names)
        try:
            content = parsed(_text(path))
        except ValueError as error:
            raise broken(path, str(error)) from error
        if not isinstance(content, dict):
            raise broken(path, "it holds no JSON object")
        return content, path


_installed: list[SchemaFiles] = []


def installed() -> SchemaFiles:
    """The files of the cfn-lint that this Python would import. Raises MissingExtraError without the extra ``lint``."""
    if not _installed:
        _installed.append(SchemaFiles(os.path.join(_package("cfnlint"), "data")))  # noqa: PTH118  pathlib is not loaded here
    return _installed[0]


def _package(name: str) -> str:
    """The folder of a package that is not imported: what importlib.util's find_spec does, without its own import."""
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None and spec.submodule_search_locations:
            return next(iter(spec.submodule_search_locations))
    raise MissingExtraError(
        "the provider schemas come with cfn-lint, which is not installed",
        "install the extra lint: pip install 'stackgen[lint]'",
    )


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  pathlib is not loaded here
            return file.read().decode()
    except OSError as error:
        raise broken(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise broken(path, str(error)) from error
