"""Step Functions of the stand-in: state machines whose executions run on a virtual clock, within the limits of AWS.

The language is read and interpreted by moto. What moto leaves out or does otherwise than AWS is mended here, and each
mending names the page of the documentation that it follows.
"""

from stackgen.local.machines.lambdas import Invocation, Invoke
from stackgen.local.machines.service import StateMachines

__all__ = ["Invocation", "Invoke", "StateMachines"]
