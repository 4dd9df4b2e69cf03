"""What names itself: API Gateway, backup plans, CloudFront and EC2, told apart by the tags of class and project.

| what | told apart by | what AWS cannot do |
|---|---|---|
| EC2 | tags: the request's where something is made, else the resource's; of the shared VPC a group | |
| backup plans | the same | |
| distributions | the same | one without the tag Environment can be given it |
| functions of CloudFront | their names | |
| origin access controls | nothing: they have no tags | so CloudFormation alone changes them |
| HTTP APIs | refused where the tags are another's | an import's tags are in its body, ``/tags/`` has none: see above |
| what takes no resource | nothing | so CloudFormation alone changes it, in stacks of the class's names |

Source: Service Authorization Reference of each service. An environment's resources carry Environment and Project; where
a resource takes its stack's tag in place of its own, Environment is the name that the settings have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs.aws import (
    Action,
    ForAnyValueStringEquals,
    Null,
    StringEquals,
    StringLike,
    StringNotEquals,
    StringNotLike,
)
from troposphere import Sub

from stackgen import allow, deny

from .scopes import GLOBAL, REGIONAL
from .system import PROJECT, SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from awacs.aws import ConditionElement, Statement

READS = ("Describe", "Get", "List")
"""What the names of actions that change nothing begin with."""
MADE = {
    "internet-gateway": "CreateInternetGateway",
    "route-table": "CreateRouteTable",
    "security-group": "CreateSecurityGroup",
    "subnet": "CreateSubnet",
    "vpc": "CreateVpc",
    "vpc-endpoint": "CreateVpcEndpoint",
}
"""What is tagged while it is made, and by which action."""
FREE = {"logs:CreateLogDelivery", "logs:PutResourcePolicy"}
"""What API Gateway asks for in the name of who gives a stage its log; another service may stand between."""
RESOURCE, REQUEST = "aws:ResourceTag/%s", "aws:RequestTag/%s"
CLASS = ["${Names}", "smart-stream-${Names}"]
"""What the tag Environment says: as the template has it, and as the settings call the environment."""


def ours(where: str = RESOURCE) -> list[ConditionElement]:
    """The resource, or what is asked for, is of this class and this project."""
    values = [Sub(each) for each in CLASS]
    return [StringLike({where % "Environment": values}), StringEquals({where % "Project": PROJECT})]


def through_stacks() -> list[ConditionElement]:
    """CloudFormation asks in the role's name, which may work on stacks of its class alone."""
    return [ForAnyValueStringEquals({"aws:CalledVia": ["cloudformation.amazonaws.com"]})]


def statements(service: str, names: Sequence[str]) -> list[Statement]:
    """What a service's actions are allowed on: reading everywhere, changing what is of the class."""
    reads = [Action(service, name) for name in names if name.startswith(READS)]
    free = [allow(*reads, on=[Sub(each) for each in _ALL[service]])] if reads else []
    return [*free, *_CHANGES[service]([name for name in names if not name.startswith(READS)])]


def anywhere(service: str, names: Sequence[str]) -> list[Statement]:
    """Actions that take no resource: reading, and changing as far as it can be limited."""
    known = {
        "reading": [name for name in names if name.startswith(READS) or f"{service}:{name}" in FREE],
        "asked": [name for name in names if f"{service}:{name}" == "cloudfront:CreateDistribution"],
    }
    rest = [name for name in names if name not in known["reading"] + known["asked"]]
    found = [(known["reading"], []), (known["asked"], ours(REQUEST)), (rest, through_stacks())]
    return [allow(*(Action(service, each) for each in some), on=["*"], when=when) for some, when in found if some]


