"""What the operators want of signatures: parameters of SSM below ``/{deployer's environment}/aws-deployer/``.

===================================== ==========================================================================
``signing/lambda-verification``       ``enabled`` or ``disabled``; disabled where it is not there
``signing/container-verification``    the same
``signing/enforcement-mode``          ``warn`` (where it is not there) or ``enforce``
``signing/lambda-profile-name``       the profile of AWS Signer that packages must be signed with
``ecr-registries/{repo}``             repositories that images may come from, with commas between them
===================================== ==========================================================================

A value that is none of these is taken for the stricter one, and told. Parameters are read by their names: a path would
give ten at a time, and whatever else lies below it. One that is not there has its default; that the function may not
read them ends the execution, for then nobody knows what was wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .clients import Clients
    from .settings import Settings

ENABLED, DISABLED = "enabled", "disabled"
WARN, ENFORCE = "warn", "enforce"
_NAMES = ("lambda-verification", "container-verification", "enforcement-mode", "lambda-profile-name")


class Verification(NamedTuple):
    """What is to be verified, and whether it matters."""

    packages: bool
    images: bool
    mode: str
    profile: str
    odd: tuple[str, ...]
    """Values that could not be understood."""

    @property
    def enforced(self) -> bool:
        return self.mode == ENFORCE

    @classmethod
    def read(cls, settings: Settings, clients: Clients) -> Verification:
        """As it is wanted now."""
        folder = f"/{settings.env}/aws-deployer/signing/"
        found = _values([folder + name for name in _NAMES], clients)
        packages, images, mode, profile = (found.get(folder + name, "") for name in _NAMES)
        known = {_NAMES[0]: (packages, ENABLED, DISABLED), _NAMES[1]: (images, ENABLED, DISABLED)}
        known[_NAMES[2]] = (mode, ENFORCE, WARN)
        odd = tuple(
            f"{folder}{name} is {value!r}, which is taken for {strict!r}: {strict!r} or {loose!r} was expected"
            for name, (value, strict, loose) in known.items()
            if value not in {"", strict, loose}
        )
        strict_mode = WARN if mode in {"", WARN} else ENFORCE
        return cls(packages not in {"", DISABLED}, images not in {"", DISABLED}, strict_mode, profile, odd)


def registries_parameter(repo: str, settings: Settings) -> str:
    """The parameter that lists where images of a repository may come from."""
    return f"/{settings.env}/aws-deployer/ecr-registries/{repo}"


def allowed_registries(repo: str, settings: Settings, clients: Clients) -> frozenset[str]:
    """Where images may come from; nowhere unless the parameter says so."""
    name = registries_parameter(repo, settings)
    parts = _values([name], clients).get(name, "").split(",")
    return frozenset(part.strip() for part in parts if part.strip())


def _values(names: list[str], clients: Clients) -> dict[str, str]:
    """The parameters that are there."""
    answer = clients.own("ssm").get_parameters(Names=names)
    return {str(each["Name"]): str(each["Value"]).strip() for each in answer["Parameters"]}
