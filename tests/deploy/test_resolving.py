"""From words and settings to targets: which stack, where, called what, with which tags, bucket and protection."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.resolving import Wish, resolve, targets
from stackgen.errors import ProjectError, StackgenError, UsageError
from stackgen.project import Project
from stackgen.review.reading import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.deploy.resolving import Access, Resolved
    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build

URL = "https://${TemplatesBucketName}.s3.${AWS::Region}.${AWS::URLSuffix}/shop/data/0123456789abcdef.json"
PARAMETERS: dict[str, Any] = {
    "Size": {"Type": "Number", "MinValue": 1, "MaxValue": 9, "ConstraintDescription": "1 to 9"},
    "Secret": {"Type": "String", "NoEcho": True, "MinLength": 8, "Default": "change-me-soon"},
    "TemplatesBucketName": {"Type": "String", "Default": ""},
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
TEMPLATES: dict[str, dict[str, Any]] = {
    "shop/shop-stack": {
        "Parameters": PARAMETERS,
        "Resources": {"Data": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Sub": URL}}}},
    },
    "shop/data": {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Role": ROLE}},
    "shop/alarms": {"Parameters": {"Level": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}},
}
SETTINGS = """\
[tool.stackgen]
regions = ["us-east-1", "eu-west-1"]

[tool.stackgen.env.dev]
regions = ["us-east-1"]
stacks = ["shop-stack"]
parameters.Size = 2

