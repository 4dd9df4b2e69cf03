"""Wrong declarations and projects: each is refused on its line, by name, with the likely fix, and writes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support import IMPORTS, PYPROJECT, Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARY = (
    IMPORTS
    + '''
from troposphere import s3


class Base(Stack):
    system = "shop"
    artifact_bucket = "templates"
    Env: Parameter = Parameter(default=FromParent("dev"), pattern="^[a-z]{1,8}$", max_length=8)


class NetworkStack(Base):
    """A network."""

    file = "network"
    CidrBlock: Parameter = Parameter(default="10.0.0.0/16", pattern=r"\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+")
    Zones: Parameter = Parameter(NUMBER, default=2, min_value=1, max_value=3)
    Tier: Parameter = Parameter(default="small", allowed_values=["small", "large"])
    VpcId = Output(VPC_ID)
    SubnetIds = Output(LIST_OF_SUBNET_IDS)

    def build(self):
        vpc = self.add(ec2.VPC("Vpc", CidrBlock=self.CidrBlock))
        subnet = self.add(ec2.Subnet("Subnet", VpcId=vpc.ref(), CidrBlock="10.0.1.0/24"))
        self.VpcId = vpc.ref()
        self.SubnetIds = [subnet.ref()]


class ServiceStack(Base):
    """A service."""

    file = "service"
    VpcId: Parameter = Parameter(VPC_ID)
    SubnetIds: Parameter = Parameter(LIST_OF_SUBNET_IDS)
    QueueUrl = Output()

    def build(self):
        self.QueueUrl = self.add(sqs.Queue("Queue")).ref()
'''
)


FINE = {"pyproject.toml": PYPROJECT, "stacks/library.py": LIBRARY}


class Case(NamedTuple):
    """A project, and what its refusal must say; ``# HERE`` marks the line that must be named."""

    files: Mapping[str, str]
    patterns: tuple[str, ...]
    code: int = 1
    words: tuple[str, ...] = ("build",)


def module(text: str, *patterns: str) -> Case:
    """One module of stacks beside the library of the examples."""
    files = {"pyproject.toml": PYPROJECT, "stacks/library.py": LIBRARY}
    files["stacks/bad.py"] = f"from .library import *\nfrom .library import Base, NetworkStack, ServiceStack\n{text}"
    return Case(files, patterns)


def parent(body: str, *patterns: str, before: str = "") -> Case:
    """A stack class with this body."""
    lines = "\n".join(f"    {line}" if line else "" for line in body.splitlines())
    return module(f'{before}\n\nclass Bad(Base):\n    """Bad."""\n\n    file = "bad"\n{lines}\n', *patterns)


def built(body: str, *patterns: str, above: str = "") -> Case:
    """A stack whose ``build()`` has this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return parent(f"{above}\n\ndef build(self):\n{lines}", *patterns)


def project(message: str, **files: str) -> Case:
    """The examples' project with these files instead or besides."""
    return Case({**FINE, **files}, (message,))


def settings(text: str, message: str) -> Case:
    """A project with these settings; its stacks are right."""
    return Case({**FINE, "pyproject.toml": text}, (message,))


def words(message: str, *given: str, code: int = 2) -> Case:
    """A project in which all is right, but for the words of the command."""
    return Case(FINE, (message,), code, given)


NETWORK = "Network = nested(NetworkStack)\n"
SUBNETS = "VpcId=Network.VpcId, SubnetIds=Network.SubnetIds"

