"""Task tokens: how tasks of an execution wait for somebody to call back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from stackgen.local.machines.places import part


class Tokens:
    """Stands where the interpreter keeps the callbacks of one execution; *registry* holds those of all.

    A token stays known after its task ended, for the caller is told that he comes too late, not that he is wrong.
    """

    def __init__(self, registry: dict[str, Any]) -> None:
        self._registry = registry
        self._own: list[str] = []

    def add(self, token: str) -> Any:
        endpoint = _endpoint_type()(callback_id=token)
        self._registry[token] = endpoint
        self._own.append(token)
        return endpoint

    def get(self, token: str) -> Any:
        return self._registry.get(token)

    def close(self) -> None:
        """Wake every task that waits; the execution has ended."""
        for token in self._own:
            if not self._registry[token].closed:
                self._registry[token].interrupt_all()

    def forget(self) -> None:
        for token in self._own:
            del self._registry[token]
        self._own.clear()


@lru_cache(maxsize=1)
def _endpoint_type() -> type:
    base: Any = part("eval.callback.callback", "CallbackEndpoint")

    class Endpoint(base):  # type: ignore[misc] # a base that is found at run time
        """A token that knows whether its task still waits."""

        closed = False

        def interrupt_all(self) -> None:
            self.closed = True
            super().interrupt_all()

        def notify(self, outcome: Any) -> None:
            self.closed = True
            super().notify(outcome)

    return Endpoint


def renew(state: Any, env: Any) -> None:
    """Give a task that is tried again a new token; the interpreter would hand it the outcome of the try before."""
    data = env.states.context_object.context_object_data
    if "Task" not in data or not getattr(state, "_is_integration_pattern", bool)():
        return
    endpoint = env.callback_pool_manager.get(data["Task"]["Token"])
    if endpoint is not None and endpoint.closed:
        env.callback_pool_manager.add(env.states.context_object.update_task_token())
