"""YAML templates, through cfn-flip: short forms such as ``!Sub`` become what JSON would say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from stackgen.errors import OutputFileError

MOST_NODES = 2_000_000
"""Far above what 1 MB of template holds; a file whose aliases multiply beyond it is refused."""


def parse_yaml(text: str, path: str) -> Any:
    """The content of one YAML file, in plain dicts, lists and scalars. Raises OutputFileError."""
    import cfn_flip
    import yaml

    try:
        return _Plain(path).plain(cfn_flip.load_yaml(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split())
        raise OutputFileError(f"is not YAML: {problem}", location=(path, mark.line + 1 if mark else 0)) from error
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as error:
        problem = " ".join(str(error).split())
        raise OutputFileError(f"is not YAML: {problem}", location=(path, 0)) from error
    except RecursionError as error:
        raise OutputFileError("is nested too deeply to be a template", location=(path, 0)) from error


class _Plain:
    """Copies what PyYAML made, so that no alias is shared and no type of its own is left."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._left = MOST_NODES

    def plain(self, value: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise OutputFileError(
                f"has more than {MOST_NODES:,} values; do its aliases multiply?", location=(self._path, 0)
            )
        if isinstance(value, dict):
            return {_text(key): self.plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.plain(each) for each in value]
        if isinstance(value, dt.date):
            return value.isoformat()
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _text(key: Any) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return key if isinstance(key, str) else str(key)
