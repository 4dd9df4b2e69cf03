"""cfn-lint in this process: its rules loaded once, all templates, all regions. The only module that imports it.

Two passes. The first reads the true texts. In the second, each parent is decoded with its TemplateURLs pointed
at the built children, and only the findings that need this are kept, which never appear otherwise: parameters of
a child (E3043) and its outputs (E1010, E1019, E6101).
"""

from __future__ import annotations

import json
import os
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import MissingExtraError, ProjectError, UsageError, likely
from stackgen.parameter_types import NUMBER, RESOURCE_OF, STRING

from .finding import PACK, Finding, entry, without_repeated
from .kit.values import references
from .memory import config_of
from .settings import check_settings
from .values import ANY, LIST, SCALAR, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .finding import BuiltTemplate

ACROSS_FILES = frozenset({"E3043", "E1010", "E1019", "E6101"})
_FORMATS = {f"{resource}.Id": kind for kind, resource in RESOURCE_OF.items()}


class Linter:
    """cfn-lint with its rules loaded.

    The project may configure it in ``.cfnlintrc``; a person's own ``~/.cfnlintrc`` and schemas do not count.
    Raises MissingExtraError without the extra ``lint``, UsageError for an unknown region, ProjectError for a
    wrong ``.cfnlintrc``.
    """

    def __init__(self, regions: Sequence[str], root: Path, build: Path) -> None:
        self.build = build
        config = config_of(root)
        with _nobodys_home(root), chdir(root):  # a path in the project's configuration is meant from the project's root
            try:
                from cfnlint.config import ConfigMixIn
                from cfnlint.exceptions import CfnLintExitException, ConfigFileError
                from cfnlint.helpers import REGIONS
                from cfnlint.runner import Runner
                from yaml import YAMLError
            except ImportError as error:
                raise MissingExtraError(
                    f"lint needs cfn-lint ({error})", "install the extra lint: pip install 'stackgen[lint]'"
                ) from error
            for region in regions:
                if region not in REGIONS:
                    raise UsageError(f"cfn-lint does not know the region {region!r}", likely(region, REGIONS))
            try:
                own = ConfigMixIn(["--config-file", str(config)]).append_rules[1:]  # the first are cfn-lint's
                further = [each for each in own if each != PACK]
                self._config: Any = ConfigMixIn(
                    ["--config-file", str(config), "--append-rules", *further, PACK],
                    regions=list(regions),
                    include_checks=["I"],
                    templates=[],
                )
                self._rules: Any = Runner(self._config).rules
                check_settings(config, self._config, self._rules)
            except (ConfigFileError, CfnLintExitException, YAMLError) as error:
                raise ProjectError(str(error), location=(str(config), 0)) from error
        self.mandatory: tuple[str, ...] = tuple(self._config.mandatory_checks)
        self._regions = list(regions)

    def texts(self, template: BuiltTemplate) -> list[Finding]:
        """What cfn-lint finds in the text as it is, with nothing silenced."""
        return self._findings(template, {})

    def across(self, parent: BuiltTemplate, templates: Mapping[str, BuiltTemplate]) -> list[Finding]:
        """What cfn-lint finds between a parent and its built children."""
        built = {title: templates[name] for title, name in parent.children.items() if name in templates}
        return [each for each in self._findings(parent, built) if each.rule in ACROSS_FILES]

    def _findings(self, template: BuiltTemplate, children: Mapping[str, BuiltTemplate]) -> list[Finding]:
        from cfnlint.decode import decode_str
        from cfnlint.template import Template

        decoded, errors = decode_str(template.text)
        if errors or not isinstance(decoded, dict):
            return [_finding(template, match) for match in errors]
        # cfn-lint follows a TemplateURL only where it is a relative path to a file below the folder at hand
        file = f"{template.name}.json"
        for title, child in children.items():
            properties = decoded["Resources"][title]["Properties"]
            properties["TemplateURL"] = os.path.relpath(f"{child.name}.json", os.path.dirname(file))  # noqa: PTH120  not a file yet
            if "Parameters" not in properties:
                properties["Parameters"] = type(properties)({}, properties.start_mark, properties.end_mark)
        if children:
            _without_the_rest(decoded["Resources"], children)
        self._config.set_template_args(_without_ignored(decoded))
        with chdir(self.build):
            cfn = Template(file, decoded, self._regions)
            matches = cfn.transform() or self._rules.run(file, cfn, self._config)
            found = {_finding(template, match): None for match in matches}
        return without_repeated(list(found))

    def attribute(self, resource: str, attribute: str) -> Kind:
        """The kind of a resource's attribute, from the provider schemas."""
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError
        from cfnlint.schema.resolver import RefResolutionError

        try:
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(self._regions[0], resource)
            pointer = PROVIDER_SCHEMA_MANAGER.get_type_getatts(resource, self._regions[0])[attribute]
            found = schema.resolver.resolve_cfn_pointer(pointer)
        except (ResourceNotFoundError, RefResolutionError, KeyError):
            return Kind()  # E1010 tells
        return _kind(found, attribute)


def versions() -> dict[str, str]:
    """The linter's version and the date of its schemas, on which findings depend."""
    import cfnlint
    from cfnlint.version import __version__

    schemas = Path(cfnlint.__file__).parent / "data" / "schemas" / "version.json"
    return {"cfn-lint": __version__, "schemas": str(json.loads(schemas.read_text("utf-8"))["schema_date"])}


def _kind(schema: Mapping[str, Any], attribute: str) -> Kind:
    kind, form = schema.get("type"), str(schema.get("format", ""))
    if kind == "array":
        return Kind(_kind(schema.get("items", {}), "").type, LIST)
    if form in _FORMATS:
        return Kind(_FORMATS[form])
    if kind == "string" and ("::" in form or attribute.endswith("Arn")):
        return Kind(form or f"the {attribute} of a resource")
    if kind in ("integer", "number"):
        return Kind(str(NUMBER))
    return Kind(str(STRING) if kind == "boolean" else ANY, SCALAR)


def _finding(template: BuiltTemplate, match: Any) -> Finding:
    path = tuple(str(part) for part in getattr(match, "path", None) or ())
    return Finding(template.name, template.file, match.linenumber, match.rule.id, match.message, path)


def _without_the_rest(resources: dict[str, Any], children: Mapping[str, object]) -> None:
    """Take the properties of those that have nothing to do with a child: looking at these is what takes long."""
    for title, resource in resources.items():
        if title not in children and isinstance(resource, dict) and children.keys().isdisjoint(references(resource)):
            resource.pop("Properties", None)


def _without_ignored(decoded: dict[str, Any]) -> dict[str, Any]:
    """The template's own configuration of cfn-lint, but for what it silences: see ``suppressions``."""
    config = {
        key: value for key, value in entry(decoded, "Metadata", "cfn-lint", "config").items() if key != "ignore_checks"
    }
    return {"Metadata": {"cfn-lint": {"config": config}}}


@contextmanager
def _nobodys_home(root: Path) -> Iterator[None]:
    """cfn-lint prefers schemas that somebody has downloaded to a cache: findings would differ by machine."""
    nowhere = str(root / ".stackgen" / "nobody")
    changed = {name: os.environ.get(name) for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    os.environ.update(dict.fromkeys(changed, nowhere))
    try:
        yield
    finally:
        for name, value in changed.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
