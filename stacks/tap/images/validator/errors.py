"""What a validation that came to no verdict raises; a caller may ask again.

ValidatorError
├── SettingInvalid           an environment variable is missing or unfit
├── ParametersUnavailable    Parameter Store did not say where the database is, or how to enter
├── SessionsUnavailable      the session table did not answer
├── DatabaseUnavailable      no connection, or a lost one, also after some attempts
├── DatabaseRefused          the database said no, and would again: password, certificate, right, schema
├── AuditUnavailable         the audit log took nothing; the transaction is in the database
└── Unexpected               a mistake of ours; its message names the place, and no value
"""

from __future__ import annotations


class ValidatorError(Exception):
    """Base of all; a message holds no secret and nothing that a caller sent."""


class SettingInvalid(ValidatorError):
    """The function is not set up as it must be."""


class ParametersUnavailable(ValidatorError):
    """Parameter Store could not be read."""


class SessionsUnavailable(ValidatorError):
    """The session table could not be read."""


class DatabaseUnavailable(ValidatorError):
    """The database cannot be reached now."""


class DatabaseRefused(ValidatorError):
    """The database will not do it, however often it is asked."""


class AuditUnavailable(ValidatorError):
    """The audit object could not be written; asking again writes it."""


class Unexpected(ValidatorError):
    """Something that nobody thought of."""
