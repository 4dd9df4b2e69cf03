"""What makes two resources of a type the same one: the properties by which a template names it.

CloudFormation makes the new resource before it deletes the old one, so a replacement fails where the new one would
have the identity of the old: a physical name that the template chooses, and keeps.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .pointers import Pointer
    from .type_schema import TypeSchema

__all__ = ["identities", "physical_name"]


def identities(schema: TypeSchema) -> tuple[tuple[Pointer, ...], ...]:
    """The sets of properties each of which, as a whole, belongs to one resource alone.

    A property that AWS writes, or that changes in place, takes no part. A property that the template does not set gets
    a value of AWS's, so a set counts only where the template gives all of it. First the primary identifier, then the
    further ones, then the physical name where the schema identifies the resource by an ARN or ID.
    """
    name = physical_name(schema)
    found = [
        identifier
        for identifier in (schema.primary_identifier, *schema.additional_identifiers)
        if identifier and all(_is_chosen(schema, pointer) for pointer in identifier)
    ]
    if name is not None and not any(name in identifier for identifier in found):
        found.append((name,))
    return tuple(dict.fromkeys(found))


def physical_name(schema: TypeSchema) -> Pointer | None:
    """The property that carries the resource's own name; None where there is none, or it need not be unique."""
    from stackgen.physical_names import PHYSICAL_NAMES  # a large table, for one question

    rule = PHYSICAL_NAMES.get(schema.type)
    if rule is not None:
        name = (rule.property,)
        return name if _is_chosen(schema, name) else None
    if len(schema.primary_identifier) == 1 and _is_chosen(schema, schema.primary_identifier[0]):
        return schema.primary_identifier[0]
    return None


def _is_chosen(schema: TypeSchema, pointer: Pointer) -> bool:
    return pointer in schema.create_only and pointer not in schema.read_only
