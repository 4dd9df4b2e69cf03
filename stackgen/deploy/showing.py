"""What holds for a deployment, as people and programs see it: every value with who said it, no secret among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .settings import DEFAULT, NO_POLICY, PROTECT_STATEFUL, TEMPLATES_BUCKET, Setting

if TYPE_CHECKING:
    from .resolving import Resolved

UNKNOWN = "unknown"
_DERIVED = "the templates"


def settings_of(each: Resolved) -> dict[str, Setting]:
    """Every setting of a deployment, also those that nobody said."""
    target, said = each.target, each.settings.values
    account = f"env.{target.env}.account" if target.account else DEFAULT
    policy = said.get("stack_policy") or Setting("", f"env.{target.env}.protect" if said.get("protect") else DEFAULT)
    protection = said.get("termination_protection") or said.get("protect")
    derived: dict[str, Setting] = {
        "account": Setting(target.account or UNKNOWN, account),
        "profile": Setting(target.profile, _origin(each, "profile")),
        "role_arn": Setting(target.role_arn, _origin(each, "role_arn")),
        "external_id": Setting(target.external_id, _origin(each, "external_id")),
        "protect": _plain(each, "protect", default=False),
        "parallel": _plain(each, "parallel", default=False),
        "stack_name": Setting(target.stack_name, _origin(each, "stack_name")),
        "bucket": Setting(
            target.bucket or UNKNOWN, said[TEMPLATES_BUCKET].origin if TEMPLATES_BUCKET in said else _DERIVED
        ),
        "capabilities": Setting(
            target.capabilities, said["capabilities"].origin if "capabilities" in said else _DERIVED
        ),
        "parameter_files": _plain(each, "parameter_files"),
        "regions_file": _plain(each, "regions_file"),
        "environment_parameter": _plain(each, "environment_parameter"),
        "distinct_ranges": _plain(each, "distinct_ranges", default=()),
        "checks": Setting(tuple(each.settings.get("checks", {})), _origin(each, "checks")),
        "rollback_alarms": _plain(each, "rollback_alarms", default=()),
        "monitoring_minutes": _plain(each, "monitoring_minutes", default=0),
        "creation_monitoring_minutes": _plain(
            each, "creation_monitoring_minutes", default=each.target.monitoring_minutes
        ),
        "stack_policy": Setting(
            policy.value or (PROTECT_STATEFUL if target.stack_policy else NO_POLICY), policy.origin
        ),
        "termination_protection": Setting(
            "as it is" if target.is_protected is None else target.is_protected,
            protection.origin if protection else DEFAULT,
        ),
        "notification_arns": _plain(each, "notification_arns", default=()),
        "service_role_arn": _plain(each, "service_role_arn"),
    }
    return derived


def tags_of(each: Resolved) -> dict[str, Setting]:
    """Every tag of a deployment."""
    return dict(sorted(each.tags.items()))


def parameters_of(each: Resolved) -> dict[str, Setting]:
    """Every parameter with a value; what is in a file is found by its line."""
    found = {}
    for name, decided in sorted(each.decided.items()):
        line = decided.location[1] if decided.location else 0
        found[name] = Setting(decided.value.shown, f"{decided.value.origin}:{line}" if line else decided.value.origin)
    return found


def _origin(each: Resolved, name: str) -> str:
    found = each.settings.values.get(name)
    if name == "profile" and each.target.profile != (found.value if found else ""):
        return "--profile"
    return found.origin if found else DEFAULT


def _plain(each: Resolved, name: str, default: Any = "") -> Setting:
    return each.settings.values.get(name) or Setting(default, DEFAULT)
