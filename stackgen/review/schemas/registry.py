"""The resource types of one region."""

from __future__ import annotations

from stackgen.errors import UsageError, likely

from .files import SchemaFiles, installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .type_schema import TypeSchema

__all__ = ["CUSTOM_RESOURCE", "Schemas"]

CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"
_FIRST = "us-east-1"
_SERVERLESS = "AWS::Serverless::"


class Schemas:
    """The provider schemas as one region has them. Raises UsageError for a region that they do not tell of."""

    def __init__(self, region: str = _FIRST, files: SchemaFiles | None = None) -> None:
        self.files = files or installed()
        if region not in self.files.regions:
            raise UsageError(f"the provider schemas tell of no region {region!r}", likely(region, self.files.regions))
        self.region = region
        self._found: dict[str, TypeSchema | None] = {}

    def __repr__(self) -> str:
        return f"Schemas({self.region!r})"

    @property
    def version(self) -> str:
        """The date of the schemas; a report shows it."""
        return self.files.version

    def types(self) -> list[str]:
        """The types of the region, sorted."""
        return sorted(self.files.types(self.region))

    def get(self, type_: str) -> TypeSchema | None:
        """A type's schema; None for one that no region has, such as a private type or a module.

        A region that lacks a type may have got it since, so the schema of another region answers then: whether the
        region has it is a question for ``available``. A ``Custom::`` type is a custom resource.
        """
        if type_ not in self._found:
            self._found[type_] = self._read(normal(type_))
        return self._found[type_]

    def _read(self, name: str) -> TypeSchema | None:
        for types in self._lists(name):
            file = types.get(name)
            if file is not None:
                return self.files.schema(name, file)
        return None

    def available(self, type_: str, region: str | None = None) -> bool | None:
        """Whether a region (this one, if none is named) has a type; None where the schemas do not tell.

        For the regions of some partitions cfn-lint has no list of their own but a copy of us-east-1's, and about types
        that are in no list at all, or not AWS's, nothing is known; those of SAM are its transform's, not a region's.
        """
        name = normal(type_)
        if name.startswith(_SERVERLESS):
            return None
        there = self.files.types(region) if region is not None and region in self.files.regions else {}
        if region is None:
            region, there = self.region, self.files.types(self.region)
        if not there or (region != _FIRST and there == self.files.types(_FIRST)):
            return None
        if name in there:
            return True
        return False if any(name in types for types in self._lists(name)) else None

    def _lists(self, type_: str) -> Iterator[dict[str, str]]:
        """Where a type may be listed, this region first; about a type that is not AWS's, no file is read in vain."""
        yield self.files.types(self.region)
        if type_.startswith(_SERVERLESS):
            yield self.files.types("sam")
        elif type_.startswith(("AWS::", "AMZN::", "Alexa::")):
            yield self.files.types(_FIRST)
            for region in self.files.regions:
                yield self.files.types(region)


def normal(type_: str) -> str:
    """The type under which the schemas list it."""
    return CUSTOM_RESOURCE if type_.startswith("Custom::") else type_
