"""What a function is told by its environment variables."""

from __future__ import annotations

import pytest

from stackgen.deployer.handlers.errors import SettingMissing
from stackgen.deployer.handlers.settings import Settings


def test_without_anything_but_the_environment_the_defaults_stand() -> None:
    settings = Settings.read({"ENV": "ops"})
    assert settings == Settings("ops", "-", 10, 14_400, "", "AWSCloudFormationStackSetExecutionRole", 10, 0)
    assert settings.table("locks") == "ops-aws-deployer-locks"


def test_every_variable_is_read() -> None:
    variables = {
        "ENV": "ops",
        "TABLE_NAME_SEPARATOR": "--",
        "LOCK_MAX_RETRIES": "20",
        "LOCK_TTL_SECONDS": "60",
        "ADMINISTRATION_ROLE_ARN": "arn:aws:iam::1:role/a",
        "EXECUTION_ROLE_NAME": "Execution",
        "MAX_CONCURRENT_COUNT": "5",
        "FAILURE_TOLERANCE_COUNT": "1",
        "READER_ROLE_NAME": "Reader",
        "STATE_MACHINE_ARN": "arn:machine",
    }
    settings = Settings.read(variables)
    assert list(settings) == ["ops", "--", 20, 60, "arn:aws:iam::1:role/a", "Execution", 5, 1, "Reader", "arn:machine"]
    assert settings.table("builds") == "ops-aws-deployer--builds"


@pytest.mark.parametrize("variables", [{}, {"ENV": ""}])
def test_without_an_environment_there_are_no_tables(variables: dict[str, str]) -> None:
    with pytest.raises(SettingMissing, match=r"ENV is not set"):
        Settings.read(variables)


@pytest.mark.parametrize("text", ["ten", "-1", "1.5", " 3"])
def test_a_number_that_is_none_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(SettingMissing, match=r"LOCK_MAX_RETRIES is '.+', but a whole number was expected"):
        Settings.read({"ENV": "ops", "LOCK_MAX_RETRIES": text})


@pytest.mark.requirement("DEP-26")
def test_a_function_that_needs_the_administration_role_says_so() -> None:
    """A StackSet that is made without the administration role that was configured."""
    with pytest.raises(SettingMissing, match=r"ADMINISTRATION_ROLE_ARN is not set"):
        Settings.read({"ENV": "ops"}).needed("administration_role_arn")
