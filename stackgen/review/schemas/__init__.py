"""What CloudFormation knows about each resource type: the provider schemas that cfn-lint brings along.

Their files are read without importing cfn-lint, one type when it is asked for. ``Schemas(region).get(type)`` answers
a ``TypeSchema``; ``governing`` says what a change of a property does to the resource, as far as its schema tells.
"""

from __future__ import annotations

from .effects import ABSENT, Effect, governing, strictest
from .files import SchemaFiles, installed
from .identity import identities, physical_name
from .registry import Schemas
from .type_schema import TypeSchema

__all__ = [
    "ABSENT",
    "Effect",
    "SchemaFiles",
    "Schemas",
    "TypeSchema",
    "governing",
    "identities",
    "installed",
    "physical_name",
    "strictest",
]
