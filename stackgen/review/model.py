"""A build as it is read: templates by name, and which of them uses which."""

from __future__ import annotations

from .nested import Child, children_of, looped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from stackgen.errors import StackgenError

__all__ = ["Build", "Child", "Template"]

_OBJECTS = {dict}


class Template:
    """One template; ``name`` is that of its file without the suffix, ``tap/network-stack``.

    ``path`` is where a message sends the reader: a file, or ``main:build/tap/network-stack.json`` for one in git.
    """

    __slots__ = ("_needs", "content", "name", "path", "text")

    def __init__(self, name: str, path: str, content: dict[str, Any], text: str = "") -> None:
        self.name = name
        self.path = path
        self.content = content
        self.text = text
        self._needs: dict[str, set[str]] | None = None

    def __repr__(self) -> str:
        return f"Template({self.name!r})"

    @property
    def needs(self) -> dict[str, set[str]]:
        """The names that every resource refers to, by its logical ID: of resources, parameters, conditions."""
        if self._needs is None:
            from .edges import targets_of

            self._needs = {title: targets_of(each) for title, each in self.section("Resources").items()}
        return self._needs

    def section(self, name: str) -> Mapping[str, Any]:
        """``Resources``, ``Outputs`` ...: its entries that are objects; none where there is no such section.

        Mostly it is the section itself, which is as the file says.
        """
        section = self.content.get(name)
        if not isinstance(section, dict):
            return {}
        if _OBJECTS.issuperset(map(type, section.values())):
            return section
        return {key: entry for key, entry in section.items() if isinstance(entry, dict)}

    def line_of(self, *path: str) -> int:
        """The line at which something is written, counted from 1; 0 where only its file is known."""
        if not self.text.lstrip().startswith("{"):
            return 0
        from stackgen.positions import line_of

        return line_of(self.text, path)


class Build:
    """All templates of one state of a project; ``label`` is what the user called it.

    ``problems`` are the files that could not be read: one bad file does not hide the others; ``unread`` are what their
    templates would be called. ``commit`` is the one that it was read from, ``folder`` the folder or file; one of them
    is empty.
    """

    __slots__ = ("_children", "_roots", "commit", "folder", "label", "problems", "templates", "unread")

    def __init__(
        self, label: str, templates: Mapping[str, Template], problems: list[StackgenError] | None = None
    ) -> None:
        self.label = label
        self.templates = dict(templates)
        self.problems = problems or []
        self.unread: frozenset[str] = frozenset()
        self.commit = ""
        self.folder = ""
        self._children: dict[str, dict[str, Child]] = {}
        self._roots: list[str] | None = None

    def __repr__(self) -> str:
        return f"Build({self.label!r}, {len(self.templates)} templates)"

    def without(self, names: frozenset[str], problems: list[StackgenError]) -> Build:
        """The same build as if some templates could not be read; ``problems`` are what is told of it."""
        kept = {name: each for name, each in self.templates.items() if name not in names}
        build = Build(self.label, kept, problems)
        build.unread = self.unread | names
        build.commit, build.folder = self.commit, self.folder
        return build

    def children(self, name: str) -> dict[str, Child]:
        """What a template's nested stacks and StackSets are made from, by logical ID."""
        found = self._children.get(name)
        if found is None:
            found = self._children[name] = children_of(self.templates[name], self.templates)
        return found

    @property
    def roots(self) -> list[str]:
        """The templates that no other nests, in order of their names; each is deployed as a stack of its own.

        A StackSet's template is a root beside being its child. Where templates nest each other in a circle, the
        first of them counts as a root, so that no template is left out.
        """
        if self._roots is None:
            self._roots = self._found_roots()
        return self._roots

    def _found_roots(self) -> list[str]:
        nested = {
            child.name
            for name in self.templates
            for child in self._used(name)
            if child.kind == "nested" and child.name != name
        }
        roots = [name for name in self.templates if name not in nested]
        reached = self._below(roots)
        for name in sorted(self.templates):
            if name not in reached:
                roots.append(name)
                reached |= self._below([name])
        return sorted(roots)

    def _used(self, name: str) -> list[Child]:
        """What a template is made with, in loops too."""
        return [*self.children(name).values(), *looped(self.templates[name], self.templates)]

    def _below(self, names: list[str]) -> set[str]:
        """These templates and all that are nested in them."""
        reached: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                children = self._used(name)
                pending += [child.name for child in children if child.kind == "nested" and child.name]
        return reached
