"""The files of parameters: the values that were asked for, in CloudFormation's form, and that the master takes them."""

from __future__ import annotations

import ipaddress
import json

import pytest

from stackgen.project import Project
from stackgen.review.environments import Values
from stackgen.review.reading import read_folder
from stacks.plot_palette.master import Master
from tests.plot_palette.deployment import FILES, given
from tests.support import ROOT

VALUES = {
    "production": ("admin@plotpalette.com", "100", "30"),
    "staging": ("staging-admin@plotpalette.com", "50", "7"),
    "development": ("dev@plotpalette.com", "10", "1"),
}


@pytest.mark.requirement("PP-15", "PP-16")
@pytest.mark.parametrize("environment", VALUES)
def test_a_file_holds_the_five_values_of_its_environment_in_cloudformations_form(environment: str) -> None:
    """the file is of another form, or a value is another, or one is missing"""
    listed = json.loads((FILES / f"{environment}.json").read_text("utf-8"))
    assert all(set(each) == {"ParameterKey", "ParameterValue"} for each in listed)
    email, budget, days = VALUES[environment]
    assert given(environment) == {
        "EnvironmentName": environment,
        "AdminEmail": email,
        "InitialBudgetLimit": budget,
        "LogRetentionDays": days,
        "TemplatesBucketName": "",
    }


@pytest.mark.requirement("PP-15", "PP-D46")
@pytest.mark.parametrize("environment", VALUES)
def test_the_master_takes_every_value_of_a_file(environment: str) -> None:
    """a file names a parameter that the master does not have, or gives a value that it refuses"""
    parameters = Master.parameters()
    values = given(environment)
    assert not {
        name: parameters[name].refusal(value) for name, value in values.items() if parameters[name].refusal(value)
    }
    assert {name for name, each in parameters.items() if each.required} <= set(values)


@pytest.mark.requirement("PP-37", "PP-D36")
def test_each_region_has_a_range_of_its_own_and_models_that_are_no_parameters() -> None:
    """two regions' networks overlap, or what is only checked is handed to CloudFormation"""
    regions = json.loads((FILES / "regions.json").read_text("utf-8"))
    assert set(regions) == {"us-east-1", "us-west-2"}
    assert all(set(each) == {"BedrockModels", "FargateSpotVcpus", "UserPools", "VpcCidr"} for each in regions.values())
    assert [(each["BedrockModels"], each["VpcCidr"]) for each in regions.values()] == [
        (["anthropic.claude-v2", "meta.llama3-1-70b"], "10.0.0.0/16"),
        (["anthropic.claude-v2"], "10.1.0.0/16"),
    ]
    one, two = (ipaddress.ip_network(each["VpcCidr"]) for each in regions.values())
    assert not one.overlaps(two)
    for each in regions.values():
        assert not Master.parameters()["VpcCidr"].refusal(each["VpcCidr"])
    assert not {"BedrockModels", "FargateSpotVcpus", "UserPools"} & set(Master.parameters())


@pytest.mark.requirement("PP-15")
@pytest.mark.parametrize("environment", VALUES)
def test_what_is_reviewed_offline_has_the_values_of_the_files(environment: str) -> None:
    """impact, time and cost tell of an environment that is deployed with other values"""
    project = Project.find(ROOT)
    values = Values(project, [environment])
    assert values.problems(read_folder(project.build_path)) == []
    regions = json.loads((FILES / "regions.json").read_text("utf-8"))
    for place in values.places:
        found = values.of(place, "plot-palette/master-stack").parameters
        assert given(environment).items() <= found.items()
        assert found["VpcCidr"] == regions[place.region]["VpcCidr"]
