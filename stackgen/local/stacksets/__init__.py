"""StackSets as AWS runs them: operations that take time, fail in part, conflict, queue and honour preferences."""

from stackgen.local.stacksets.accounts import Accounts
from stackgen.local.stacksets.service import StackSets
from stackgen.local.stacksets.sets import Quotas
from stackgen.local.stacksets.stacks import Durations, Outcome, StackRequest, Stacks

__all__ = ["Accounts", "Durations", "Outcome", "Quotas", "StackRequest", "StackSets", "Stacks"]
