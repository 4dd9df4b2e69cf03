"""What refuses a StackSet before anything is done.

StackgenError
└── StackSetError             exit code 1: it cannot be rolled out like this, and nothing was changed
"""

from __future__ import annotations

from stackgen.errors import StackgenError


class StackSetError(StackgenError):
    """A StackSet that cannot be rolled out as the project says, or that is not the project's."""
