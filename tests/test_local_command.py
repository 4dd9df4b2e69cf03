"""``python -m stackgen local``, as a person runs it: serving, deploying, and every wrong use of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from stackgen.cli import main
from stackgen.local.clock import Clock
from stackgen.local.fault_words import check_name, fault_of
from stackgen.local.faults import Delay, Fail, Faults, Kind, LoseAnswer, Throttle, TimeOut
from tests.support import IMPORTS, ROOT, Ran, Sandbox, environment

ACCOUNT = "222222222222"
KEY = "local"

FUNCTIONS = (
    IMPORTS
    + '''
from troposphere import awslambda, cloudformation


class ReportStack(Stack):
    """A function that runs from an image, and a resource that it makes."""

    system = "shop"
    file = "report"
    Tag: Parameter = Parameter()
    Password: Parameter = Parameter(no_echo=True, default="correct-horse")
    Made = Output(description="What the function answered")
    Told = Output(description="What nobody should see")

    def build(self):
        function = self.add(
            awslambda.Function(
                "Reporter",
                FunctionName="shop-reporter",
                PackageType="Image",
                Code=awslambda.Code(
                    ImageUri=Sub("${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shop/reporter:${Tag}")
                ),
                Role=Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/reporter"),
            )
        )
        report = self.add(
            cloudformation.CustomResource(
                "Report", ServiceToken=function.get_att("Arn"), Secret=self.Password, ServiceTimeout=600
            )
        )
        self.Made = report.get_att("Made")
        self.Told = Sub("it is ${Password}")
'''
)

HANDLERS = """\
import json
import os
import time
import urllib.request

number = 7

def answer(event, context):
    print("a handler prints")
    said = {"Status": "SUCCESS", "PhysicalResourceId": "report", "Data": {"Made": os.environ["AWS_REGION"]}}
    said |= {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(said).encode(), method="PUT")
    urllib.request.urlopen(request).close()

def hang(event, context):
    open("hanging", "w").close()
    while not os.path.exists("go on"):
        time.sleep(0.01)

def boom(event, context):
    raise RuntimeError("no paper")
