"""A user's repository: where its stacks stand, where its templates go.

Settings are ``[tool.stackgen]`` of ``pyproject.toml``, or the top level of ``stackgen.toml``:

    stacks = "stacks"                       # package of stack classes
    build = "build"                         # golden templates, committed
    regions = ["us-east-1", "eu-west-1"]    # regions that the templates must be valid in
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from .errors import ProjectError, likely

DEFAULT_REGIONS = ("us-east-1",)
_SETTINGS = {"stacks": str, "build": str, "regions": list}


class Project(NamedTuple):
    """The settings of one repository, all paths absolute."""

    root: Path
    config: Path
    stacks: Path
    build: Path
    regions: tuple[str, ...]

    @property
    def cache(self) -> Path:
        """Ignored folder of what can be made again."""
        return self.root / ".stackgen"

    @classmethod
    def find(cls, start: Path | None = None, config: Path | None = None) -> Project:
        """The project of a folder: the nearest one above with settings. Raises ProjectError."""
        if config is not None:
            return cls._read(config.absolute())
        here = (start or Path.cwd()).absolute()
        seen = None
        for folder in (here, *here.parents):
            own = folder / "stackgen.toml"
            if own.is_file():
                return cls._read(own)
            pyproject = folder / "pyproject.toml"
            if pyproject.is_file():
                seen = seen or pyproject
                if _table(pyproject) is not None:
                    return cls._read(pyproject)
        if seen:
            raise ProjectError(
                "has no [tool.stackgen]", 'add it: [tool.stackgen] with stacks = "stacks"', location=(str(seen), 0)
            )
        raise ProjectError(
            f"no project in {here}: neither stackgen.toml nor a pyproject.toml with [tool.stackgen], here or above",
            "run it in the repository, or name its file with --config FILE",
        )

    @classmethod
    def _read(cls, config: Path) -> Project:
        table = _table(config)
        if table is None:
            raise ProjectError("has no [tool.stackgen]", location=(str(config), 0))
        for key, value in table.items():
            expected = _SETTINGS.get(key)
            if expected is None:
                raise ProjectError(
                    f"unknown setting {key!r}", likely(key, _SETTINGS), location=(str(config), _line(config, key))
                )
            if not isinstance(value, expected):
                raise ProjectError(
                    f"{key} is {value!r}, a {expected.__name__} was expected", location=(str(config), _line(config, key))
                )
        root = config.parent
        regions = table.get("regions", list(DEFAULT_REGIONS))
        if not regions or not all(isinstance(region, str) for region in regions):
            raise ProjectError(
                f"regions is {regions!r}, a list of region names was expected",
                location=(str(config), _line(config, "regions")),
            )
        project = cls(
            root, config, root / table.get("stacks", "stacks"), root / table.get("build", "build"), tuple(regions)
        )
        if not project.stacks.is_dir():
            raise ProjectError(
                f"there is no folder {project.stacks.relative_to(root) if project.stacks.is_relative_to(root) else project.stacks}",
                "it holds the stack classes; another is named by the setting stacks",
                location=(str(config), _line(config, "stacks")),
            )
        return project


def _table(config: Path) -> dict[str, Any] | None:
    try:
        content = tomllib.loads(config.read_text("utf-8"))
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", location=(str(config), 0)) from error
    except UnicodeDecodeError as error:
        raise ProjectError(f"is not UTF-8: {error.reason}", location=(str(config), 0)) from error
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"is not TOML: {error}", location=(str(config), 0)) from error
    if config.name != "pyproject.toml":
        return content
    table = content.get("tool", {}).get("stackgen")
    if table is not None and not isinstance(table, dict):
        raise ProjectError(f"tool.stackgen is {table!r}, a table was expected", location=(str(config), 0))
    return table


def _line(config: Path, key: str) -> int:
    lines = config.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.split("=")[0].strip() == key), 0)
