"""A user's repository: where its stacks stand, where its templates go.

Settings are ``[tool.stackgen]`` of ``pyproject.toml``, or the top level of ``stackgen.toml``:

    stacks = "stacks"                       # package of stack classes
    build = "build"                         # golden templates, committed
    regions = ["us-east-1", "eu-west-1"]    # regions that the templates must be valid in

The tables ``env`` and ``stack`` give values: see ``stackgen.environments``.
"""

from __future__ import annotations

import os
from pathlib import Path

from stackgen.records import NamedTuple

from .errors import OutputFileError, ProjectError, UsageError, likely, shown
from .inputs import FOLDER
from .remembered import recalled, remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

DEFAULT_REGIONS = ("us-east-1",)
TABLES = ("env", "stack")
_QUOTES = str.maketrans("", "", "\"'")
_SETTINGS: dict[str, type] = {"stacks": str, "build": str, "regions": list, "env": dict, "stack": dict}
_WORDS: dict[type, str] = {str: "a text", list: "a list of texts", dict: "a table"}


class Project(NamedTuple):
    """The settings of one repository, all paths absolute."""

    root: Path
    config: Path
    stacks: Path
    build: Path
    regions: tuple[str, ...] = DEFAULT_REGIONS
    tables: Mapping[str, Any] = {}
    """``env`` and ``stack`` as they are written."""

    @property
    def cache(self) -> Path:
        """Ignored folder of what can be made again."""
        return self.root / FOLDER

    def other_build(self, out: str) -> Path:
        """A folder that the user names for the templates, guarded like the setting ``build``.

        Raises UsageError for one that is the project's or its stacks', OutputFileError where a file is in the way.
        """
        if not out:
            raise UsageError("--out needs a value: a folder for the templates")
        folder = Path(os.path.abspath(out))  # noqa: PTH100  which resolves no links
        real = folder.resolve()
        for taken, what in ((self.stacks, "the folder of stacks"), (self.root, "the project's own folder")):
            if real == taken.resolve() or (taken is self.root and real in taken.resolve().parents):
                above = "" if real == taken.resolve() else "above "
                raise UsageError(f"--out {out!r} is {above}{what}", "a folder of its own was expected")
        for path in (folder, *folder.parents):
            if path.exists() and not path.is_dir():
                raise OutputFileError(
                    "is a file, but --out names a folder", "move it away, or name another", location=(str(path), 0)
                )
        return folder

    @classmethod
    def find(cls, start: Path | None = None, config: Path | None = None) -> Project:
        """The project of a folder: the nearest one above with settings. Raises ProjectError."""
        if config is not None:
            return cls._read(config.absolute())
        here = (start or Path.cwd()).absolute()
        without = None
        for folder in (here, *here.parents):
            own = folder / "stackgen.toml"
            if own.is_file():
                return cls._read(own)
            pyproject = folder / "pyproject.toml"
            if pyproject.is_file():
                if _table(pyproject) is not None:
                    return cls._read(pyproject)
                without = without or pyproject
        if without:
            raise _no_table(without)
        raise ProjectError(
            f"no project in {here}: no stackgen.toml, no pyproject.toml with [tool.stackgen], here or above",
            "run it in the repository, or name its file with --config FILE",
        )

    def with_settings(self, text: str) -> Project | None:
        """This project with the tables of another text of its settings; None where that has none, or is wrong."""
        import tomllib

        from .environments import environments_of, stack_parameters

        try:
            table = _table_of(tomllib.loads(text), self.config) or {}
            tables = {name: table.get(name, {}) for name in TABLES}
            if not tables["env"] or not all(isinstance(each, dict) for each in tables.values()):
                return None
            other = self._replace(tables=tables)
            environments_of(other)
            stack_parameters(other)
        except (tomllib.TOMLDecodeError, ProjectError):
            return None
        return other

    @classmethod
    def _read(cls, config: Path) -> Project:
        table = _table(config)
        if table is None:
            raise _no_table(config)
        for key, value in table.items():
            _check(config, key, value)
        root = config.parent
        stacks, build = (Path(os.path.normpath(root / table.get(key, key))) for key in ("stacks", "build"))
        if not stacks.is_dir():
            raise ProjectError(
                f"there is no folder {shown(str(stacks), str(root))}",
                "it holds the stack classes; another is named by the setting stacks",
                location=(str(config), line_of_setting(config, "stacks")),
            )
        if not stacks.name.isidentifier():
            raise ProjectError(
                f"stacks is {table['stacks']!r}, which Python cannot import",
                "the folder is a package: name it with letters, digits and '_'",
                location=(str(config), line_of_setting(config, "stacks")),
            )
        if build in (stacks, root, *root.parents):
            raise ProjectError(
                f"build is {table['build']!r}, but a folder of its own was expected",
                location=(str(config), line_of_setting(config, "build")),
            )
        tables = {name: table.get(name, {}) for name in TABLES}
        return cls(root, config, stacks, build, tuple(table.get("regions", DEFAULT_REGIONS)), tables)


