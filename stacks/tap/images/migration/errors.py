"""What a migration fails with; its message is what CloudFormation shows, and holds no secret.

MigrationError
├── RequestInvalid        CloudFormation's request lacks something
├── SettingInvalid        an environment variable is missing
├── PasswordUnavailable   Parameter Store did not give the password
├── SourcesInvalid        a SQL file is none that may be run
├── HistoryChanged        a file was changed after it ran
├── DatabaseUnavailable   no connection, until the time was up
├── DatabaseRefused       the database said no, and would again: password, certificate, rights
├── LockHeld              another migration runs, and did not end in time
├── StatementFailed       names the file, the statement and the database's words
├── OutOfTime             the function would be stopped before it could answer
└── AnswerLost            CloudFormation could not be told
"""

from __future__ import annotations


class MigrationError(Exception):
    """Base of all."""


class RequestInvalid(MigrationError):
    """The request is none that can be served."""


class SettingInvalid(MigrationError):
    """The function is not set up as it must be."""


class PasswordUnavailable(MigrationError):
    """Parameter Store could not be read."""


class SourcesInvalid(MigrationError):
    """The SQL files are not as they must be."""


class HistoryChanged(MigrationError):
    """What the database remembers is not what the files say."""


class DatabaseUnavailable(MigrationError):
    """The database cannot be reached now."""


class DatabaseRefused(MigrationError):
    """The database will not do it, however often it is asked."""


class LockHeld(MigrationError):
    """Somebody else migrates."""


class StatementFailed(MigrationError):
    """A statement of a file failed; ``number`` is MySQL's of the error."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


class OutOfTime(MigrationError):
    """There is just time to say so."""


class AnswerLost(MigrationError):
    """The answer did not arrive."""
