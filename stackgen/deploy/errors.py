"""How a deployment ends where it does not end well; each has its exit code.

StackgenError
├── WrongAccountError         exit code 1: the credentials are of another account than the environment
├── MissingStackError         exit code 1: there is no such stack to be looked at
├── RefusedChangeError        exit code 1: AWS makes no change set of it, and nothing was changed
├── StalePlanError            exit code 1: what a saved plan was made for is no longer so
├── BusyError                 exit code 7: another operation runs
├── NeedsPersonError          exit code 6: it failed, and somebody must decide
└── CutOffError               exit code 130: interrupted, while CloudFormation may go on
"""

from __future__ import annotations

from stackgen.errors import StackgenError


class WrongAccountError(StackgenError):
    """The credentials at hand are of another account than the project says."""


class MissingStackError(StackgenError):
    """There is no such stack."""


class RefusedChangeError(StackgenError):
    """AWS refuses what was planned before anything is done."""


class StalePlanError(StackgenError):
    """A saved plan is not carried out: something is not as it was when it was made."""


class BusyError(StackgenError):
    """Another operation runs on the stack."""

    exit_code = 7


class NeedsPersonError(StackgenError):
    """Nothing more can be done without a decision."""

    exit_code = 6


class CutOffError(StackgenError):
    """Somebody interrupted the command."""

    exit_code = 130