[tool.stackgen.env.prod]
account = "111111111111"
parameters.Size = 3
parameters.Level = "high"
"""


def project_of(folder: Path, text: str = SETTINGS, **templates: dict[str, Any]) -> tuple[Project, Build]:
    (folder / "stacks").mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    for name, content in {**TEMPLATES, **templates}.items():
        path = folder / "build" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return Project.find(folder), read_folder(str(folder / "build"))


def one(folder: Path, more: str = "", *words: str, env: str = "dev", **options: Any) -> Target:
    (found,) = targets(*project_of(folder, SETTINGS + more), words, environments=[env], **options)
    return found


def refused(folder: Path, text: str, *words: str, **options: Any) -> StackgenError:
    project, build = project_of(folder, text)
    with pytest.raises(StackgenError) as caught:
        targets(project, build, words, **options)
    assert len(str(caught.value).splitlines()) <= 5
    return caught.value


def test_the_only_stack_of_an_environment_needs_no_name(tmp_path: Path) -> None:
    found = one(tmp_path)
    assert (found.template, found.region, found.env) == ("shop/shop-stack", "us-east-1", "dev")


def test_a_stack_goes_to_each_region_of_each_environment(tmp_path: Path) -> None:
    project, build = project_of(tmp_path)
    found = targets(project, build, ["shop-stack"], environments=["all"])
    assert [(each.env, each.region, each.account) for each in found] == [
        ("dev", "us-east-1", ""),
        ("prod", "us-east-1", "111111111111"),
        ("prod", "eu-west-1", "111111111111"),
    ]


def test_several_stacks_are_named_by_file_or_by_system_and_file(tmp_path: Path) -> None:
    project, build = project_of(tmp_path)
    found = targets(project, build, ["shop/alarms", "shop-stack.json"], environments=["prod"], regions=["eu-west-1"])
    assert [each.template for each in found] == ["shop/alarms", "shop/shop-stack"]


WRONG_WORDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no environment": ({}, "which environment?", "-e NAME says it: dev, prod"),
    "an unknown one": ({"environments": ["prd"]}, "the project has no environment 'prd'", "did you mean prod?"),
    "no stack of several": ({"environments": ["prod"]}, "which stack? prod has shop/alarms, shop/shop-stack", ""),
    "an unknown stack": ({"words": ["shop-stak"], "environments": ["dev"]}, "no stack 'shop-stak'", "shop-stack?"),
    "a nested one": (
        {"words": ["data"], "environments": ["dev"]},
        "shop/data is nested, and goes with the stack above it: shop/shop-stack",
        "",
    ),
    "one that the environment has not": (
        {"words": ["alarms"], "environments": ["dev"]},
        "shop/alarms is not deployed to dev",
        "its stacks are shop/shop-stack",
    ),
    "a region that it has not": (
        {"environments": ["dev"], "regions": ["eu-west-1"]},
        "dev is not deployed to eu-west-1",
        "did you mean us-east-1?",
    ),
}


@pytest.mark.parametrize("name", WRONG_WORDS)
def test_a_wrong_word_is_refused_with_what_there_is(tmp_path: Path, name: str) -> None:
    options, message, hint = WRONG_WORDS[name]
    rest = {key: value for key, value in options.items() if key != "words"}
    error = refused(tmp_path, SETTINGS, *options.get("words", ()), **rest)
    assert message in str(error)
    assert hint in str(error)
    assert isinstance(error, UsageError)


def test_a_project_without_environments_is_told_to_add_one(tmp_path: Path) -> None:
    assert "add one: [tool.stackgen.env.dev]" in str(refused(tmp_path, "[tool.stackgen]\n"))


NAMES = [
    ("", "shop-dev"),
    ('stack_name = "x"', "x"),
    ('stack_name = "{system}-{file}-{env}-{region}"', "shop-shop-stack-dev-us-east-1"),
]


@pytest.mark.parametrize(("setting", "name"), NAMES)
def test_a_stack_is_called_by_its_pattern(tmp_path: Path, setting: str, name: str) -> None:
    assert one(tmp_path, f"[tool.stackgen.stack.shop-stack]\n{setting}\n").stack_name == name


def test_a_stack_that_is_not_named_as_its_system_has_its_file_in_its_name(tmp_path: Path) -> None:
    assert one(tmp_path, "", "alarms", env="prod", regions=["eu-west-1"]).stack_name == "alarms-prod"


def test_an_environment_may_name_its_stacks_before_they_do_so_themselves(tmp_path: Path) -> None:
    text = SETTINGS.replace("[tool.stackgen.env.dev]", '[tool.stackgen.env.dev]\nstack_name = "{file}-of-{env}"')
    text += '[tool.stackgen.stack.shop-stack]\nstack_name = "shop"\n'
    for env, name in (("dev", "shop-stack-of-dev"), ("prod", "shop")):
        (found, *_) = targets(*project_of(tmp_path, text), ["shop-stack"], environments=[env])
        assert found.stack_name == name


def test_two_stacks_of_one_name_in_one_place_are_refused(tmp_path: Path) -> None:
    text = SETTINGS.replace('account = "111111111111"\n', "")
    text += '[tool.stackgen.stack.shop-stack]\nstack_name = "shop"\n'
    error = refused(tmp_path, text, "shop-stack", environments=["all"])
    assert "shop/shop-stack of dev and shop/shop-stack of prod would both be the stack shop in us-east-1" in str(error)


def test_the_bucket_of_templates_is_named_where_nobody_does(tmp_path: Path) -> None:
    project, build = project_of(tmp_path)
    (found,) = targets(project, build, ["shop-stack"], environments=["prod"], regions=["eu-west-1"])
    assert found.bucket == "shop-cfn-111111111111-eu-west-1"
    assert found.texts["TemplatesBucketName"] == found.bucket


def test_a_url_that_appends_the_region_itself_is_given_the_rest(tmp_path: Path) -> None:
    url = URL.replace("${TemplatesBucketName}", "${TemplatesBucketName}-${AWS::Region}")
    shop = json.loads(json.dumps(TEMPLATES["shop/shop-stack"]).replace(URL, url))
    project, build = project_of(tmp_path, **{"shop/shop-stack": shop})
    (found,) = targets(project, build, ["shop-stack"], environments=["prod"], regions=["eu-west-1"])
    assert found.texts["TemplatesBucketName"] == "shop-cfn-111111111111"
    assert found.bucket == "shop-cfn-111111111111-eu-west-1"


def test_a_bucket_that_somebody_names_is_taken(tmp_path: Path) -> None:
    assert one(tmp_path, given={"TemplatesBucketName": "mine"}).bucket == "mine"


def test_without_an_account_the_bucket_is_open(tmp_path: Path) -> None:
    found = one(tmp_path)
    assert found.bucket == ""
    assert found.texts["TemplatesBucketName"] == "shop-cfn-<account>-us-east-1"


def test_a_stack_without_nested_ones_has_a_bucket_too(tmp_path: Path) -> None:
    found = one(tmp_path, "", "alarms", env="prod", regions=["us-east-1"])
    assert found.bucket == "shop-cfn-111111111111-us-east-1"


BUCKETS = {
    "a word": ("templates-of-{env}-{account}", "templates-of-prod-111111111111"),
    "a parameter": ("templates-{Level}", "templates-high"),
}


@pytest.mark.parametrize(("text", "bucket"), BUCKETS.values(), ids=BUCKETS)
def test_a_stack_that_nests_none_lies_where_the_project_says(tmp_path: Path, text: str, bucket: str) -> None:
    more = f'[tool.stackgen.stack.alarms]\ntemplates_bucket = "{text}"\n'
    found = one(tmp_path, more, "alarms", env="prod", regions=["us-east-1"])
    assert found.bucket == bucket


def test_a_bucket_of_a_parameter_without_a_value_is_not_known(tmp_path: Path) -> None:
    text = SETTINGS.replace('parameters.Level = "high"\n', "")
    project, build = project_of(tmp_path, text + '[tool.stackgen.stack.alarms]\ntemplates_bucket = "t-{Level}"\n')
    (found,) = resolve(project, build, Wish(["alarms"], ["prod"], ["us-east-1"]))
    assert found.target.bucket == ""
    assert "Level" in str(found.problems[0])


WRONG_BUCKETS = {
    "a word that is none": ("alarms", "t-{Levle}", "{Levle} is none of its words"),
    "no bucket's name": ("alarms", "Templates_{Level}", "the name of a bucket"),
    "a stack whose templates say it themselves": ("shop-stack", "t-{env}", "the TemplateURLs of what shop/shop-stack"),
}


@pytest.mark.parametrize(("stack", "text", "message"), WRONG_BUCKETS.values(), ids=WRONG_BUCKETS)
def test_a_bucket_that_cannot_be_meant_is_refused(tmp_path: Path, stack: str, text: str, message: str) -> None:
    more = f'[tool.stackgen.stack.{stack}]\ntemplates_bucket = "{text}"\n'
    error = refused(tmp_path, SETTINGS + more, stack, environments=["prod"], regions=["us-east-1"])
    assert message in str(error)
    assert isinstance(error, ProjectError)


def test_the_account_is_the_one_that_aws_says(tmp_path: Path) -> None:
    asked: list[Access] = []

    def account_of(access: Access) -> str:
        asked.append(access)
        return "222222222222"

    more = '[tool.stackgen.env.dev.tags]\nOwner = "a"\n'
    text = SETTINGS.replace("parameters.Size = 2", 'parameters.Size = 2\nprofile = "dev"\nexternal_id = "abc"') + more
    (found,) = targets(*project_of(tmp_path, text), environments=["dev"], account_of=account_of)
    assert found.account == "222222222222"
    assert [(each.profile, each.external_id, each.account) for each in asked] == [("dev", "abc", "")]


def test_tags_say_whose_the_stack_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGEN_TAG_Owner", "me")
    more = '[tool.stackgen.env.dev.tags]\nCostCenter = 7\nOwner = "team"\n'
    more += '[tool.stackgen.stack.shop-stack.tags]\nManagedBy = "x"\n'
    assert one(tmp_path, more).tags == {
        "Environment": "dev",
        "Project": "shop",
        "ManagedBy": "x",
        "CostCenter": "7",
        "Owner": "me",
    }


def test_the_capabilities_are_those_of_all_templates_of_the_tree(tmp_path: Path) -> None:
    assert one(tmp_path).capabilities == ("CAPABILITY_IAM",)


def test_a_setting_that_acknowledges_less_than_is_needed_is_refused(tmp_path: Path) -> None:
    more = '[tool.stackgen.stack.shop-stack]\ncapabilities = ["CAPABILITY_AUTO_EXPAND"]\n'
    error = refused(tmp_path, SETTINGS + more, environments=["dev"])
    assert "stack.shop-stack.capabilities lacks CAPABILITY_IAM, which shop/data needs" in str(error)
    assert error.location is not None
    assert error.location[1] == 14


def test_a_protected_environment_protects_what_holds_data(tmp_path: Path) -> None:
    text = SETTINGS.replace("parameters.Size = 2", "parameters.Size = 2\nprotect = true")
    (found,) = targets(*project_of(tmp_path, text), environments=["dev"])
    assert found.is_protected is True
    allow, deny = json.loads(found.stack_policy)["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Action"] == ["Update:Replace", "Update:Delete"]
    assert deny["Resource"] == ["LogicalResourceId/Data"]


def test_values_that_aws_would_refuse_are_all_told_at_once(tmp_path: Path) -> None:
    project, build = project_of(tmp_path)
    given = {"Size": "10", "Secret": "short", "Siez": "1"}
    (found,) = resolve(project, build, Wish(environments=["dev"], given=given))
    told = [str(each) for each in found.problems]
    assert told == [
        "-p Siez: shop/shop-stack has no parameter of that name\n  did you mean Size?",
        "-p Size = '10' is above 9\n  expected: 1 to 9",
        "-p Secret is shorter than 8 characters",
    ]
    error = refused(tmp_path, SETTINGS, environments=["dev"], given=given)
    assert isinstance(error, UsageError)
    assert "short" not in str(error).split()


def resolved(folder: Path, text: str, **options: Any) -> Resolved:
    (found,) = resolve(*project_of(folder, text), Wish(environments=["dev"], **options))
    return found


def test_a_missing_value_is_told_with_what_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGEN_PARAM_Sise", "4")
    found = resolved(tmp_path, SETTINGS.replace("parameters.Size = 2\n", ""))
    (problem,) = found.problems
    assert isinstance(problem, ProjectError)
    assert "shop/shop-stack needs a value for Size" in str(problem)
    assert "Sise is given by STACKGEN_PARAM_Sise; it may be meant" in str(problem)