PARAMETERS = {
    "an unknown parameter": parent(
        'N = nested(NetworkStack, CidrBlok="10.0.0.0/16")  # HERE',
        "NetworkStack has no parameter CidrBlok", "did you mean CidrBlock",
    ),
    "a missing parameter": parent(
        f"{NETWORK}S = nested(ServiceStack, VpcId=Network.VpcId)  # HERE",
        "ServiceStack needs SubnetIds", r"library\.py:\d+",
    ),
    "a list for a scalar": parent(
        'N = nested(NetworkStack, CidrBlock=["10.0.0.0/16"])  # HERE',
        r"\['10\.0\.0\.0/16'\] is a list", r"NetworkStack\.CidrBlock is String",
    ),
    "a scalar for a list": parent(
        f"{NETWORK}S = nested(ServiceStack, VpcId=Network.VpcId, SubnetIds=Network.VpcId)  # HERE",
        r"ServiceStack\.SubnetIds is List<AWS::EC2::Subnet::Id>", r"NetworkStack\.VpcId is AWS::EC2::VPC::Id",
    ),
    "another AWS type": parent(
        f"{NETWORK}Other: Parameter = Parameter(SUBNET_ID)\n"
        "S = nested(ServiceStack, VpcId=Other, SubnetIds=Network.SubnetIds)  # HERE",
        r"ServiceStack\.VpcId is AWS::EC2::VPC::Id", r"Bad\.Other is AWS::EC2::Subnet::Id",
    ),
    "a literal against the pattern": parent(
        'N = nested(NetworkStack, CidrBlock="10.0.0.0")  # HERE', r"'10\.0\.0\.0'", r"NetworkStack\.CidrBlock", "match",
    ),
    "a number above the range": parent(
        "N = nested(NetworkStack, Zones=9)  # HERE", "'9'", r"NetworkStack\.Zones", "above 3"
    ),
    "a text for a number": parent(
        'N = nested(NetworkStack, Zones="two")  # HERE', "'two'", r"NetworkStack\.Zones", "not a number"
    ),
    "a value that is not allowed": parent(
        'N = nested(NetworkStack, Tier="smal")  # HERE', "'smal'", r"NetworkStack\.Tier", "small, large"
    ),
    "an object that is no value": parent(
        "N = nested(NetworkStack, CidrBlock=object())  # HERE", r"NetworkStack\.CidrBlock", "object"
    ),
    "nothing": parent("N = nested(NetworkStack, CidrBlock=None)  # HERE", r"NetworkStack\.CidrBlock is ", "None"),
    "a default against its own constraint": parent(
        'Size: Parameter = Parameter(default="huge", allowed_values=["small"])  # HERE', "'huge'", "small"
    ),
    "a constraint that does not go with the type": parent(
        "Size: Parameter = Parameter(NUMBER, min_length=2)  # HERE", "min_length does not go with type Number"
    ),
    "a type that CloudFormation does not have": parent(
        'Size: Parameter = Parameter("AWS::EC2::Vpc::Id")  # HERE',
        "'AWS::EC2::Vpc::Id'", "did you mean AWS::EC2::VPC::Id",
    ),
}  # fmt: skip