"""

REPORT = ("--deploy", "report", "--once", "--parameter", "Tag=1.0", "--image", "shop/reporter:1.0")
SHOP = ("--deploy", "ShopStack", "--once", "--parameter", "TemplatesBucketName=shop-templates")


@pytest.fixture
def reports(sandbox: Sandbox) -> Sandbox:
    """A project with a stack that needs an image and a handler."""
    return sandbox.write({"stacks/report.py": FUNCTIONS, "paper/__init__.py": "", "paper/handlers.py": HANDLERS})


def local(sandbox: Sandbox, *words: str) -> Ran:
    return sandbox.run("local", *words, TMPDIR=str(sandbox.root))


class Serving(NamedTuple):
    """A stand-in that another process serves."""

    process: subprocess.Popen[str]
    lines: list[str]
    variables: dict[str, str]
    folder: Path

    def client(self, service: str, account: str = ACCOUNT) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=account,
            aws_secret_access_key=KEY,
            region_name=self.variables["AWS_REGION"],
            config=Config(retries={"max_attempts": 0}),
        )

    def stopped(self, number: signal.Signals = signal.SIGINT) -> Ran:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return Ran(self.process.returncode, out, err)

    def is_gone(self) -> bool:
        """Whether the port is closed, and no folder is left."""
        port = int(self.variables["AWS_ENDPOINT_URL"].rpartition(":")[2])
        with socket.socket() as probe:
            closed = probe.connect_ex(("127.0.0.1", port)) != 0
        return closed and not list(self.folder.glob("stackgen-local-*"))


@contextmanager
def serving(sandbox: Sandbox, *words: str) -> Iterator[Serving]:
    """Start it, and wait until it has said where it serves."""
    sandbox.always["TMPDIR"] = str(sandbox.root)
    process = sandbox.start("local", *words)
    lines: list[str] = []
    assert process.stdout is not None
    try:
        while not lines or not lines[-1].startswith("export AWS_EC2_METADATA_DISABLED"):
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            lines.append(line.rstrip("\n"))
        exports = (line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
        yield Serving(process, lines, dict(exports), sandbox.root)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_until_a_signal_and_leaves_nothing(sandbox: Sandbox, number: signal.Signals) -> None:
    with serving(sandbox, "--accounts", f"{ACCOUNT},333333333333", "-r", "eu-west-1") as stand_in:
        url = stand_in.variables["AWS_ENDPOINT_URL"]
        assert stand_in.lines == [
            f"a stand-in for AWS serves at {url}, account {ACCOUNT}, region eu-west-1",
            f"export AWS_ENDPOINT_URL={url}",
            f"export AWS_ACCESS_KEY_ID={ACCOUNT}",
            "export AWS_SECRET_ACCESS_KEY=local",
            "export AWS_DEFAULT_REGION=eu-west-1",
            "export AWS_REGION=eu-west-1",
            "export AWS_EC2_METADATA_DISABLED=true",
        ]
        assert list(stand_in.folder.glob("stackgen-local-*"))
        for account in (ACCOUNT, "333333333333"):
            sts = stand_in.client("sts", account)
            assert sts.get_caller_identity()["Account"] == account
            sts.close()
        ran = stand_in.stopped(number)
        assert (ran.code, ran.out) == (0, "")
        assert stand_in.is_gone()
    told = ran.err.splitlines()
    assert told[0].startswith("an access key of 12 digits is the account")
    assert told[1].endswith(f"  {ACCOUNT}/eu-west-1  sts:GetCallerIdentity")
    assert told[-1].startswith("ended after ")
    assert told[-1].endswith(": 2 calls, 0 refused, 0 functions invoked")


def test_its_time_runs_as_fast_as_it_is_told(sandbox: Sandbox) -> None:
    with serving(sandbox, "-q", "--speed", "100000") as stand_in:
        cloudformation = stand_in.client("cloudformation")
        body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
        cloudformation.create_stack(StackName="shop", TemplateBody=body)
        cloudformation.get_waiter("stack_create_complete").wait(StackName="shop", WaiterConfig={"Delay": 1})
        (stack,) = cloudformation.describe_stacks()["Stacks"]
        cloudformation.close()
        assert (stack["CreationTime"].hour, stack["CreationTime"].minute) != (0, 0)
        assert stand_in.stopped() == (0, "", "")


def test_a_fault_is_met_told_and_counted(sandbox: Sandbox) -> None:
    faults = ("--fault", "s3:ListBuckets=throttle", "--fault", "lambda:Invoke=fail:ServiceException")
    with serving(sandbox, *faults) as stand_in:
        s3 = stand_in.client("s3")
        with pytest.raises(ClientError, match="SlowDown"):
            s3.list_buckets()
        assert s3.list_buckets()["Buckets"] == []
        s3.close()
        ran = stand_in.stopped()
    assert ran.code == 0
    told = ran.err.splitlines()
    assert told[1].endswith("/us-east-1  s3:ListBuckets  SlowDown")
    assert told[-2] == "warning: --fault lambda:Invoke=fail:ServiceException was never met"
    assert told[-1].endswith(": 2 calls, 1 refused, 0 functions invoked, 1 fault met")


def test_without_a_project_it_serves_us_east_1(tmp_path: Path) -> None:
    with serving(Sandbox(tmp_path / "empty")) as stand_in:
        assert stand_in.variables["AWS_REGION"] == "us-east-1"
        assert stand_in.stopped(signal.SIGTERM).code == 0


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = local(sandbox, "--port", str(port))
    assert ran == (1, "", f"error: port {port} cannot be used: Address already in use\n  choose another with --port\n")
    assert not list(sandbox.root.glob("stackgen-local-*"))


def test_nested_stacks_are_deployed_from_the_bucket_that_they_name(shop: Sandbox) -> None:
    ran = local(shop, *SHOP, "-r", "eu-west-1")
    assert ran.code == 0, ran.err
    verdict, output = ran.out.splitlines()
    assert verdict == "ShopStack: CREATE_COMPLETE, 4 stacks, 3 resources, 0 s of virtual time".replace(
        "ShopStack", "shop"
    )
    assert output.startswith("  VpcId  vpc-")
    assert "made the bucket shop-templates in eu-west-1, with 3 templates\n" in ran.err
    assert "  shop/Network/Vpc  AWS::EC2::VPC  CREATE_COMPLETE\n" in ran.err
    kept = [".stackgen/.gitignore", ".stackgen/lint-templates.json", ".stackgen/lint.json"]
    assert list(shop.contents()) == [*kept, "pyproject.toml", "stacks/shop.py"]


def test_a_deployment_goes_on_serving(shop: Sandbox) -> None:
    words = [word for word in SHOP if word != "--once"]
    with serving(shop, "-q", *words, "--stack-name", "mine") as stand_in:
        assert stand_in.lines[0].startswith("mine: CREATE_COMPLETE, 4 stacks, 3 resources")
        cloudformation = stand_in.client("cloudformation", "111111111111")
        assert len(cloudformation.describe_stacks()["Stacks"]) == 4
        cloudformation.close()
        assert stand_in.stopped() == (0, "", "")
        assert stand_in.is_gone()


def test_a_handler_runs_and_what_is_secret_is_masked(reports: Sandbox) -> None:
    words = ("--handler", "*reporter*=paper.handlers:answer", "--secret", "/shop/password=battery-staple")
    ran = local(reports, *REPORT, *words, "--format", "json")
    assert ran.code == 0, ran.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert {(line["schema"], line["version"]) for line in lines} == {
        ("stackgen/local-call", 1),
        ("stackgen/local-event", 1),
        ("stackgen/local-outcome", 1),
    }
    outcome = lines[-1]
    assert outcome["outputs"] == {"Made": "us-east-1", "Told": "it is ****"}
    assert (outcome["status"], outcome["exit_code"], outcome["failure"]) == ("CREATE_COMPLETE", 0, None)
    assert "a handler prints\n" in ran.err
    assert "made the secret /shop/password\n" in ran.err
    assert not [secret for secret in ("correct-horse", "battery-staple") if secret in ran.out + ran.err]


class Failing(NamedTuple):
    """Words of a deployment that fails, its code, and what its lines begin with after the verdict."""

    words: tuple[str, ...]
    code: int
    lines: tuple[str, ...]


FAILING = {
    "an image is missing": Failing(
        REPORT[:-2],
        5,
        ("  report/Reporter (AWS::Lambda::Function) CREATE_FAILED: ", "  make it: --image shop/reporter:1.0"),
    ),
    "no handler is there": Failing(
        REPORT,
        6,
        (
            "  report/Report (AWS::CloudFormation::CustomResource) CREATE_FAILED: ",
            "  nothing ran for the function shop-reporter: --handler 'shop-reporter=MODULE:FUNCTION'",
            "  not rolled back: report/Report (AWS::CloudFormation::CustomResource) DELETE_FAILED: ",
        ),
    ),
    "a handler raises": Failing(
        (*REPORT, "--handler", "shop-*=paper.handlers:boom"),
        6,
        (
            "  report/Report (AWS::CloudFormation::CustomResource) CREATE_FAILED: ",
            "  the function shop-reporter failed with RuntimeError: no paper",
        ),
    ),
    "a fault was planted": Failing(
        (*REPORT, "--handler", "shop-*=paper.handlers:answer", "--fault", "create:Custom*=delay:90",
         "--fault", "create:*::CustomResource=fail:no paper, no ink"),
        5,
        (
            "  report/Report (AWS::CloudFormation::CustomResource) CREATE_FAILED: no paper, no ink",
            "  that was planted: --fault create:*::CustomResource=fail:no paper, no ink",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING)
def test_a_failure_says_what_failed_first_and_what_to_do(reports: Sandbox, failing: Failing) -> None:
    ran = local(reports, "-q", *failing.words)
    verdict, *lines = ran.out.splitlines()
    assert (ran.code, verdict.split()[:2]) == (
        failing.code,
        ["report:", {5: "ROLLBACK_COMPLETE,", 6: "ROLLBACK_FAILED,"}[failing.code]],
    )
    assert len(lines) >= len(failing.lines)
    assert all(line.startswith(begin) for line, begin in zip(lines, failing.lines, strict=False)), lines
    assert not list(reports.root.glob("stackgen-local-*"))


def test_a_deployment_that_failed_is_served_and_its_code_kept(reports: Sandbox) -> None:
    words = [word for word in REPORT[:-2] if word != "--once"]
    with serving(reports, "-q", *words) as stand_in:
        assert stand_in.lines[0].startswith("report: ROLLBACK_COMPLETE, ")
        assert stand_in.stopped() == (5, "", "")


def test_a_bucket_that_cannot_be_made_is_an_error(shop: Sandbox) -> None:
    ran = local(shop, "--deploy", "shop", "--once", "--parameter", "TemplatesBucketName=No_Bucket", "-q")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: what shop stands on cannot be made: ")
    assert "InvalidBucketName" in ran.err


def test_an_interrupted_deployment_is_130(reports: Sandbox) -> None:
    reports.always["TMPDIR"] = str(reports.root)
    process = reports.start("local", *REPORT, "--handler", "shop-*=paper.handlers:hang")
    while not (reports.root / "hanging").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    reports.write({"go on": ""})
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("report: interrupted in CREATE_IN_PROGRESS, 0 stacks, 1 resource, 0 s of virtual time\n")
    assert "Traceback" not in err
    assert not list(reports.root.glob("stackgen-local-*"))


def test_a_handler_that_hangs_does_not_hold_up_a_second_interrupt(reports: Sandbox) -> None:
    reports.always["TMPDIR"] = str(reports.root)
    process = reports.start("local", *REPORT, "--handler", "shop-*=paper.handlers:hang")
    while not (reports.root / "hanging").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)
    process.send_signal(signal.SIGTERM)
    try:
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err.endswith("interrupted; no file is left half-written\n")
    assert not list(reports.root.glob("stackgen-local-*"))


def test_an_error_of_lint_is_4_and_nothing_is_deployed(shop: Sandbox) -> None:
    text = (shop.root / "stacks/shop.py").read_text("utf-8")
    shop.write({"stacks/shop.py": text.replace("CidrBlock=self.CidrBlock,", 'CidrBlock="10.1.0.0/99",')})
    ran = local(shop, *SHOP)
    verdict, finding, *_ = ran.out.splitlines()
    assert ran.code == 4
    assert verdict.startswith("shop/shop is not deployed: 1 finding (1 error, ")
    assert finding.startswith("build/shop/network.json:")
    assert "made the bucket" not in ran.err


MISSING = """\
import sys
sys.modules[sys.argv[1]] = None
from stackgen.cli import main
sys.exit(main(["local", "--once", "--deploy", "shop"]))
"""


@pytest.mark.parametrize("package", ["boto3", "ministack", "moto"])
def test_without_the_extra_one_sentence_says_what_to_install(shop: Sandbox, package: str) -> None:
    command = [sys.executable, "-c", MISSING, package]
    done = subprocess.run(command, cwd=shop.root, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"error: the stand-in for AWS is not installed (no {package})\n  pip install 'stackgen[local]'\n",
    )


WRONG: dict[str, str] = {
    "--port http": "--port http: a number up to 65535 was expected",
    "--port 70000": "--port 70000: a number up to 65535 was expected",
    "--accounts 123": "--accounts: '123' is no account",
    "--accounts 111111111111,": "--accounts: '' is no account",
    "--speed 0": "--speed 0: a number above 0 was expected",
    "--speed fast": "--speed fast: a number above 0 was expected",
    "--seed x": "--seed x: a whole number was expected",
    "-r mars": "-r mars: that is no region",
    "-r eu-wesst-1": "-r eu-wesst-1: AWS has no such region",
    "-r us-east-1 -r eu-west-1": "local takes one -r, and was given us-east-1 and eu-west-1",
    "-o out.txt": "local takes no -o: it prints as it goes",
    "--format yaml": "--format yaml: one of text, json was expected",
    "--prot 1": "local: unrecognized arguments: --prot 1",
    "--once": "--once needs --deploy STACK",
    "--image a:1": "--image needs --deploy STACK",
    "--deploy a --deploy b": "local takes one --deploy, and was given a and b",
    "--deploy a --image web": "--image web: REPOSITORY:TAG was expected",
    "--deploy a --parameter Size": "--parameter Size: KEY=VALUE was expected",
    "--deploy a --parameter A=1 --parameter A=2": "--parameter A is given twice",
    "--deploy a --secret /a=": "--secret /a: the value is empty",
    "--deploy a --stack-name 1a": "--stack-name 1a: CloudFormation would refuse it",
    "--handler *=shop": "--handler *=shop: PATTERN=MODULE:FUNCTION was expected",
    "--handler *=papier:answer": "--handler *=papier:answer: there is no module papier",
    "--handler *=paper.handler:answer": "--handler *=paper.handler:answer: there is no module paper.handler",
    "--handler *=paper.handlers:answr": "--handler *=paper.handlers:answr: paper.handlers has no function answr",
    "--handler *=paper.handlers:number": "--handler *=paper.handlers:number: number is 7, a function was expected",
    "--fault s3:GetObject": "--fault s3:GetObject: WHAT=KIND was expected",
    "--fault create:AWS::SQS::Queu=fail": "--fault create:AWS::SQS::Queu=fail: the stand-in makes no AWS::SQS::Queu",
    "--fault s3:GetObject=trottle": "--fault s3:GetObject=trottle: 'trottle' is nothing that happens to a call",
    "--fault create:AWS::S3::Bucket=lose": "--fault create:AWS::S3::Bucket=lose: 'lose' is nothing that happens to a "
    "resource",
    "--fault s3:GetObject=fail": "--fault s3:GetObject=fail: fail needs more",
    "--fault s3:GetObject=delay:x": "--fault s3:GetObject=delay:x: delay is 'x', a number above 0 was expected",
    "--fault s3:GetObject=lose,tims=3": "--fault s3:GetObject=lose,tims=3: 'tims=3' is no option of a fault",
    "--fault s3:GetObject=lose,times=0": "--fault s3:GetObject=lose,times=0: times is '0', a whole number from 1 or "
    "'always' was expected",
    "--fault s3:GetObject=lose,probability=2": "--fault s3:GetObject=lose,probability=2: probability is '2', a number "
    "above 0, 1 at most was expected",
    "--fault s4:GetObject=lose": "--fault s4:GetObject=lose: AWS has no service 's4'",
    "--fault dynamodb:PutItm=throttle": "--fault dynamodb:PutItm=throttle: dynamodb has no operation 'PutItm'",
    "--fault create:Bucket=fail": "--fault create:Bucket=fail: 'Bucket' is no type of a resource",
}


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=WRONG)
def test_a_wrong_use_is_2_and_says_what_was_expected(
    reports: Sandbox,
    words: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(reports.root)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("paper", "paper.handlers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in [name for name in os.environ if name in {"CI", "GITHUB_ACTIONS", "FORCE_COLOR"}]:
        monkeypatch.delenv(name)
    code = main(["local", *words.split()])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == f"error: {message}"
    assert len(err.splitlines()) <= 5


FAULTS: dict[str, tuple[Kind, int | None]] = {
    "dynamodb:PutItem=throttle": (Throttle(), 1),
    "cloudformation:*=lose,times=3,account=111111111111,region=eu-west-1": (LoseAnswer(), 3),
    "s3:GetObject=delay:30,probability=0.1": (Delay(30), None),
    "s3:*=timeout": (TimeOut(), 1),
    "s3:*=timeout:5,times=always": (TimeOut(5), None),
    "lambda:Invoke=fail:ServiceException": (Fail("ServiceException", status=500), 1),
    "lambda:Invoke=fail:Odd:it is: odd, today": (Fail("Odd", "it is: odd, today"), 1),
    "create:AWS::RDS::DBInstance=fail:no capacity": (Fail("Planted", "no capacity"), 1),
    "delete:AWS::S3::*=delay:90": (Delay(90), 1),
}


@pytest.mark.parametrize(("words", "expected"), FAULTS.items(), ids=FAULTS)
def test_words_become_faults(words: str, expected: tuple[Kind, int | None]) -> None:
    asked = fault_of(words)
    check_name(asked)
    fault = asked.plant(Faults(Clock()))
    assert (fault.kind, fault.times) == expected
    assert fault.calls == words.partition("=")[0]
    assert (fault.account, fault.region) == (("111111111111", "eu-west-1") if "account" in words else ("*", "*"))
    assert fault.probability == (0.1 if "probability" in words else 1.0)


SPELLINGS = {
    "--fault dynamodb:PutItm=throttle": "  did you mean PutItem?",
    "--fault s3:GetObject=trottle": "  did you mean throttle?",
    "--fault s3:GetObject=lose,tims=3": "  did you mean times?",
    "--handler *=paper.handlers:answr": "  did you mean answer?",
    "--handler *=paper.handler:answer": "  did you mean handlers?",
    "--prot 1": "  did you mean --port?",
    "-r eu-wesst-1": "  did you mean eu-west-1?",
}


@pytest.mark.parametrize(("words", "hint"), SPELLINGS.items(), ids=SPELLINGS)
def test_the_likely_spelling_is_told(reports: Sandbox, words: str, hint: str) -> None:
    assert local(reports, *words.split()).err.splitlines()[-1] == hint


def test_what_is_wrong_with_the_parameters_is_said_at_once(reports: Sandbox) -> None:
    ran = local(reports, "--deploy", "report", "--parameter", "Tga=1.0")
    assert ran == (
        2,
        "",
        (
            "error: shop/report cannot be deployed so: it has no parameter Tga; Tag needs a value\n"
            "  give --parameter Tag=...\n"
            "  Tga: did you mean Tag?\n"
        ),
    )


def test_a_stack_that_is_not_there_is_2_with_the_likely_spelling(reports: Sandbox) -> None:
    assert local(reports, "--deploy", "ReportStak") == (
        2,
        "",
        "error: no stack 'ReportStak'\n  did you mean ReportStack?\n",
    )


def test_a_deployment_needs_a_project(tmp_path: Path) -> None:
    ran = local(Sandbox(tmp_path / "empty"), "--deploy", "shop")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: no project in ")


def test_a_reader_that_has_enough_ends_it(sandbox: Sandbox) -> None:
    sandbox.always["TMPDIR"] = str(sandbox.root)
    process = sandbox.start("local", "--format", "json")
    assert process.stdout is not None
    assert process.stderr is not None
    ready = json.loads(process.stdout.readline())
    process.stdout.close()
    variables = ready["environment"]
    stand_in = Serving(process, [], variables, sandbox.root)
    sts = stand_in.client("sts")
    try:
        assert sts.get_caller_identity()["Account"] == ACCOUNT
        sts.close()
        assert process.wait(timeout=60) == 0
        assert "Error" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert stand_in.is_gone()


TAPSTACK = """\
--deploy TapStack --once
--parameter EnvironmentSuffix=dev --parameter ImageTag=1.0.0 --parameter TemplatesBucketName=tap-templates
--parameter DatabasePasswordParameterName=/tap/dev/password --secret /tap/dev/password
--image transaction-validator-dev:1.0.0 --image schema-migration-dev:1.0.0 --parameter EnableMigration=false
"""


def test_tapstack_is_deployed_in_five_lines_of_shell() -> None:
    assert len(TAPSTACK.splitlines()) <= 4
    ran = Sandbox(ROOT).run("local", *TAPSTACK.split())
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("TapStack: CREATE_COMPLETE, 7 stacks, ")
    assert "ValidatorAliasArn" in ran.out
    assert "made the secret /tap/dev/password\n" in ran.err
