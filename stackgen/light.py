"""A lighter troposphere: cfn-flip, with PyYAML behind it, loads when YAML is asked for.

troposphere imports cfn-flip for ``Template.to_yaml()`` alone, and that is more than half of its own import time. A
placeholder stands in ``sys.modules`` until an attribute of it is read; whoever then wants YAML gets the real module.
(The standard library's LazyLoader does not do: the import statement itself reads an attribute, and so loads it.)
Import this module before troposphere; after it, it changes nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

NAME = "cfn_flip"


class _Later(ModuleType):
    """Becomes the real module at the first question that only the real one can answer."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name not in ("__path__", "__all__", "__version__"):
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        real = import_module(NAME)
        self.__dict__.update(real.__dict__)
        found: object = getattr(real, name)
        return found


def _put_off() -> None:
    if NAME in sys.modules or "troposphere" in sys.modules:
        return
    spec = find_spec(NAME)
    if spec is not None:  # if it is missing, troposphere will say so
        later = _Later(NAME)
        later.__spec__ = spec
        later.__loader__ = spec.loader
        later.__file__ = spec.origin
        sys.modules[NAME] = later


_put_off()
