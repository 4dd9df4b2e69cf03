"""A plain troposphere template is taken as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Condition as Named
from troposphere import (
    Equals,
    Export,
    FindInMap,
    GetAtt,
    If,
    Join,
    Parameter,
    Ref,
    Tags,
    Template,
    ec2,
    s3,
    serverless,
    sqs,
)
from troposphere import Not as Negation
from troposphere import Output as TroposphereOutput

from stackgen import Output, adopt, nested, render, typed
from stackgen import Parameter as OurParameter
from stackgen.errors import DeclarationError, LimitError, ParameterError
from stackgen.parameter_types import VPC_ID
from tests.samples import ServiceStack, SystemStack, arguments, outputs


def rich() -> Template:
    """A template with everything that troposphere can say."""
    template = Template(Description="Legacy", Metadata={"Team": "red"})
    template.set_version()
    env = template.add_parameter(
        Parameter(
            "env", Type="String", Default="dev", AllowedPattern=r"\p{Lower}+", MinLength="1", MaxLength=9, NoEcho=True
        )
    )
    template.add_parameter(Parameter("Count", Type="Number", Default=2, MinValue=1, MaxValue=9))
    template.add_parameter(Parameter("vpcId", Type="AWS::EC2::VPC::Id"))
    template.add_parameter(Parameter("Zones", Type="CommaDelimitedList", Default="a,b", AllowedValues=["a", "b"]))
    template.set_parameter_label(env, "Environment")
    template.add_parameter_to_group(env, "General")
    template.add_condition("IsDev", Equals(Ref(env), "dev"))
    template.add_condition("IsNotDev", Negation(Named("IsDev")))
    template.add_mapping("Sizes", {"dev": {"Class": "small", "Zones": ["a", "b"]}})
    template.add_rule("OnlyDev", {"Assertions": [{"Assert": Equals(Ref(env), "dev"), "AssertDescription": "only dev"}]})
    queue = template.add_resource(
        sqs.Queue(
            "queue", QueueName=Join("-", ["a", Ref(env)]), Condition="IsDev", Tags=Tags(Name=If("IsDev", "a", "b"))
        )
    )
    template.add_resource(ec2.Instance("Server", InstanceType=FindInMap("Sizes", Ref(env), "Class"), DependsOn=queue))
    template.add_output(TroposphereOutput("env", Value=Ref(env), Description="The environment"))
    template.add_output(TroposphereOutput("Arn", Value=GetAtt(queue, "Arn"), Condition="IsDev", Export=Export("arn")))
    return template


def application() -> Template:
    """A template of SAM's."""
    template = Template()
    template.set_transform("AWS::Serverless-2016-10-31")
    template.set_globals(serverless.Globals(Function=serverless.FunctionGlobals(Timeout=3)))
    template.add_resource(serverless.Function("Hello", Handler="a.b", Runtime="python3.13", CodeUri="s3://a/b"))
    return template


def small() -> Template:
    template = Template()
    template.add_resource(s3.Bucket("Bucket"))
    return template


@pytest.mark.parametrize("template", [rich(), application(), small()])
def test_exactly_the_template_is_built(template: Template) -> None:
    built = render(adopt(template, file="legacy", system="shop"))  # type: ignore[arg-type]  # the class, which type checkers see as a function
    assert json.loads(built.text) == json.loads(template.to_json())
    assert built.name == "shop/legacy"


def test_what_is_added_to_the_template_after_adopt_is_built_too() -> None:
    template = small()
    legacy: Any = adopt(template, file="legacy")
    template.add_resource(sqs.Queue("Queue"))
    assert json.loads(render(legacy).text) == json.loads(template.to_json())


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_why_parameters_and_outputs_may_not_change_after_adopt_wires_were_checked_against_them(section: str) -> None:
    template = small()
    legacy: Any = adopt(template, file="legacy")
    template.add_parameter(Parameter("Late", Type="String")) if section == "Parameters" else template.add_output(
        TroposphereOutput("Late", Value="x")
    )
    with pytest.raises(DeclarationError, match=f"the {section} of the template legacy were changed after adopt"):
        render(legacy)


def test_it_is_a_class_of_the_module_that_adopted_it() -> None:
    legacy: Any = adopt(rich(), file="the-old.one", system="shop")
    assert (legacy.__name__, legacy.__module__) == ("TheOldOne", __name__)
    assert legacy.location[0] == __file__
    assert list(legacy.members) == ["Count", "Zones", "Env", "VpcId", "Arn", "EnvOutput"]


