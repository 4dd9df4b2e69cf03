"""``params validate`` and ``config show`` as they are typed, also against the stand-in for AWS."""

from __future__ import annotations

import json
from argparse import Namespace
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from stackgen.cli import main
from stackgen.commands.deploying import deployment_of
from stackgen.console import Console
from stackgen.errors import UsageError
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from stackgen.local.wire import Call
from tests.support import ROOT, Ran, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = ROOT / "stacks" / "plot_palette" / "parameters"
ENVIRONMENTS = ("development", "staging", "production")
ACCOUNT = "111111111111"


def run(*words: str) -> Ran:
    """The command in this process, in the repository's own project."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*words, "--config", str(ROOT / "pyproject.toml")])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.requirement("PP-15", "PP-17", "PP-D33")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_files_of_plot_palette_are_valid_by_name_and_by_path(environment: str) -> None:
    """a file that is shipped has a value that the master refuses, or is only found by one of its names"""
    by_name = run("params", "validate", environment, "--offline")
    by_path = run("params", "validate", str(FILES / f"{environment}.json"), "--offline")
    regions = 2 if environment == "production" else 1
    assert by_name.out.startswith(f"0 findings in {regions} deployment")
    assert by_name == by_path
    assert by_name.code == 0
    assert f"python -m stackgen deploy plot-palette/master-stack -e {environment}" in by_name.err


WRONG = {
    "an e-mail": ("AdminEmail", "admin-at-plotpalette", "an e-mail address"),
    "a budget of nothing": ("InitialBudgetLimit", "0", "1 to 10000 (USD)"),
    "a budget above": ("InitialBudgetLimit", "10001", "1 to 10000 (USD)"),
    "a budget in words": ("InitialBudgetLimit", "hundred", "1 to 10000 (USD)"),
    "a retention": ("LogRetentionDays", "8", "one of 1, 3, 5, 7, 14"),
    "no retention": ("LogRetentionDays", "", "one of 1, 3, 5, 7, 14"),
    "an environment": ("EnvironmentName", "production2", "one of development, staging, production"),
}


@pytest.mark.requirement("PP-17", "PP-18", "PP-D46")
@pytest.mark.parametrize(("name", "value", "expected"), WRONG.values(), ids=WRONG)
def test_a_file_with_a_wrong_value_is_told_with_its_line(tmp_path: Path, name: str, value: str, expected: str) -> None:
    """a wrong e-mail, budget or retention passes, or fails for another reason than its own"""
    listed = json.loads((FILES / "staging.json").read_text("utf-8"))
    for each in listed:
        each["ParameterValue"] = value if each["ParameterKey"] == name else each["ParameterValue"]
    file = tmp_path / "mine.json"
    file.write_text("[\n" + ",\n".join(map(json.dumps, listed)) + "\n]\n")
    line = 2 + [each["ParameterKey"] for each in listed].index(name)
    ran = run("params", "validate", str(file), "master-stack", "--offline")
    assert ran.code == 4
    verdict, finding, hint = ran.out.splitlines()
    assert verdict == "1 finding in 20 values"
    assert f"mine.json:{line}: {name} = {value!r}" in finding
    assert f"expected: {expected}" in hint


@pytest.mark.requirement("PP-D46", "PP-17")
def test_a_file_of_another_environment_is_not_taken(tmp_path: Path) -> None:
    """production is deployed with the values of staging"""
    ran = run("params", "validate", "production", "--parameters", str(FILES / "staging.json"), "--offline")
    assert ran.code == 4
    assert "EnvironmentName = 'staging'" in ran.out
    assert "but the environment is production" in ran.out
    del tmp_path


@pytest.mark.requirement("PP-17", "PP-18")
def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """the first mistake hides the others"""
    file = tmp_path / "a.toml"
    file.write_text('AdminEmial = "a@b.de"\nLogRetentionDays = 8\nInitialBudgetLimit = 0\n')
    ran = run("params", "validate", str(file), "master-stack", "--offline", "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, told["exit_code"], told["schema"]) == (4, 4, "stackgen/params")
    assert [(each["line"], each["message"].split(" = ")[0]) for each in told["findings"]] == [
        (1, "plot-palette/master-stack has no parameter 'AdminEmial'"),
        (0, "plot-palette/master-stack needs a value for AdminEmail"),
        (3, "InitialBudgetLimit"),
        (2, "LogRetentionDays"),
    ]


BAD_WORDS = {
    "no such environment": (("prodution",), 2, "'prodution' is no environment of the project, and no file\n  did you"),
    "no such file": (("nope.json",), 2, "nope.json: there is no such file"),
    "no such file in a folder": (("x/y.toml",), 2, "x/y.toml: there is no such file"),
    "a file of no stack": (("tests/support.py",), 2, "for which stack?"),
    "no such stack": (("staging", "mastr-stack"), 2, "no stack 'mastr-stack'\n  did you mean master-stack?"),
    "another region": (("staging", "-r", "eu-west-1"), 2, "staging is not deployed to eu-west-1"),
    "a value without a name": (("staging", "-p", "x"), 2, "-p x: Name=Value was expected"),
    "an unknown value": (("staging", "-p", "X=1"), 4, ""),
}


@pytest.mark.requirement("PP-18")
@pytest.mark.parametrize(("words", "code", "message"), BAD_WORDS.values(), ids=BAD_WORDS)
def test_a_wrong_word_is_told_apart_from_a_wrong_value(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, message: str
) -> None:
    """a file that is not there passes"""
    monkeypatch.chdir(ROOT)
    ran = run("params", "validate", "--offline", *words)
    assert ran.code == code
    assert message in ran.err
    assert len(ran.err.splitlines()) <= 5
    assert "Traceback" not in ran.err


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    with Cloud() as found:
        settings = {
            "AWS_ENDPOINT_URL": found.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        found.gateway.serve("servicequotas", {"GetServiceQuota": lambda _: {"Quota": {"Value": 1000.0}}})
        yield found


@pytest.mark.requirement("PP-17", "PP-D35")
def test_models_that_cannot_be_looked_at_are_a_warning(cloud: Cloud) -> None:
    """an unreachable Bedrock keeps a valid file from being deployed, or is not told at all"""
    cloud.faults.add("bedrock:*", Fail("AccessDeniedException", "no", 403), times=None)
    ran = run("params", "validate", "staging")
    assert ran.code == 0
    assert (
        "warning: staging/us-east-1: BedrockModels could not be looked at: access denied: these credentials may not "
        in ran.err
    )
    assert "bedrock:ListFoundationModels" in ran.err


QUOTAS = {"fargate": "L-36FBB829", "cognito-idp": "L-66E6DF30"}
"""What the project declares, by service."""


@pytest.mark.requirement("PP-39")
@pytest.mark.parametrize(("quota", "warned"), [(4.0, False), (2.0, True)])
def test_a_quota_below_what_a_region_of_plot_palette_needs_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud, quota: float, warned: bool
) -> None:
    """jobs wait for capacity that the account may not have, or a small quota keeps a valid file from being deployed"""
    asked = []

    def told(call: Call) -> dict[str, object]:
        asked.append((call.parameters["ServiceCode"], call.parameters["QuotaCode"], call.region))
        return {"Quota": {"Value": quota if call.parameters["ServiceCode"] == "fargate" else 1000.0}}

    cloud.gateway.serve("servicequotas", {"GetServiceQuota": told})
    monkeypatch.chdir(ROOT)
    ran = run("params", "validate", "production")
    assert ran.code == 0
    sentences = [
        f"warning: stacks/plot_palette/parameters/regions.json:{line}: production/{region}: "
        f"FargateSpotVcpus: 4 is not offered; there is {quota}"
        for line, region in ((4, "us-east-1"), (10, "us-west-2"))
    ]
    assert [line for line in ran.err.splitlines() if "FargateSpotVcpus" in line] == (sentences if warned else [])
    assert "UserPools" not in ran.err
    assert asked == [(*each, region) for region in ("us-east-1", "us-west-2") for each in QUOTAS.items()]


def test_a_variable_that_gives_nobody_a_value_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was passed over without a word, where the same name behind -p is refused."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("STACKGEN_PARAM_LogRetentionDay", "3")
    ran = run("params", "validate", "development", "--offline")
    why = "no stack of the project has a parameter LogRetentionDay; did you mean LogRetentionDays?"
    assert ran.code == 0
    assert f"warning: STACKGEN_PARAM_LogRetentionDay is passed over: {why}\n" in ran.err


@pytest.mark.requirement("PP-17")
def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    """credentials are first missed by the deployment"""
    del cloud
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ran = run("params", "validate", "staging")
    assert ran.code == 1
    assert "error: no credentials for AWS" in ran.err
    assert "what can be said without AWS is in order; with --offline nothing else is looked at" in ran.err


def test_config_show_tells_every_value_with_who_said_it() -> None:
    ran = run("config", "show", "-e", "production", "-r", "us-west-2", "--origin", "-p", "BudgetAmount=7")
    assert ran.code == 0
    rows = {line.split()[0]: line.split()[1:] for line in ran.out.splitlines()[3:] if line.startswith("    ")}
    assert rows["BudgetAmount"] == ["7", "-p"]
    assert rows["VpcCidr"] == ["10.1.0.0/16", "stacks/plot_palette/parameters/regions.json:12"]
    assert rows["LogRetentionDays"][1] == "stacks/plot_palette/parameters/production.json:5"
    assert rows["stack_name"] == ["plot-palette-production", "stack.master-stack.stack_name"]
    assert rows["termination_protection"] == ["true", "env.production.protect"]
    assert rows["WorkerImageTag"] == ["1.0.0", "default"]


def test_config_show_is_for_programs_too() -> None:
    told = json.loads(run("config", "show", "--format", "json").out)
    assert (told["schema"], told["version"]) == ("stackgen/config", 1)
    places = {(each["environment"], each["region"]) for each in told["deployments"]}
    assert {("production", "us-west-2"), ("staging", "us-east-1"), ("dev", "us-east-1")} <= places
    (staging,) = (each for each in told["deployments"] if each["environment"] == "staging")
    assert staging["parameters"]["AdminEmail"]["value"] == "staging-admin@plotpalette.com"
    assert staging["tags"]["Environment"] == {"value": "staging", "origin": "the environment's name"}


SECRET = {
    "Parameters": {"Password": {"Type": "String", "NoEcho": True, "MinLength": 20}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


def test_a_secret_is_shown_by_neither(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path).write({
        "pyproject.toml": "[tool.stackgen]\n[tool.stackgen.env.dev]\n",
        "stacks/__init__.py": "",
        "build/shop.json": json.dumps(SECRET),
    })  # fmt: skip
    for words in (("params", "validate", "--offline"), ("config", "show", "--origin"), ("config", "show")):
        for form in ("text", "json"):
            ran = sandbox.run(*words, "--format", form, STACKGEN_PARAM_Password="hunter2-hunter2", CI="true")  # noqa: S106
            assert "hunter2" not in ran.out + ran.err
            assert "Traceback" not in ran.err
    assert sandbox.run("params", "validate", "--offline", STACKGEN_PARAM_Password="hunter2", CI="true").code == 4  # noqa: S106


@pytest.mark.parametrize("words", [("config",), ("params",)], ids=" ".join)
def test_without_a_word_the_help_is_shown(words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert f"usage: python -m stackgen {words[0]} WORD ..." in ran.err


def test_a_wrong_word_is_told_with_the_likely_one() -> None:
    assert "params: unknown word 'valdate'\n  did you mean validate?" in run("params", "valdate").err
    assert "config: unknown word 'shwo'\n  did you mean show?" in run("config", "shwo").err


OTHER = {
    "Parameters": {"Level": {"Type": "String", "AllowedValues": ["low", "high"]}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


def test_a_file_that_is_missing_hides_nothing_of_the_other_stacks(tmp_path: Path) -> None:
    settings = '[tool.stackgen]\n[tool.stackgen.env.dev.parameters]\nLevel = "middle"\n'
    settings += '[tool.stackgen.stack.shop]\nparameter_files = "{env}.json"\n'
    sandbox = Sandbox(tmp_path).write({
        "pyproject.toml": settings,
        "stacks/__init__.py": "",
        "build/shop.json": json.dumps(SECRET),
        "build/other.json": json.dumps(OTHER),
    })  # fmt: skip
    ran = sandbox.run("params", "validate", "--offline")
    assert ran.code == 4
    assert ran.out.startswith("2 findings in 1 deployment, 1 value\n")
    assert "pyproject.toml:3: Level = 'middle' is not one of low, high" in ran.out
    assert "dev.json: there is no such file\n  stack.shop.parameter_files names it" in ran.out


def test_a_stack_may_be_named_by_its_class(shop: Sandbox) -> None:
    shop.write({"pyproject.toml": "[tool.stackgen]\n[tool.stackgen.env.dev.parameters]\nTemplatesBucketName = 'x'\n"})
    shop.run("build")
    for word in ("ShopStack", "shop", "shop/shop", "shop.json"):
        ran = shop.run("config", "show", word)
        assert ran.code == 0, ran.err
        assert "dev/us-east-1: shop/shop as shop-dev" in ran.out
    assert shop.run("config", "show", "ShopStak").err.startswith("error: no stack 'ShopStak'")
    nested = shop.run("config", "show", "QueueStack")
    assert nested.err == "error: shop/queue is nested, and goes with the stack above it: shop/shop\n"


@pytest.mark.requirement("PP-37", "PP-D36")
def test_two_regions_may_not_share_a_range() -> None:
    """two regions get networks that can never be joined"""
    ran = run("params", "validate", "production", "--offline", "-p", "VpcCidr=10.1.0.0/16")
    assert ran.code == 4
    assert "VpcCidr = 10.1.0.0/16 of us-west-2 overlaps 10.1.0.0/16 of us-east-1" in ran.out
    assert run("params", "validate", "staging", "--offline", "-p", "VpcCidr=10.1.0.0/16").code == 0


@pytest.mark.requirement("PP-17")
def test_with_credentials_the_account_is_that_of_the_credentials(cloud: Cloud) -> None:
    """the bucket is named after an account that nobody has asked for"""
    ran = run("params", "validate", "staging", "--format", "json")
    assert (ran.code, json.loads(ran.out)["findings"]) == (0, [])
    assert "GetCallerIdentity" in [note.operation for note in cloud.gateway.notes]


@pytest.mark.usefixtures("cloud")
def test_a_command_that_deploys_is_given_targets_with_their_account_and_clients() -> None:
    console = Console(config=str(ROOT / "pyproject.toml"), environments=("production",))
    options = Namespace(stacks=[], parameter=["BudgetAmount=7"], parameters=[])
    with deployment_of(console, options) as found:
        assert [(each.account, each.region) for each in found.targets] == [
            (ACCOUNT, "us-east-1"),
            (ACCOUNT, "us-west-2"),
        ]
        assert all(each.texts["BudgetAmount"] == "7" for each in found.targets)
        client = found.sessions.of(found.targets[1])("cloudformation")
        assert client.meta.region_name == "us-west-2"
        assert client.describe_stacks()["Stacks"] == []


@pytest.mark.usefixtures("cloud")
def test_a_region_that_aws_has_not_is_refused_before_anything_is_asked() -> None:
    console = Console(config=str(ROOT / "pyproject.toml"), environments=("production",), regions=("us-wset-2",))
    options = Namespace(stacks=[], parameter=[], parameters=[])
    with pytest.raises(UsageError, match="-r us-wset-2: AWS has no such region"), deployment_of(console, options):
        pass