OUTPUTS = {
    "an output that is never set": built(
        'self.add(sqs.Queue("Queue"))', r"Bad\.Url is never set", above="Url = Output()  # HERE"
    ),
    "an output that is set twice": built(
        'url = self.add(sqs.Queue("Queue")).ref()\nself.Url = url\nself.Url = url  # HERE',
        r"Bad\.Url is set twice", r"bad\.py:\d+|line \d+ of bad\.py", above="Url = Output()",
    ),
    "an output that is not declared": built(
        'self.Ulr = self.add(sqs.Queue("Queue")).ref()  # HERE',
        "Bad declares no output Ulr", "did you mean Url", above="Url = Output()",
    ),
    "an output of the wrong type": built(
        'self.Vpc = self.add(sqs.Queue("Queue")).ref()  # HERE',
        r"Bad\.Vpc is AWS::EC2::VPC::Id", "Queue", "AWS::SQS::Queue", above="Vpc = Output(VPC_ID)",
    ),
    "a misspelt output of a child": parent(
        f"{NETWORK}Vpc = Output(value=Network.VpdId)  # HERE", "NetworkStack has no output VpdId", "did you mean VpcId"
    ),
    "a parameter of a child that is no output": parent(
        f"{NETWORK}Cidr = Output(value=Network.CidrBlock)  # HERE",
        "NetworkStack has no output CidrBlock", "output=True",
    ),
    "a child's output in a condition": parent(
        f'{NETWORK}Large = Condition(Equals(Network.VpcId, "x"))  # HERE', "Large reads NetworkStack.VpcId"
    ),
    "an output of a conditional child without a guard": parent(
        'Large = Condition(Equals(Ref("AWS::Region"), "x"))\n'
        "Network = nested(NetworkStack, Attributes(Condition=Large))\nVpc = Output(value=Network.VpcId)  # HERE",
        r"NetworkStack\.VpcId", "Network exists only if Large", "guard it",
    ),
    "a declaration in an f-string": parent(
        f'{NETWORK}Url = Output(value=f"x-{{Network.VpcId}}")  # HERE', "NetworkStack.VpcId is not text", "Sub"
    ),
    "a parameter in an f-string": built(
        'self.add(sqs.Queue("Queue", QueueName=f"q-{self.Env}"))  # HERE', r"Env is not text", "Sub"
    ),
}  # fmt: skip

REFERENCES = {
    "another stack's child": parent(
        "S = nested(ServiceStack, VpcId=Other.Network.VpcId, SubnetIds=Other.Network.SubnetIds)  # HERE",
        r"Bad refers to NetworkStack\.VpcId", "belongs to Other",
        before=f'\n\nclass Other(Base):\n    """Other."""\n\n    file = "other"\n    {NETWORK}',
    ),
    "a name that is not in the template": built(
        'self.add(sqs.Queue("Queue", QueueName=Ref("Nmae")))  # HERE',
        "Bad.Queue", "Ref names Nmae", "did you mean Name", above="Name: Parameter = Parameter()",
    ),
    "a name in a Sub that is not in the template": built(
        'self.add(sqs.Queue("Queue", QueueName=Sub("q-${Evn}")))  # HERE', "Fn::Sub names Evn", "did you mean Env"
    ),
    "a resource without its condition": built(
        'self.add(sqs.Queue("Queue", Condition="Large"))  # HERE', "names Large"
    ),
    "one logical ID for two resources": built(
        'self.add(sqs.Queue("Queue"))\nself.add(sqs.Queue("Queue"))  # HERE',
        "Bad has two resources Queue", r"bad\.py:\d+",
    ),
    "one name for a parameter and a resource": built(
        'self.add(sqs.Queue("Env"))  # HERE', "Env is a parameter of Bad and a resource"
    ),
    "resources that wait for each other": built(
        'self.add(sqs.Queue("A", QueueName=GetAtt("B", "QueueName")))\n'
        'self.add(sqs.Queue("B", QueueName=GetAtt("A", "QueueName")))',
        "resources wait for each other", "A -Fn::GetAtt-> B|B -Fn::GetAtt-> A", "cut",
    ),
    "stacks that nest each other": parent(
        "def build(self):\n    self.nest('Again', Bad)", "stacks nest each other: Bad -> Bad"
    ),
    "a shadowed member of Stack": parent(
        "members: Parameter = Parameter()  # HERE", r"Bad\.members", r"Stack\.members"
    ),
    "a child that is no stack": parent("N = nested(object)  # HERE", "takes a stack class", "object"),
    "a child without a file": parent("N = nested(Base)  # HERE", "Base cannot be nested: it names no file"),
    "children without a bucket": parent(
        'artifact_bucket = ""\nN = nested(NetworkStack)  # HERE', "Bad has children but no artifact_bucket"
    ),
}  # fmt: skip

