# ruff: noqa: PTH100, PTH109, PTH112, PTH113, PTH118, PTH119, PTH120, PTH123 # pathlib is slow to import
# pathlib is slow to import
"""A user's repository: where its stacks stand, where its templates go.

Settings are ``[tool.stackgen]`` of ``pyproject.toml``, or the top level of ``stackgen.toml``:

    stacks = "stacks"                       # package of stack classes
    build = "build"                         # golden templates, committed
    regions = ["us-east-1", "eu-west-1"]    # regions that the templates must be valid in

The tables ``env`` and ``stack`` give values: see ``stackgen.environments``; ``stackset`` says what goes out to many
accounts and regions: see ``stackgen.deploy.stacksets.settings``; ``ephemeral`` what comes and goes with pull requests:
see ``stackgen.deploy.environments.settings``.
"""

from __future__ import annotations

import os

from stackgen.records import NamedTuple

from .errors import OutputFileError, ProjectError, UsageError, likely, shown
from .hashing import FOLDER
from .remembered import recalled, remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

DEFAULT_REGIONS = ("us-east-1",)
TABLES = ("env", "stack", "stackset", "image", "ephemeral", "profiles")
_QUOTES = str.maketrans("", "", "\"'")
_SETTINGS: dict[str, type] = {
    "stacks": str, "build": str, "regions": list, "env": dict, "stack": dict, "stackset": dict,
    "image": dict, "ephemeral": dict, "profiles": dict,
}  # fmt: skip
_WORDS: dict[type, str] = {str: "a text", list: "a list of texts", dict: "a table"}


class Project(NamedTuple):
    """The settings of one repository, all paths absolute; as texts too, for pathlib is slow to load."""

    root_path: str
    config_path: str
    stacks_path: str
    build_path: str
    regions: tuple[str, ...] = DEFAULT_REGIONS
    tables: Mapping[str, Any] = {}
    """``env``, ``stack``, ``stackset``, ``image`` and ``ephemeral`` as they are written."""
    commit: str = ""
    """The commit that these settings were read from, and that the files which they name are read from."""
    made_from: Mapping[str, str] = {}
    """The tables of those environments that have none of their own."""

    def table_of(self, environment: str) -> str:
        """The table whose settings an environment has: ``env.prod``."""
        return self.made_from.get(environment, f"env.{environment}")

    @property
    def root(self) -> Path:
        """The folder that holds the settings."""
        return _path(self.root_path)

    @property
    def config(self) -> Path:
        """The file of the settings."""
        return _path(self.config_path)

    @property
    def stacks(self) -> Path:
        """The folder of the stack classes."""
        return _path(self.stacks_path)

    @property
    def build(self) -> Path:
        """The folder of the templates."""
        return _path(self.build_path)

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
        folder = _path(os.path.abspath(out))  # which resolves no links
        real = folder.resolve()
        stacks, root = self.stacks.resolve(), self.root.resolve()
        for taken, what in ((stacks, "the folder of stacks"), (root, "the project's own folder")):
            if real == taken or (taken is root and real in taken.parents):
                above = "" if real == taken else "above "
                raise UsageError(f"--out {out!r} is {above}{what}", "a folder of its own was expected")
        for path in (folder, *folder.parents):
            if path.exists() and not path.is_dir():
                raise OutputFileError(
                    "is a file, but --out names a folder", "move it away, or name another", location=(str(path), 0)
                )
        return folder

    @property
    def profiles(self) -> dict[str, str]:
        """What stacks are for: a profile by system, file or ``system/file``; checked by ``discover``."""
        return dict(self.tables.get("profiles", {}))

    @classmethod
    def find(cls, start: Path | None = None, config: Path | str | None = None) -> Project:
        """The project of a folder: the nearest one above with settings. Raises ProjectError."""
        if config is not None:
            return cls._read(str(_path(config).absolute()))
        here = str(start.absolute()) if start else os.getcwd()
        without = None
        for folder in (here, *_above(here)):
            own = os.path.join(folder, "stackgen.toml")
            if os.path.isfile(own):
                return cls._read(own)
            pyproject = os.path.join(folder, "pyproject.toml")
            if os.path.isfile(pyproject):
                if _table(pyproject) is not None:
                    return cls._read(pyproject)
                without = without or pyproject
        if without:
            raise _no_table(without)
        raise ProjectError(
            f"no project in {here}: no stackgen.toml, no pyproject.toml with [tool.stackgen], here or above",
            "run it in the repository, or name its file with --config FILE",
        )

    def with_settings(self, text: str, commit: str = "") -> Project | None:
        """This project with the tables of another text of its settings; None where that has none, or is wrong.

        ``commit`` is the one that the text is of.
        """
        import tomllib

        from .environments import environments_of, stack_parameters

        try:
            table = _table_of(tomllib.loads(text), self.config_path) or {}
            tables = {name: table.get(name, {}) for name in TABLES}
            if not tables["env"] or not all(isinstance(each, dict) for each in tables.values()):
                return None
            other = self._replace(tables=tables, commit=commit)
            environments_of(other)
            stack_parameters(other)
        except (tomllib.TOMLDecodeError, ProjectError):
            return None
        return other

    @classmethod
    def _read(cls, config: str) -> Project:
        table = _table(config)
        if table is None:
            raise _no_table(config)
        for key, value in table.items():
            _check(config, key, value)
        root = os.path.dirname(config)
        stacks, build = (os.path.normpath(os.path.join(root, table.get(key, key))) for key in ("stacks", "build"))
        if not os.path.isdir(stacks):
            raise ProjectError(
                f"there is no folder {shown(stacks, root)}",
                "it holds the stack classes; another is named by the setting stacks",
                location=(config, line_of_setting(config, "stacks")),
            )
        if not os.path.basename(stacks).isidentifier():
            raise ProjectError(
                f"stacks is {table['stacks']!r}, which Python cannot import",
                "the folder is a package: name it with letters, digits and '_'",
                location=(config, line_of_setting(config, "stacks")),
            )
        if build in (stacks, root, *_above(root)):
            raise ProjectError(
                f"build is {table['build']!r}, but a folder of its own was expected",
                location=(config, line_of_setting(config, "build")),
            )
        tables = {name: table.get(name, {}) for name in TABLES}
        return cls(root, config, stacks, build, tuple(table.get("regions", DEFAULT_REGIONS)), tables)


