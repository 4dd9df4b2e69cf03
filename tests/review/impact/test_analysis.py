"""What happens to every resource, and to those that refer to it, until nothing more changes."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.impact.result import Impact
from tests.review.impact.changing import (
    LIVE,
    SOMETIMES,
    Contents,
    analysed,
    app,
    impacts,
    nested,
    resource,
    words,
)

QUEUE = resource("AWS::SQS::Queue")
SLOW = resource("AWS::SQS::Queue", {"DelaySeconds": 5})
VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
OTHER_VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.1.0.0/16"})


def told(resources: dict[str, Any], **sections: Any) -> Contents:
    return app(resources, Parameters=LIVE | sections.pop("Parameters", {}), **sections)


def conditional(definition: dict[str, Any], name: str) -> dict[str, Any]:
    return {**definition, "Condition": name}


CONDITIONS = {
    **SOMETIMES,
    "Rarely": {"Fn::Equals": [{"Ref": "Live"}, "no"]},
    "Always": {"Fn::Equals": ["a", "a"]},
    "Never": {"Fn::Equals": ["a", "b"]},
}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, "", "created", id="new"),
        pytest.param("", None, "deleted", id="gone"),
        pytest.param("", "", "", id="kept"),
        pytest.param(None, "Always", "created", id="new, and its condition holds"),
        pytest.param(None, "Never", "", id="new, and its condition does not hold"),
        pytest.param(None, "Sometimes", "may be created", id="new, and its condition is not known"),
        pytest.param("Never", None, "", id="gone, and was not there"),
        pytest.param("Sometimes", None, "may be deleted", id="gone, and may have been there"),
        pytest.param("Never", "Always", "created", id="its condition holds now"),
        pytest.param("Always", "Never", "deleted", id="its condition holds no longer"),
        pytest.param("Never", "Never", "", id="never there"),
        pytest.param("Always", "Always", "", id="always there"),
        pytest.param("Sometimes", "Sometimes", "", id="the same unknown condition"),
        pytest.param("Never", "Sometimes", "may be created", id="it may be there now"),
        pytest.param("Sometimes", "Always", "may be created", id="it is there now"),
        pytest.param("Always", "Sometimes", "may be deleted", id="it may be gone now"),
        pytest.param("Sometimes", "Never", "may be deleted", id="it is gone now"),
        pytest.param("Sometimes", "Rarely", "may be deleted", id="another unknown condition: the graver of both"),
    ],
)
def test_a_condition_decides_whether_a_resource_comes_or_goes(
    before: str | None, after: str | None, expected: str
) -> None:
    sides = [
        told({} if name is None else {"Queue": conditional(QUEUE, name) if name else QUEUE}, Conditions=CONDITIONS)
        for name in (before, after)
    ]
    assert words(*sides).get("Queue", "") == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(QUEUE, SLOW, "may be updated in place", id="an update in place"),
        pytest.param(VPC, OTHER_VPC, "may be replaced", id="a replacement"),
    ],
)
def test_what_may_not_be_there_may_be_changed(before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    sides = [told({"It": conditional(each, "Sometimes")}, Conditions=CONDITIONS) for each in (before, after)]
    assert words(*sides) == {"It": expected}


def test_a_policy_holds_for_what_may_be_deleted() -> None:
    table = resource("AWS::DynamoDB::Table", {"BillingMode": "PAY_PER_REQUEST"}, DeletionPolicy="Retain")
    before = told({"Table": table}, Conditions=CONDITIONS)
    after = told({"Table": conditional(table, "Sometimes")}, Conditions=CONDITIONS)
    found = impacts(before, after)["Table"]
    assert (found.word, found.policy, found.certainty) == ("may be left behind", "Retain", "unknown")


def test_a_stack_that_is_new_is_created_and_one_that_goes_is_deleted() -> None:
    contents = app({"Queue": QUEUE, "Vpc": VPC})
    assert words(None, contents) == {"Queue": "created", "Vpc": "created"}
    assert words(contents, None) == {"Queue": "deleted", "Vpc": "deleted"}


def test_another_type_under_a_logical_id_is_refused() -> None:
    found = analysed(app({"It": QUEUE}), app({"It": resource("AWS::SNS::Topic")}))
    assert [(each.action, each.certainty, each.reasons[0].path) for each in found.impacts.values()] == [
        ("fails", "certain", "Type")
    ]
    assert [each.code for each in found.failures] == ["V204"]


def test_metadata_is_updated_in_place() -> None:
    after = app({"Queue": resource("AWS::SQS::Queue", Metadata={"a": 1})})
    assert words(app({"Queue": QUEUE}), after) == {"Queue": "updated in place"}


@pytest.mark.parametrize("attribute", ["DependsOn", "UpdatePolicy", "CreationPolicy"])
def test_an_attribute_that_only_guides_cloudformation_changes_no_resource(attribute: str) -> None:
    after = app({"Topic": resource("AWS::SNS::Topic"), "Queue": resource("AWS::SQS::Queue", **{attribute: ["Topic"]})})
    assert words(app({"Topic": resource("AWS::SNS::Topic"), "Queue": QUEUE}), after) == {}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"DeletionPolicy": "Retain"}, ["DeletionPolicy: Delete -> Retain"]),
        ({"UpdateReplacePolicy": "Retain"}, {}, ["UpdateReplacePolicy: Retain -> Delete"]),
        ({"DeletionPolicy": "Delete"}, {}, []),
        (
            {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
            {"DeletionPolicy": "RetainExceptOnCreate"},
            ["DeletionPolicy: Retain -> RetainExceptOnCreate", "UpdateReplacePolicy: Retain -> Delete"],
        ),
    ],
)
def test_a_policy_that_changes_is_noted_and_changes_nothing_now(
    before: dict[str, str], after: dict[str, str], expected: list[str]
) -> None:
    found = analysed(*(app({"Queue": resource("AWS::SQS::Queue", **each)}) for each in (before, after)))
    assert found.impacts == {}
    assert [(each.code, each.text) for each in found.notes] == [("V409", text) for text in expected]


CLUSTER = resource("AWS::RDS::DBCluster", {"Engine": "aurora-mysql"})


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(QUEUE, "Delete", id="Delete is the default"),
        pytest.param(CLUSTER, "Snapshot", id="of a cluster a snapshot is made"),
        pytest.param(resource("AWS::RDS::DBInstance", {"Engine": "mysql"}), "Snapshot", id="of an instance as well"),
        pytest.param(
            resource("AWS::RDS::DBInstance", {"DBClusterIdentifier": "c"}), "Delete", id="but not inside a cluster"
        ),
        pytest.param({**CLUSTER, "DeletionPolicy": "Delete"}, "Delete", id="unless the template says so"),
    ],
)
def test_what_is_deleted_goes_by_its_policy(definition: dict[str, Any], expected: str) -> None:
    assert impacts(app({"It": definition, "Q": QUEUE}), app({"Q": QUEUE}))["It"].policy == expected


@pytest.mark.parametrize(
    ("attributes", "policy", "word"),
    [({}, "Delete", "deleted"), ({"DeletionPolicy": "Retain"}, "Retain", "left behind")],
)
def test_a_nested_stack_that_is_kept_keeps_all_that_is_in_it(
    attributes: dict[str, str], policy: str, word: str
) -> None:
    before = {**app({"Child": nested("child", **attributes), "Q": QUEUE}), "child": {"Resources": {"Queue": QUEUE}}}
    found = impacts(before, app({"Q": QUEUE}))
    assert {address: (each.policy, each.word) for address, each in found.items()} == {
        "Child": (policy, word),
        "Child/Queue": (policy, word),
    }


def test_a_resource_that_leaves_a_kept_stack_goes_by_its_own_policy() -> None:
    parent = app({"Child": nested("child", DeletionPolicy="Retain")})
    before = {**parent, "child": {"Resources": {"Queue": QUEUE, "Q": QUEUE}}}
    after = {**parent, "child": {"Resources": {"Q": QUEUE}}}
    assert words(before, after) == {"Child/Queue": "deleted"}


def subnet(vpc: Any, **properties: Any) -> dict[str, Any]:
    return resource("AWS::EC2::Subnet", {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", **properties})


def group(vpc: Any) -> dict[str, Any]:
    return resource("AWS::EC2::SecurityGroup", {"GroupDescription": "g", "VpcId": vpc})


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def test_a_replacement_replaces_what_holds_it_in_a_create_only_property_and_so_on() -> None:
    def chain(vpc: dict[str, Any]) -> Contents:
        return app(
            {
                "Vpc": vpc,
                "Subnet": subnet(ref("Vpc")),
                "Instance": resource("AWS::EC2::Instance", {"SubnetId": ref("Subnet"), "ImageId": "ami-1"}),
                "Address": resource("AWS::EC2::EIP", {"InstanceId": ref("Instance")}),
                "Queue": QUEUE,
            }
        )

    found = impacts(chain(VPC), chain(OTHER_VPC))
    assert {address: each.word for address, each in found.items()} == {
        "Vpc": "replaced",
        "Subnet": "replaced",
        "Instance": "replaced",
        "Address": "updated in place",
    }
    assert found["Instance"].reasons[0].source == "app/Subnet"
    assert found["Instance"].reasons[0].text.startswith("refers to Subnet, which is replaced; ")


def test_a_diamond_gives_every_reason() -> None:
    def diamond(vpc: dict[str, Any]) -> Contents:
        instance = {"SubnetId": ref("Subnet"), "SecurityGroupIds": [ref("Group")], "ImageId": "ami-1"}
        return app(
            {
                "Instance": resource("AWS::EC2::Instance", instance),
                "Group": group(ref("Vpc")),
                "Subnet": subnet(ref("Vpc")),
                "Vpc": vpc,
            }
        )

    found = impacts(diamond(VPC), diamond(OTHER_VPC))["Instance"]
    assert found.word == "replaced"
    assert sorted(reason.source for reason in found.reasons) == ["app/Group", "app/Subnet"]


def test_resources_that_refer_to_each_other_come_to_an_end() -> None:
    def circle(vpc: str) -> Contents:
        return app(
            {
                "A": resource("AWS::EC2::SecurityGroup", {"GroupDescription": att("B", "GroupId"), "VpcId": vpc}),
                "B": resource("AWS::EC2::SecurityGroup", {"GroupDescription": att("A", "GroupId"), "VpcId": "v"}),
                "Own": resource("AWS::EC2::Subnet", {"VpcId": ref("Own"), "CidrBlock": vpc}),
            }
        )

    assert words(circle("v"), circle("w")) == {"A": "replaced", "B": "replaced", "Own": "replaced"}


def template(**data: Any) -> dict[str, Any]:
    return resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data})


def fleet(version: Any) -> dict[str, Any]:
    launched = {"LaunchTemplateId": ref("Template"), "Version": version}
    return resource("AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1", "MaxSize": "1", "LaunchTemplate": launched})


LATEST = att("Template", "LatestVersionNumber")


@pytest.mark.parametrize(
    ("before", "after", "version", "moves"),
    [
        pytest.param("ami-1", "ami-2", LATEST, True, id="another version"),
        pytest.param("ami-1", "ami-1", LATEST, False, id="no other version"),
        pytest.param("ami-1", "ami-2", "1", False, id="a version that is pinned"),
    ],
)
def test_an_attribute_moves_with_the_properties_of_its_resource(
    before: str, after: str, version: Any, moves: bool
) -> None:
    sides = [app({"Template": template(ImageId=image), "Fleet": fleet(version)}) for image in (before, after)]
    found = impacts(*sides).get("Fleet")
    assert (found is not None) is moves
    if found is not None:
        assert found.certainty == "conditional"
        assert "which may get another value" in found.reasons[0].text


def test_an_attribute_moves_also_where_its_resource_only_follows_another() -> None:
    def chain(description: str) -> Contents:
        return app(
            {
                "Fleet": fleet(LATEST),
                "Template": template(SecurityGroupIds=[ref("Group")]),
                "Group": resource("AWS::EC2::SecurityGroup", {"GroupDescription": description}),
            }
        )

    found = impacts(chain("a"), chain("b"))
    assert found["Group"].word == "replaced"
    assert found["Template"].word == "updated in place"
    assert found["Fleet"].certainty == "conditional"


@pytest.mark.parametrize(
    "attribute", ["Arn", "QueueName", "QueueUrl"], ids=lambda attribute: f"{attribute} says which one it is"
)
def test_an_attribute_that_says_which_resource_it_is_stays_while_that_stays(attribute: str) -> None:
    sides = [
        app(
            {
                "Queue": each,
                "Subscription": resource(
                    "AWS::SNS::Subscription",
                    {"Protocol": "sqs", "TopicArn": "t", "Endpoint": att("Queue", attribute)},
                ),
            }
        )
        for each in (QUEUE, SLOW)
    ]
    assert words(*sides) == {"Queue": "updated in place"}


def test_a_reference_that_becomes_the_name_itself_is_no_change() -> None:
    bucket = resource("AWS::S3::Bucket", {"BucketName": "logs"})
    sides = [
        app({"Bucket": bucket, "Policy": resource("AWS::S3::BucketPolicy", {"Bucket": name, "PolicyDocument": {}})})
        for name in (ref("Bucket"), "logs")
    ]
    assert words(*sides) == {}


def test_a_replacement_that_aws_decides_stays_in_doubt_along_the_chain() -> None:
    def chain(zone: str) -> Contents:
        return app(
            {
                "Instance": resource(
                    "AWS::RDS::DBInstance",
                    {"Engine": "mysql", "DBInstanceClass": "db.m5.large", "AvailabilityZone": zone},
                ),
                "Replica": resource("AWS::RDS::DBInstance", {"SourceDBInstanceIdentifier": ref("Instance")}),
            }
        )

    found = impacts(chain("us-east-1a"), chain("us-east-1b"))
    assert found["Instance"].word == "may be replaced"
    assert found["Replica"].certainty != "certain"
    assert "which may be replaced" in found["Replica"].reasons[0].text


def test_what_may_not_be_there_is_not_certainly_replaced_with_what_it_refers_to() -> None:
    sides = [
        told({"Vpc": each, "Subnet": conditional(subnet(ref("Vpc")), "Sometimes")}, Conditions=CONDITIONS)
        for each in (VPC, OTHER_VPC)
    ]
    assert words(*sides) == {"Vpc": "replaced", "Subnet": "may be replaced"}


def network(cidr: str) -> dict[str, Any]:
    vpc = resource("AWS::EC2::VPC", {"CidrBlock": cidr})
    return {"Resources": {"Vpc": vpc}, "Outputs": {"VpcId": {"Value": ref("Vpc")}}}


COMPUTE = {
    "Parameters": {"VpcId": {"Type": "AWS::EC2::VPC::Id"}},
    "Resources": {"Group": group(ref("VpcId")), "Queue": QUEUE},
}


def test_a_replacement_in_a_child_reaches_a_create_only_property_of_its_sibling() -> None:
    parent = app(
        {"Compute": nested("compute", {"VpcId": att("Network", "Outputs.VpcId")}), "Network": nested("network")}
    )
    sides = [{**parent, "network": network(cidr), "compute": COMPUTE} for cidr in ("10.0.0.0/16", "10.1.0.0/16")]
    found = impacts(*sides)
    assert found["Network/Vpc"].word == found["Compute/Group"].word == "replaced"
    assert found["Compute/Group"].reasons[0].source == "app/Network/Vpc"
    assert "Compute/Queue" not in found


def test_a_replacement_is_followed_through_two_levels_of_stacks() -> None:
    inner = {"VpcId": att("Network", "Outputs.VpcId")}
    outer = {
        "Resources": {"Network": nested("network"), "Inner": nested("compute", inner)},
        "Outputs": {"VpcId": {"Value": att("Network", "Outputs.VpcId")}},
    }
    root = app({"Outer": nested("outer"), "Subnet": subnet(att("Outer", "Outputs.VpcId"))})
    sides = [
        {**root, "outer": outer, "network": network(cidr), "compute": COMPUTE}
        for cidr in ("10.0.0.0/16", "10.1.0.0/16")
    ]
    found = words(*sides)
    assert {address: found.get(address) for address in ("Outer/Network/Vpc", "Outer/Inner/Group", "Subnet")} == {
        "Outer/Network/Vpc": "replaced",
        "Outer/Inner/Group": "replaced",
        "Subnet": "replaced",
    }


def test_a_parameter_given_by_the_parent_changes_the_child() -> None:
    child = {
        "Parameters": {"Cidr": {"Type": "String"}},
        "Resources": {"Vpc": resource("AWS::EC2::VPC", {"CidrBlock": ref("Cidr")})},
    }
    sides = [
        {**app({"Network": nested("child", {"Cidr": cidr})}), "child": child} for cidr in ("10.0.0.0/16", "10.1.0.0/16")
    ]
    assert words(*sides) == {"Network": "updated in place", "Network/Vpc": "replaced"}


def test_what_is_created_or_deleted_is_not_replaced_by_what_it_refers_to() -> None:
    before = app({"Vpc": VPC, "Old": subnet(ref("Vpc"))})
    after = app({"Vpc": OTHER_VPC, "New": subnet(ref("Vpc"))})
    assert words(before, after) == {"Vpc": "replaced", "New": "created", "Old": "deleted"}


def test_an_unknown_type_is_not_said_to_be_updated_in_place() -> None:
    sides = [app({"It": resource("Company::Team::Thing", {"Size": size})}) for size in (1, 2)]
    found = impacts(*sides)["It"]
    assert (found.word, found.certainty) == ("unknown", "unknown")
    assert found.reasons[0].text == "nothing is known of Company::Team::Thing"


@pytest.mark.parametrize(
    ("impact", "word", "sign"),
    [
        (Impact("a", "t", "create", "certain"), "created", "+"),
        (Impact("a", "t", "create", "unknown"), "may be created", "+?"),
        (Impact("a", "t", "update", "certain"), "updated in place", "~"),
        (Impact("a", "t", "update", "conditional"), "may be updated in place", "~?"),
        (Impact("a", "t", "replace", "certain"), "replaced", "±"),
        (Impact("a", "t", "replace", "conditional"), "may be replaced", "±?"),
        (Impact("a", "t", "replace", "unknown"), "unknown", "±?"),
        (Impact("a", "t", "delete", "certain"), "deleted", "-"),
        (Impact("a", "t", "delete", "conditional"), "may be deleted", "-?"),
        (Impact("a", "t", "delete", "certain", (), "RetainExceptOnCreate"), "left behind", "-"),
        (Impact("a", "t", "delete", "unknown", (), "Retain"), "may be left behind", "-?"),
        (Impact("a", "t", "fails", "certain"), "cannot be changed so", "!"),
        (Impact("a", "t", "fails", "unknown"), "may fail to change", "!?"),
    ],
)
def test_an_impact_has_a_word_and_a_sign(impact: Impact, word: str, sign: str) -> None:
    assert (impact.word, impact.sign) == (word, sign)


def test_a_change_that_is_refused_is_a_certain_failure() -> None:
    sides = [app({"Key": resource("AWS::KMS::Key", {"KeySpec": spec})}) for spec in ("RSA_2048", "RSA_4096")]
    found = analysed(*sides)
    assert [each.word for each in found.impacts.values()] == ["cannot be changed so"]
    assert [each.code for each in found.failures] == ["V205"]


def test_a_chain_of_a_thousand_is_followed_to_its_end() -> None:
    def chain(first: str) -> Contents:
        links = {
            f"G{number}": resource("AWS::EC2::SecurityGroup", {"GroupDescription": ref(f"G{number + 1}")})
            for number in range(1000)
        }
        return app({**links, "G1000": resource("AWS::EC2::SecurityGroup", {"GroupDescription": first})})

    found = words(chain("a"), chain("b"))
    assert len(found) == 1001
    assert set(found.values()) == {"replaced"}