def _check(config: Path, key: str, value: object) -> None:
    """One setting's name and type. Raises ProjectError."""
    expected = _SETTINGS.get(key)
    if expected is None:
        problem = f"unknown setting {key!r}"
        raise ProjectError(problem, likely(key, _SETTINGS), location=(str(config), line_of_setting(config, key)))
    parts = value if isinstance(value, list) else [] if isinstance(value, dict) else [value]
    of_texts = all(isinstance(part, str) and part for part in parts)
    if not isinstance(value, expected) or not value or not of_texts:
        problem = f"{key} is {value!r}, but {_WORDS[expected]} was expected"
        raise ProjectError(problem, location=(str(config), line_of_setting(config, key)))


def _no_table(config: Path) -> ProjectError:
    return ProjectError(
        "has no [tool.stackgen]",
        'add it: [tool.stackgen] with stacks = "stacks", the folder of the stack classes',
        location=(str(config), 0),
    )


def _table(config: Path) -> dict[str, Any] | None:
    try:
        content = config.read_bytes()
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", location=(str(config), 0)) from error
    root = str(config.parent)
    table = recalled(root, config.name, content)
    if table is None:
        table = _parsed(content, config)
        if table is not None:
            remember(root, config.name, content, table)
    return table


def _parsed(content: bytes, config: Path) -> dict[str, Any] | None:
    import re
    import tomllib  # takes half as long as Python itself

    try:
        text = content.decode().replace("\r\n", "\n").replace("\r", "\n")
        return _table_of(tomllib.loads(text), config)
    except UnicodeDecodeError as error:
        raise ProjectError(f"is not UTF-8: {error.reason}", location=(str(config), 0)) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = (str(config), int(at[1]) if at else 0)
        raise ProjectError(f"is not TOML: {error}", location=where) from error


def _table_of(content: dict[str, Any], config: Path) -> dict[str, Any] | None:
    if config.name != "pyproject.toml":
        return content
    tools = content.get("tool", {})
    table = tools.get("stackgen") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ProjectError(f"tool.stackgen is {table!r}, but a table was expected", location=(str(config), 0))
    return table


def line_of_setting(config: Path, key: str, inner: str = "") -> int:
    """The line of a setting; that of its table, or 0, where it is not written as ``key = value`` in it."""
    outer = "tool.stackgen" if config.name == "pyproject.toml" else ""
    table = ".".join(part for part in (outer, inner) if part)
    current = ""
    found = 0
    for number, line in enumerate(config.read_text("utf-8").splitlines(), 1):
        words = line.split("#")[0].strip()
        if words.startswith("["):
            current = words.strip("[] ").translate(_QUOTES)
            if f"{current}.".startswith(f"{table}.{key}."):
                return number
            found = number if current == table and inner else found
        elif current == table and words.split("=")[0].strip(" \"'") == key:
            return number
    return found