NAMES_AND_LIMITS = {
    "a physical name that is too long": built(
        f'self.add(sqs.Queue("Queue", QueueName=Sub("{"q" * 75}-${{Env}}")))  # HERE',
        "Queue: QueueName", "84", "80", "AWS::SQS::Queue",
    ),
    "a physical name of wrong characters": built(
        'self.add(sqs.Queue("Queue", QueueName="my.queue"))  # HERE', "Queue: QueueName 'my.queue'", "AWS::SQS::Queue"
    ),
    "a bucket's name that troposphere knows to be wrong": built(
        'self.add(s3.Bucket("Bucket", BucketName="My_Bucket"))  # HERE', "My_Bucket", r"Bucket\.BucketName"
    ),
    "a stem that is not in kebab-case": built(
        'self.add(sqs.Queue("Queue", QueueName=self.named("myQueue")))  # HERE',
        "'myQueue' is not in kebab-case", "did you mean 'my-queue'",
    ),
    "a logical ID that is not in PascalCase": built(
        'self.add(sqs.Queue("my_queue"))  # HERE', "'my_queue'|title|alphanumeric"
    ),
    "an attribute that is not in PascalCase": parent(
        "queue_name: Parameter = Parameter()  # HERE", "'queue_name' is no logical ID", "did you mean QueueName"
    ),
    "more than 500 resources": built(
        'for number in range(501):\n    self.add(sqs.Queue(f"Queue{number}"))', "501 of 500 Resources", "split it"
    ),
    "a docstring that is too long": module(
        f'\n\nclass Bad(Base):  # HERE\n    """{"long " * 300}"""\n\n    file = "bad"\n\n'
        '    def build(self):\n        self.add(sqs.Queue("Queue"))\n',
        "Description of Bad", "1,499 bytes", "1,024 are allowed",
    ),
    "no docstring": module(
        '\n\nclass Bad(Base):  # HERE\n    file = "bad"\n\n'
        '    def build(self):\n        self.add(sqs.Queue("Queue"))\n',
        "Bad has no docstring",
    ),
    "a stack without a resource": parent("Name: Parameter = Parameter()", "Bad has no resource"),
    "a file outside the folder": parent('file = "../bad"', r"'\.\./bad' cannot be a file's name"),
    "two stacks with one file": parent('file = "network"', "Bad", "NetworkStack", r"both write shop/network\.json"),
}  # fmt: skip

CODE = {
    "a build() that raises": built(
        'raise ValueError("no such table")  # HERE', r"Bad\.build\(\): ValueError: no such table"
    ),
    "a build() that leaves": built('raise SystemExit("enough")  # HERE', "SystemExit: enough"),
    "an unknown property": built('self.add(sqs.Queue("Queue", DelaySecond=1))  # HERE', "DelaySecond"),
    "a missing property": built('self.add(ec2.Subnet("Subnet", CidrBlock="10.0.0.0/24"))  # HERE', "Subnet", "VpcId"),
    "a property of the wrong type": built(
        'self.add(sqs.Queue("Queue", DelaySeconds="soon"))  # HERE', "'soon'", r"Queue\.DelaySeconds"
    ),
    "a class of troposphere that is not there": built('self.add(ec2.VCP("Vpc"))  # HERE', "VCP"),
    "an import that fails": module(
        "import no_such_module  # HERE\n", "ModuleNotFoundError: No module named 'no_such_module'"
    ),
    "a misspelt import": module("from stackgen import Outptu  # HERE\n", "Outptu", "did you mean Output"),
    "a misspelt attribute": module("\nVPC = ec2.VCP  # HERE\n", "VCP", "did you mean VPC"),
    "a module that does not compile": module("def build(:  # HERE\n", "SyntaxError: invalid syntax"),
    "an indentation error": module("\n  X = 1  # HERE\n", "IndentationError: unexpected indent"),
    "a module that raises": module("\nTABLE = {}['key']  # HERE\n", "KeyError: 'key'"),
    "a module that leaves": module("\nimport sys\n\nsys.exit(3)  # HERE\n", "SystemExit: 3", "must not leave"),
    "a message of many lines": module("\nraise ValueError('one\\n' * 50)  # HERE\n", "ValueError: one"),
}  # fmt: skip