def _path(path: Path | str) -> Path:
    from pathlib import Path

    return Path(path)


def _above(folder: str) -> Iterator[str]:
    """The folders above one, the nearest first."""
    while (above := os.path.dirname(folder)) != folder:
        yield above
        folder = above


def _check(config: str, key: str, value: object) -> None:
    """One setting's name and type. Raises ProjectError."""
    expected = _SETTINGS.get(key)
    if expected is None:
        problem = f"unknown setting {key!r}"
        raise ProjectError(problem, likely(key, _SETTINGS), location=(config, line_of_setting(config, key)))
    parts = value if isinstance(value, list) else [] if isinstance(value, dict) else [value]
    of_texts = all(isinstance(part, str) and part for part in parts)
    if not isinstance(value, expected) or not value or not of_texts:
        is_empty = isinstance(value, expected) and not value
        found = "empty" if is_empty else repr(value)
        problem = f"{key} is {found}, but {_WORDS[expected]} was expected"
        raise ProjectError(problem, location=(config, line_of_setting(config, key)))


def _no_table(config: str) -> ProjectError:
    return ProjectError(
        "has no [tool.stackgen]",
        'add it: [tool.stackgen] with stacks = "stacks", the folder of the stack classes',
        location=(config, 0),
    )


def _table(config: str) -> dict[str, Any] | None:
    try:
        with open(config, "rb") as file:
            content = file.read()
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", location=(config, 0)) from error
    root, name = os.path.split(config)
    table = recalled(root, name, content)
    if table is None:
        table = _parsed(content, config)
        if table is not None:
            remember(root, name, content, table)
    return table


def _parsed(content: bytes, config: str) -> dict[str, Any] | None:
    import re
    import tomllib  # takes half as long as Python itself

    try:
        text = content.decode().replace("\r\n", "\n").replace("\r", "\n")
        return _table_of(tomllib.loads(text), config)
    except UnicodeDecodeError as error:
        raise ProjectError(f"is not UTF-8: {error.reason}", location=(config, 0)) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = (config, int(at[1]) if at else 0)
        raise ProjectError(f"is not TOML: {error}", location=where) from error


def _table_of(content: dict[str, Any], config: str) -> dict[str, Any] | None:
    if os.path.basename(config) != "pyproject.toml":
        return content
    tools = content.get("tool", {})
    table = tools.get("stackgen") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ProjectError(f"tool.stackgen is {table!r}, but a table was expected", location=(config, 0))
    return table


def line_of_setting(config: str, key: str, inner: str = "") -> int:
    """The line of a setting; that of its table, or 0, where it is not written as ``key = value`` in it."""
    outer = "tool.stackgen" if os.path.basename(config) == "pyproject.toml" else ""
    table = ".".join(part for part in (outer, inner) if part)
    current = ""
    found = 0
    with open(config, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines, 1):
        words = line.split("#")[0].strip()
        if words.startswith("["):
            current = words.strip("[] ").translate(_QUOTES)
            if f"{current}.".startswith(f"{table}.{key}."):
                return number
            found = number if current == table and inner else found
        elif current == table and words.split("=")[0].strip(" \"'") == key:
            return number
    return found
