"""What the shared part raises. No message holds a token, a password, or what another service answered.

SmartStreamError
├── SettingInvalid          the environment's variables are missing or unfit
├── NoTokens                nobody has linked this environment with Yoto yet
├── RefreshRuns             somebody else refreshes the tokens at this moment
├── YotoRefused             Yoto answered, and did not do what it was asked
└── YotoUnreachable         Yoto did not answer, however often it was asked
"""

from __future__ import annotations


class SmartStreamError(Exception):
    """Base of all."""


class SettingInvalid(SmartStreamError):
    """All that is wrong with the environment's variables, in one message."""


class NoTokens(SmartStreamError):
    """There is nothing to refresh."""


class RefreshRuns(SmartStreamError):
    """Two refreshes with one token would each spoil the other's."""


class YotoRefused(SmartStreamError):
    """The tokens are not good any more, or the request was not."""


class YotoUnreachable(SmartStreamError):
    """It may be there again later."""