PROJECTS = {
    "no project": Case({}, (r"no project in /", "--config FILE")),
    "no table in pyproject": settings("[project]\nname = 'x'\n", r"pyproject\.toml: has no \[tool\.stackgen\]"),
    "a misspelt setting": settings(
        '[tool.stackgen]\nstaks = "stacks"  # HERE\n',
        r"pyproject\.toml:2: unknown setting 'staks'\n  did you mean stacks\?",
    ),
    "a setting of the wrong type": settings(
        "[tool.stackgen]\nbuild = ['build']\n", r"pyproject\.toml:2: build is \['build'\], but a text"
    ),
    "a pyproject that is not TOML": settings(
        "[tool.stackgen]\nstacks = \n", r"pyproject\.toml:2: is not TOML: .+line 2"
    ),
    "a folder that is missing": settings(
        '[tool.stackgen]\nstacks = "infra"\n', r"pyproject\.toml:2: there is no folder infra"
    ),
    "no stack in the folder": project("stacks: no stack found", **{"stacks/library.py": "X = 1\n"}),
    "an unwritable build folder": settings(
        PYPROJECT + 'build = "stacks/library.py/build"\n',
        r"stacks/library\.py/build/manifest\.json: cannot be written: Not a directory",
    ),
    "a file in the way": project(
        r"build/shop/network\.json: is in the way: no build wrote it",
        **{"build/shop/network.json": "{}\n"},
    ),
    "another program's manifest": project(
        r"build/manifest\.json: is in the way: no build wrote it", **{"build/manifest.json": "{}\n"}
    ),
    "a config that is not there": words(
        r"none\.toml: cannot be read: No such file", "build", "--config", "none.toml", code=1
    ),
    "a wrong flag": words("--chekc\n  did you mean --check", "build", "--chekc"),
    "a wrong command": words("unknown command 'bulid'\n  did you mean build", "bulid"),
    "a wrong stack": words("no stack 'NetwrkStack'\n  did you mean NetworkStack", "build", "NetwrkStack"),
    "a wrong format": words("--format xml: one of text, json, yaml", "build", "--format", "xml"),
}

CASES = {**PARAMETERS, **OUTPUTS, **REFERENCES, **NAMES_AND_LIMITS, **CODE, **PROJECTS}


def place_of(case: Case) -> str:
    for name, text in case.files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.endswith("# HERE"):
                return f"{name}:{number}: "
    return ""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_wrong_is_refused_on_its_line_and_writes_nothing(
    tmp_path_factory: pytest.TempPathFactory, case: Case
) -> None:
    sandbox = Sandbox(tmp_path_factory.mktemp("project")).write(case.files)
    before = sandbox.contents()
    ran = sandbox.run(*case.words)
    assert ran.code == case.code, ran.err
    assert ran.out == ""
    assert ran.err.startswith(f"error: {place_of(case)}"), ran.err
    for pattern in case.patterns:
        assert re.search(pattern, ran.err), ran.err
    assert len(ran.err.splitlines()) <= 5
    assert "Traceback" not in ran.err
    assert sandbox.contents() == before


@pytest.mark.parametrize("name", ["an unknown parameter", "a module that raises", "a misspelt setting"])
def test_a_traceback_follows_for_those_who_ask(sandbox: Sandbox, name: str) -> None:
    sandbox.write(CASES[name].files)
    plain, verbose = sandbox.run("build"), sandbox.run("build", "-v")
    assert verbose.err.startswith(plain.err)
    assert "Traceback (most recent call last)" in verbose.err


def test_the_library_of_the_examples_is_right(sandbox: Sandbox) -> None:
    ran = sandbox.write(FINE).run("build")
    assert ran == (0, "built 2 templates: 2 written, 0 unchanged, 0 removed\n", ran.err)