def test_it_is_nested_like_any_other() -> None:
    legacy: Any = adopt(rich(), file="legacy", system="shop")
    service: Any = ServiceStack

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Vpc = OurParameter(VPC_ID)
        Legacy = nested(legacy, Env="dev", Count=3, VpcId=Vpc, Zones=["a"])
        Service = nested(service, Text=Legacy.Arn, Vpc=typed(VPC_ID, Legacy.EnvOutput))
        Env = Output(value=Legacy.EnvOutput)

    assert arguments(Parent, "Legacy") == {"env": "dev", "Count": "3", "vpcId": {"Ref": "Vpc"}, "Zones": "a"}
    assert arguments(Parent, "Service")["Text"] == {"Fn::GetAtt": ["Legacy", "Outputs.Arn"]}
    assert outputs(Parent)["Env"] == {"Fn::GetAtt": ["Legacy", "Outputs.env"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"VpcId": "vpc-1", "Count": 10}, "'10' of Legacy.Count is above 9"),
        ({"VpcId": "vpc-1", "Env": "x" * 10}, "is longer than 9 characters"),
        ({"VpcId": "vpc-1", "Zones": ["c"]}, "'c' of Legacy.Zones is not one of a, b"),
        ({"VpcId": "vpc-1", "Evn": "x"}, r"Legacy has no parameter Evn\n  did you mean Env\?"),
        ({}, "Legacy needs VpcId"),
    ],
)
def test_what_its_parent_hands_over_is_checked(given: dict[str, Any], message: str) -> None:
    legacy: Any = adopt(rich(), file="legacy", system="shop")
    with pytest.raises(ParameterError, match=message):
        nested(legacy, **given)


def test_names_that_differ_only_in_their_capital_get_attributes_of_their_own() -> None:
    template = small()
    for name in ("name", "Name", "add", "1st"):
        template.add_parameter(Parameter(name, Type="String", Default="x"))
    template.add_output(TroposphereOutput("name", Value="x"))
    legacy: Any = adopt(template, file="legacy")
    assert {name: member.logical_id for name, member in legacy.members.items()} == {
        "Parameter1st": "1st",
        "Name": "Name",
        "Add": "add",
        "NameParameter": "name",
        "NameOutput": "name",
    }


def test_why_a_pattern_of_javas_is_left_to_cloudformation_python_cannot_read_all_of_them() -> None:
    legacy: Any = adopt(rich(), file="legacy")
    assert legacy.members["Env"].pattern is None
    assert json.loads(render(legacy).text)["Parameters"]["env"]["AllowedPattern"] == r"\p{Lower}+"


def test_a_constraint_that_cloudformation_ignores_for_the_type_is_kept_and_not_checked() -> None:
    template = small()
    template.add_parameter(Parameter("Vpc", Type="AWS::EC2::VPC::Id", AllowedPattern="vpc-.*"))
    legacy: Any = adopt(template, file="legacy")
    assert json.loads(render(legacy).text)["Parameters"]["Vpc"]["AllowedPattern"] == "vpc-.*"


def test_an_unknown_section_is_refused() -> None:
    class Odd(Template):
        def to_dict(self) -> dict[str, Any]:
            return {**super().to_dict(), "Resorces": {}}

    with pytest.raises(DeclarationError, match=r"the template has a section 'Resorces'\n  did you mean Resources\?"):
        adopt(Odd(), file="legacy")


def test_a_parameter_whose_default_cloudformation_would_refuse_is_refused() -> None:
    template = small()
    template.add_parameter(Parameter("Size", Type="String", Default="x", AllowedValues=["a"]))
    with pytest.raises(ParameterError, match=r"Default 'x' of .* is not one of a"):
        adopt(template, file="legacy")


def test_limits_hold_for_it_too() -> None:
    template = small()
    template.set_description("x" * 1025)
    with pytest.raises(LimitError, match="the Description has 1,025 bytes, 1,024 are allowed"):
        adopt(template, file="legacy")
    many = small()
    many.resources |= {f"Queue{number}": sqs.Queue(f"Queue{number}") for number in range(500)}
    legacy: Any = adopt(many, file="legacy")
    with pytest.raises(LimitError, match="501 of 500 Resources"):
        render(legacy)
    empty: Any = adopt(Template(), file="empty")
    with pytest.raises(DeclarationError, match="Empty has no resource"):
        render(empty)
