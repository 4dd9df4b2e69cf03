"""What the janitor raises; the alarm on its errors tells somebody.

JanitorError
├── SettingInvalid      an environment variable is missing or unfit
└── SnapshotsLeft       some that are due could not be deleted
"""

from __future__ import annotations


class JanitorError(Exception):
    """Base of both."""


class SettingInvalid(JanitorError):
    """The function is not set up as it must be."""


class SnapshotsLeft(JanitorError):
    """RDS did not delete all that it was asked to delete; the next run tries again."""
