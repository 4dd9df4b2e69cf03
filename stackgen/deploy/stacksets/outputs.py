"""What the stacks of a StackSet put out, as far as it may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deploy.stacks import find

if TYPE_CHECKING:
    from stackgen.deployer.handlers.inputs import Pair

    from .failures import Reader
    from .rollout import Outcome

MOST = 100
"""Stacks whose outputs are read; each takes a call in its account."""


def outputs_of(ended: Outcome, reader: Reader) -> dict[Pair, dict[str, str]]:
    """The outputs of the stacks that are well; one whose account lets nobody in has none."""
    outputs = {}
    for pair in ended.well[:MOST]:
        try:
            client = reader(pair)
            state = find(ended.stack_ids[pair], client) if client is not None else None
        except (ClientError, BotoCoreError):
            continue
        if state is not None and state.outputs:
            outputs[pair] = dict(state.outputs)
    return outputs
