"""How a Choice decides, where the interpreter decides otherwise than AWS.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html: a variable that is not there fails the
execution; only IsPresent may ask for it. The interpreter takes such a rule for one that does not match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.machines.matching import RUNTIME
from stackgen.local.machines.places import part
from stackgen.local.machines.running import failure

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPARISON = "component.state.choice.comparison."


class NoSuchVariable(Exception):
    """A rule looks at something that is not there."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def compare(comparison: Any, env: Any) -> None:
    """Stands where the interpreter evaluates a variable and an operator, in a rule or within And, Or and Not.

    :raises NoSuchVariable: which :func:`decides` tells as AWS does.
    """
    missing = part("utils.json_path", "NoSuchJsonPathError")
    function = comparison.comparison_function
    comparison.variable.eval(env)
    if isinstance(env.stack[-1], part(_COMPARISON + "variable", "NoSuchVariable")):
        types = part(_COMPARISON + "comparison_operator_type", "ComparisonOperatorType")
        if function.operator_type is not types.IsPresent:
            raise NoSuchVariable(comparison.variable.string_sampler.literal_value)
    try:
        function.eval(env)
    except missing as error:  # what it is compared with
        raise NoSuchVariable(error.json_path) from error


def decides(before: Callable[..., Any]) -> Callable[..., Any]:
    """What stands where the interpreter, *before*, finds the rule that matches.

    The cause of a missing variable is worded as AWS words it; assumed: so is that of a missing path to compare with.
    """

    def eval_state(state: Any, env: Any) -> None:
        try:
            before(state, env)
        except NoSuchVariable as error:
            cause = f"Invalid path '{error.path}': The choice state's condition path references an invalid value."
            raise failure(env, RUNTIME, cause) from error
        except RuntimeError as error:
            if state.default_state is not None:
                raise
            cause = f"No choice rule of the state '{state.name}' matched, and it has no Default."
            raise failure(env, "States.NoChoiceMatched", cause) from error

    return eval_state