def _ec2(names: Sequence[str]) -> list[Statement]:
    actions = {name: Action("ec2", name) for name in names}
    alone = ("vpc", "vpc-endpoint")  # what others are made in has a statement of its own
    together = [kind for kind in MADE if kind not in alone]
    made = [
        allow(*(actions[MADE[kind]] for kind in kinds), on=_kinds(*kinds), when=ours(REQUEST))
        for kinds in (together, *([kind] for kind in alone))
    ]
    shared = [StringEquals({RESOURCE % "Environment": SHARED, RESOURCE % "Project": PROJECT})]
    return [
        *made,
        allow(actions["CreateTags"], on=_kinds(*MADE), when=[StringEquals({"ec2:CreateAction": list(MADE.values())})]),
        allow(actions["CreateSecurityGroup"], on=_kinds("vpc"), when=shared),
        allow(*actions.values(), on=_kinds("*"), when=ours()),
    ]


def _kinds(*kinds: str) -> list[Sub]:
    return [Sub(REGIONAL % ("ec2", kind if kind == "*" else f"{kind}/*")) for kind in kinds]


def _backup(names: Sequence[str]) -> list[Statement]:
    actions = [Action("backup", name) for name in names]
    make = [Action("backup", name) for name in ("CreateBackupPlan", "TagResource")]
    plans = [Sub(REGIONAL % ("backup", "backup-plan:*"))]
    return [
        allow(*actions, on=[Sub(REGIONAL % ("backup", "backup-vault:yoto-backups-${Names}"))]),
        allow(*make, on=plans, when=[*ours(REQUEST), _UNTAGGED]),
        allow(*(each for each in actions if each.action != "CreateBackupPlan"), on=plans, when=ours()),
    ]


def _cloudfront(names: Sequence[str]) -> list[Statement]:
    def of(kind: str) -> list[Action]:
        tags = [] if kind == "OriginAccessControl" else ["TagResource", "UntagResource"]
        return [Action("cloudfront", name) for name in names if kind in name or name in tags]

    distributions = [Sub(GLOBAL % ("cloudfront", "distribution/*"))]
    functions = [Sub(GLOBAL % ("cloudfront", "function/yoto-deep-links-${Names}-${AWS::Region}"))]
    controls = [Sub(GLOBAL % ("cloudfront", "origin-access-control/*"))]
    return [
        allow(*of("Distribution"), Action("cloudfront", "CreateInvalidation"), on=distributions, when=ours()),
        allow(Action("cloudfront", "TagResource"), on=distributions, when=[*ours(REQUEST), _UNTAGGED]),
        allow(*of("Function"), on=functions),
        allow(*of("OriginAccessControl"), on=controls, when=through_stacks()),
    ]


def _apigateway(names: Sequence[str]) -> list[Statement]:
    actions = [Action("apigateway", name) for name in names if name != "GET"]
    apis, below, tags = (Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/{each}") for each in _PATHS)
    of_another_class = [_TAGGED, StringNotLike({RESOURCE % "Environment": [Sub(each) for each in CLASS]})]
    of_another_project = [Null({RESOURCE % "Project": "false"}), StringNotEquals({RESOURCE % "Project": PROJECT})]
    return [
        allow(Action("apigateway", "GET"), on=[apis, below, tags]),
        allow(*actions, on=[apis, below, tags], when=through_stacks()),
        deny(*actions, on=[below], when=of_another_class),
        deny(*actions, on=[below], when=of_another_project),
    ]


_PATHS = ("apis", "apis/*", "tags/*")
_UNTAGGED, _TAGGED = (Null({RESOURCE % "Environment": each}) for each in ("true", "false"))
_ALL = {
    "apigateway": (),
    "backup": (REGIONAL % ("backup", "backup-vault:*"), REGIONAL % ("backup", "backup-plan:*")),
    "cloudfront": (GLOBAL % ("cloudfront", "*"),),
    "ec2": (REGIONAL % ("ec2", "*"),),
}
_CHANGES: dict[str, Callable[[Sequence[str]], list[Statement]]] = {
    "apigateway": _apigateway,
    "backup": _backup,
    "cloudfront": _cloudfront,
    "ec2": _ec2,
}
TAGGED = frozenset(_CHANGES)
"""The services whose statements are made here."""
