"""What the role that deploys a build must be allowed to do, from the handlers of the provider schemas.

A handler's list says what CloudFormation calls on the role's behalf to create, read, update, delete and list a type.
It says nothing of the resources that it is called on, so the documents allow the actions on all: they are where a
deploying role starts, and are narrowed from. What it takes to start the deployment itself, such as
``cloudformation:CreateStack`` of the root and the upload of the templates, belongs to whoever starts it.
"""

from __future__ import annotations

from .delta import Change, Delta, delta
from .documents import INLINE_OF_ROLE, MANAGED_POLICY, POLICIES_OF_ROLE, documents, size
from .needs import Permissions, handed_roles, needed
from .rendering import as_dict, as_markdown, as_text, delta_as_dict, delta_as_markdown, delta_as_text

__all__ = [
    "INLINE_OF_ROLE",
    "MANAGED_POLICY",
    "POLICIES_OF_ROLE",
    "Change",
    "Delta",
    "Permissions",
    "as_dict",
    "as_markdown",
    "as_text",
    "delta",
    "delta_as_dict",
    "delta_as_markdown",
    "delta_as_text",
    "documents",
    "handed_roles",
    "needed",
    "size",
]
