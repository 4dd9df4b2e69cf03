"""The settings of a deployment: which are refused, on which line; and what they mean for a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.resolving import Wish, resolve, targets
from stackgen.deploy.showing import parameters_of, settings_of
from stackgen.errors import ProjectError, StackgenError
from tests.deploy.test_resolving import SETTINGS, project_of

if TYPE_CHECKING:
    from pathlib import Path

ENV, STACK = "[tool.stackgen.env.test]\n", "[tool.stackgen.stack.shop-stack]\n"
ROLE = "arn:aws:iam::111111111111:role/x"
WRONG = {
    "a misspelt setting of an environment": (
        ENV + 'profil = "a"  # HERE',
        "unknown setting 'profil'\n  did you mean profile?",
    ),
    "a misspelt setting of a stack": (
        STACK + 'stak_name = "a"  # HERE',
        "unknown setting 'stak_name'\n  did you mean stack_name?",
    ),
    "a profile that is a list": (ENV + 'profile = ["a"]  # HERE', "env.test.profile is ['a'], but a text was expected"),
    "a switch that is a text": (
        ENV + 'protect = "yes"  # HERE',
        "env.test.protect is 'yes', but true or false was expected",
    ),
    "a number that is a text": (STACK + 'monitoring_minutes = "5"  # HERE', "is '5', but a whole number was expected"),
    "a number that is a switch": (
        STACK + "monitoring_minutes = true  # HERE",
        "is True, but a whole number was expected",
    ),
    "monitoring for too long after a creation": (
        STACK + "creation_monitoring_minutes = -1  # HERE",
        "is -1, but 0 to 180 was expected",
    ),
    "monitoring for too long": (STACK + "monitoring_minutes = 181  # HERE", "is 181, but 0 to 180 was expected"),
    "a setting that CloudFormation has for no change set": (
        STACK + "timeout_minutes = 60  # HERE",
        "unknown setting 'timeout_minutes'",
    ),
    "a role that is none": (ENV + 'role_arn = "deployer"  # HERE', "is 'deployer', but the ARN of a role was expected"),
    "a user for a role": (
        STACK + 'service_role_arn = "arn:aws:iam::111111111111:user/x"  # HERE',
        "but the ARN of a role was expected",
    ),
    "a role of another account": (
        ENV + f'account = "222222222222"\nrole_arn = "{ROLE}"  # HERE',
        "role_arn is of account 111111111111, but env.test.account is 222222222222",
    ),
    "a role of an account that nobody says": (
        ENV + 'role_arn = "arn:aws:iam::{account}:role/x"  # HERE',
        "env.test.role_arn needs the account\n  env.test.account says it",
    ),
    "an external id with a space": (ENV + 'external_id = "a b"  # HERE', "is 'a b', but 2 to 1224 letters"),
    "an unknown word": (
        STACK + 'stack_name = "{environment}"  # HERE',
        "and {environment} is none of its words\n  known: account, env,",
    ),
    "a name with an underscore": (
        STACK + 'stack_name = "my_{env}"  # HERE',
        "is 'my_test', but a letter, then up to 127",
    ),
    "six alarms": (
        STACK + f"rollback_alarms = {['arn:aws:cloudwatch:r:1:alarm:a'] * 6}  # HERE",
        "but no more than 5 was expected",
    ),
    "an alarm by its name": (
        STACK + 'rollback_alarms = ["errors"]  # HERE',
        "is 'errors', but the ARN of an alarm was expected",
    ),
    "a topic by its name": (STACK + 'notification_arns = ["x"]  # HERE', "is 'x', but the ARN of a topic was expected"),
    "an unknown capability": (
        STACK + 'capabilities = ["CAPABILITY_NAMED"]  # HERE',
        "has 'CAPABILITY_NAMED'\n  did you mean CAPABILITY_NAMED_IAM?",
    ),
    "a policy that is not there": (
        STACK + 'stack_policy = "protect-statefull"  # HERE',
        "is 'protect-statefull', and there is no such file\n  protect-stateful, none or the path",
    ),
    "the tag of the owner": (
        "[tool.stackgen.env.test.tags]\nEnvironment = 'x'  # HERE",
        "env.test.tags.Environment: this tag says whose stack it is",
    ),
    "a tag of AWS": ("[tool.stackgen.env.test.tags]\n'aws:x' = 'x'  # HERE", "a key of up to 128"),
    "a tag that is a list of lists": (
        "[tool.stackgen.env.test.tags]\nA = [['x']]  # HERE",
        "a text, a number, true, false or a list",
    ),
    "a parameter of the environment that is none": (
        STACK + 'environment_parameter = "Env"  # HERE',
        "is 'Env', and shop/shop-stack has no such parameter",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_refused_on_its_line(tmp_path: Path, name: str) -> None:
    text, message = WRONG[name]
    if ENV not in text:
        text += f"\n{ENV}"
    text = SETTINGS + text.replace(ENV, f'{ENV}regions = ["us-east-1"]\nparameters.Size = 2\nstacks = ["shop-stack"]\n')
    project, build = project_of(tmp_path, text)
    with pytest.raises(StackgenError) as caught:
        targets(project, build, environments=["test"])
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 5
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "# HERE" in each)
    assert caught.value.location == (str(project.config), line)
    assert isinstance(caught.value, ProjectError)


def test_words_in_settings_stand_for_the_deployment(tmp_path: Path) -> None:
    more = STACK + (
        'rollback_alarms = ["arn:aws:cloudwatch:{region}:{account}:alarm:{file}-{env}"]\n'
        'notification_arns = ["arn:aws:sns:{region}:{account}:{system}"]\nmonitoring_minutes = 10\n'
        "termination_protection = false\n"
        'service_role_arn = "arn:aws:iam::{account}:role/{env}"\n'
    )
    text = SETTINGS.replace("parameters.Size = 3", "parameters.Size = 3\nprotect = true")
    project, build = project_of(tmp_path, text + more)
    (found,) = targets(project, build, ["shop-stack"], environments=["prod"], regions=["eu-west-1"])
    assert found.rollback_alarms == ("arn:aws:cloudwatch:eu-west-1:111111111111:alarm:shop-stack-prod",)
    assert found.notification_arns == ("arn:aws:sns:eu-west-1:111111111111:shop",)
    assert found.service_role_arn == "arn:aws:iam::111111111111:role/prod"
    assert (found.monitoring_minutes, found.is_protected) == (10, False)


POLICIES: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "is no stack policy: Expecting"),
    "no policy": ('{"Statement": {}}', 'is no stack policy: {"Statement": [...]} was expected'),
    "too large": ('{"Statement": ["' + "x" * 16_384 + '"]}', "is larger than 16,384 bytes"),
}


@pytest.mark.parametrize(("text", "message"), POLICIES.values(), ids=POLICIES)
def test_a_policy_that_is_none_is_refused(tmp_path: Path, text: str, message: str) -> None:
    project, build = project_of(tmp_path, SETTINGS + STACK + 'stack_policy = "policy.json"\n')
    (tmp_path / "policy.json").write_text(text)
    with pytest.raises(ProjectError) as caught:
        targets(project, build, environments=["dev"])
    assert message in str(caught.value)


def test_a_policy_of_the_project_is_taken_as_it_is(tmp_path: Path) -> None:
    project, build = project_of(tmp_path, SETTINGS + STACK + 'stack_policy = "policy.json"\n')
    (tmp_path / "policy.json").write_text('{"Statement": []}')
    (found,) = targets(project, build, environments=["dev"])
    assert found.stack_policy == '{"Statement": []}'


def test_a_protected_environment_can_leave_one_stack_without_a_policy(tmp_path: Path) -> None:
    text = SETTINGS.replace("parameters.Size = 2", "parameters.Size = 2\nprotect = true")
    project, build = project_of(tmp_path, text + STACK + 'stack_policy = "none"\n')
    (found,) = targets(project, build, environments=["dev"])
    assert (found.stack_policy, found.is_protected) == ("", True)


ORIGINS = [
    ("account", "env.prod.account"),
    ("stack_name", "stack.shop-stack.stack_name"),
    ("protect", "env.prod.protect"),
    ("termination_protection", "env.prod.protect"),
    ("stack_policy", "env.prod.protect"),
    ("capabilities", "the templates"),
    ("monitoring_minutes", "stack.shop-stack.monitoring_minutes"),  # as for parameters, before system/file
    ("notification_arns", "default"),
    ("profile", "--profile"),
]


@pytest.mark.parametrize(("name", "origin"), ORIGINS)
def test_every_setting_says_where_it_was_said(tmp_path: Path, name: str, origin: str) -> None:
    text = SETTINGS.replace("parameters.Size = 3", 'parameters.Size = 3\nprotect = true\nprofile = "prod"')
    text += STACK + 'stack_name = "x"\nmonitoring_minutes = 5\n'
    text += '[tool.stackgen.stack."shop/shop-stack"]\nmonitoring_minutes = 6\n'
    project, build = project_of(tmp_path, text)
    wish = Wish(["shop-stack"], ["prod"], ["eu-west-1"], profile="mine")
    (found,) = resolve(project, build, wish)
    origins: dict[str, Any] = {each: said.origin for each, said in settings_of(found).items()}
    assert origins[name] == origin


def test_no_secret_is_among_what_is_shown(tmp_path: Path) -> None:
    project, build = project_of(tmp_path)
    (found,) = resolve(project, build, Wish(environments=["dev"], given={"Secret": "hunter2hunter2"}))
    assert parameters_of(found)["Secret"] == ("****", "-p")
    assert "hunter2" not in str({**settings_of(found), **parameters_of(found)})
