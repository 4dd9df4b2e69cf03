"""pytest plugin: the golden test of a repository's templates, in two lines.

    def test_template_is_the_golden_one(template, golden):
        assert template.text == golden(name=template.name)

``template`` runs a test once for each template that the project's stacks build. ``golden(name=...)`` is the file
in the build folder, compared by syrupy, which shows the difference and never writes: ``python -m stackgen build``
is the only writer. ``built`` is the folder's path. ``@pytest.mark.requirement("TAP-17")`` ties a test to a
specification; see ``stackgen.traceability``.

The plugin is loaded in every pytest run of an environment that has stackgen installed. Where pytest's root folder
is no project of ours it adds nothing: no fixture, no marker, no import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .project import Project
    from .template import Template

MARKER = "requirement(*ids): requirement ids of the specification that the test proves, three at most"


def pytest_configure(config: pytest.Config) -> None:
    """Join in where the repository is a project of ours."""
    if is_project(config.rootpath):
        config.addinivalue_line("markers", MARKER)
        config.pluginmanager.register(GoldenPlugin(config.rootpath), "stackgen-goldens")


def is_project(folder: Path) -> bool:
    """Whether the folder's own settings name us; only a text that mentions us is parsed."""
    if (folder / "stackgen.toml").is_file():
        return True
    try:
        text = (folder / "pyproject.toml").read_text("utf-8", "replace")
    except OSError:
        return False
    if "stackgen" not in text:
        return False
    import tomllib

    return "stackgen" in tomllib.loads(text).get("tool", {})  # a broken file is pytest's to refuse, and it has


class GoldenPlugin:
    """Fixtures of one project; its stacks are imported when the first test asks for a template."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._templates: list[Template] | None = None

    @property
    def project(self) -> Project:
        """The project of pytest's root folder. Raises ProjectError."""
        from .project import Project

        return Project.find(self._root)

    def templates(self) -> list[Template]:
        """Every template, rendered once in each process."""
        if self._templates is None:
            from .discovery import discover, templates_of

            self._templates = templates_of(discover(self.project), self.project.profiles)
        return self._templates

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One run of the test for each template, in the order of names."""
        if "template" not in metafunc.fixturenames or _is_given(metafunc, "template"):
            return
        from .errors import StackgenError

        try:
            templates = self.templates()
        except StackgenError as error:
            raise pytest.Collector.CollectError(f"the stacks cannot be built: {error}") from error
        metafunc.parametrize("template", templates, ids=[each.name for each in templates])

    @pytest.fixture
    def built(self) -> Path:
        """The folder of the golden files."""
        return self.project.build

    @pytest.fixture
    def golden(self, request: pytest.FixtureRequest, built: Path) -> object:
        """The golden file of a name, for ``==``; syrupy must be installed."""
        if not request.config.pluginmanager.hasplugin("syrupy"):
            raise pytest.UsageError("the fixture golden needs syrupy: pip install syrupy")
        from .goldens import golden_in

        return golden_in(built, request.getfixturevalue("snapshot"))


def _is_given(metafunc: pytest.Metafunc, name: str) -> bool:
    """Whether the test brings its own values: by parametrize, or by a fixture of the repository."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        names = mark.kwargs.get("argnames") or mark.args[0]
        if name in [each.strip() for each in (names.split(",") if isinstance(names, str) else names)]:
            return True
    return bool(metafunc._arg2fixturedefs.get(name))
