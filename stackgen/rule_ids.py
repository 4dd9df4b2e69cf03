"""Which rules of the linter are ours: cfn-lint leaves the ids from 9100 to its users."""

__all__ = ["is_ours"]


def is_ours(rule: str) -> bool:
    """Whether it is one of ``E9100`` to ``I9199``."""
    return len(rule) == 5 and rule[0] in "EWI" and rule.startswith("91", 1) and rule[3:].isdigit()  # noqa: PLR2004
