"""Speed of the stand-in for AWS, in seconds and beside a bare Python of the same run; a process for each figure.

    scripts/bench local [--rounds N] [--row WORD]

The targets are seconds, for what waits is a person: a start, a deployment of TapStack's tree, a rollout by StackSets.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

#: What every measured program begins with; ``since`` is the moment from which it counts.
PRELUDE = """
import json, resource, time
import boto3
from stackgen.local.cloud import Cloud
from stackgen.local.wire import Request

def told(seconds):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))
"""

START = """
from stackgen.local import embedded
embedded._imported("")
since = time.perf_counter()
cloud = Cloud()
told(time.perf_counter() - since)
cloud.close()
"""

TAPSTACK = """
from tests.local.tapstack import TapStack
with Cloud() as cloud:
    tap = TapStack(cloud)
    tap.prepare("eu-west-1")
    values = tap.root_parameters("eu-west-1")
    since = time.perf_counter()
    tap.deploy("eu-west-1", "TapStack-dev", "TapStack", values)
    assert tap.status("eu-west-1", "TapStack-dev") == "CREATE_COMPLETE"
    told(time.perf_counter() - since)
"""

ROLLOUT = """
TEMPLATE = json.dumps({"Parameters": {"Env": {"Type": "String"}}, "Resources": {"Where": {
    "Type": "AWS::SSM::Parameter", "Properties": {"Name": "/app/where", "Type": "String",
    "Value": {"Fn::Sub": "${Env} ${AWS::AccountId} ${AWS::Region}"}}}}})
accounts = [f"{each:012}" for each in range(1, 201)]
regions = [f"eu-west-{each}" for each in range(1, INSTANCES // 200 + 1)]
WIDE = {"MaxConcurrentPercentage": 100, "FailureTolerancePercentage": 100, "RegionConcurrencyType": "PARALLEL"}

def value(account, region):
    credential = f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/ssm/aws4_request"
    headers = {"authorization": credential, "x-amz-target": "AmazonSSM.GetParameter",
               "content-type": "application/x-amz-json-1.1", "host": "127.0.0.1"}
    answer = cloud.gateway.handle(Request("POST", "/", "", headers, b'{"Name": "/app/where"}'))
    return json.loads(answer.body)["Parameter"]["Value"]

with Cloud() as cloud:
    client = cloud.client("cloudformation")
    client.create_stack_set(StackSetName="app", TemplateBody=TEMPLATE,
                            Parameters=[{"ParameterKey": "Env", "ParameterValue": "prod"}])
    since = time.perf_counter()
    client.create_stack_instances(StackSetName="app", Accounts=accounts, Regions=regions, OperationPreferences=WIDE)
    cloud.clock.settle()
    seconds = time.perf_counter() - since
    for account in accounts:
        for region in regions:
            assert value(account, region) == f"prod {account} {region}"
    told(seconds)
"""

TRANSITIONS = """
states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(999)}
states["S999"] = {"Type": "Pass", "End": True}
with Cloud() as cloud:
    client = cloud.client("stepfunctions")
    arn = client.create_state_machine(name="m", roleArn="arn:aws:iam::111111111111:role/m",
                                      definition=json.dumps({"StartAt": "S0", "States": states}))["stateMachineArn"]
    since = time.perf_counter()
    execution = client.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    cloud.clock.settle()
    assert client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    told(time.perf_counter() - since)
"""

REHEARSED = """
from stackgen.local.campaign import scale
since = time.perf_counter()
figures = scale.rehearse(TARGETS)
assert not figures.violations, figures.violations
assert figures.payload <= 32 * 1024 and figures.events <= 20_000 and figures.calls_of_a_look <= 110
told(time.perf_counter() - since)
"""

CASES = """
from stackgen.local.campaign.cases import Case
from stackgen.local.campaign.pool import Worker
worker = Worker()
worker.run(Case("fresh"))
since = time.perf_counter()
for _ in range(25):
    assert not worker.run(Case("fresh")).violations
told(time.perf_counter() - since)
worker.close()
"""


class Row(NamedTuple):
    """One line: a program, the seconds that it may take and, where that is limited, the megabytes."""

    what: str
    program: str
    seconds: float
    megabytes: float | None = None
    rounds: int | None = None


ROWS = (
    Row("start, beyond the imports", START, 0.6),
    Row("TapStack's tree", TAPSTACK, 2.0),
    Row("1,000 transitions of a state machine", TRANSITIONS, 1.0),
    Row("1,000 instances over 200 accounts", f"INSTANCES = 1_000{ROLLOUT}", 10.0),
    Row("10,000 instances over 200 accounts", f"INSTANCES = 10_000{ROLLOUT}", 120.0, 500.0, 1),
    Row("25 cases of the deployer's campaign", CASES, 15.0),
    Row("the deployer's rollout to 10,000 targets", f"TARGETS = 10_000{REHEARSED}", 400.0, 1_500.0, 1),
)


def main() -> int:
    """Measure every row, print a line for each."""
    parser = argparse.ArgumentParser(description="Speed of the stand-in for AWS.")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each row (default: 5)")
    parser.add_argument("--row", default="", help="only rows whose name holds this word")
    options = parser.parse_args()
    bare = statistics.median(taken() for _ in range(5))
    print(f"{'what':<40} {'seconds':>8} {'bare Pythons':>13} {'target':>7}   {'MB':>5} {'target':>7}")
    missed = 0
    for row in ROWS:
        if options.row not in row.what:
            continue
        runs = [measured(row.program) for _ in range(row.rounds or options.rounds)]
        seconds = statistics.median(each["seconds"] for each in runs)
        megabytes = max(each["megabytes"] for each in runs)
        late = seconds > row.seconds or (row.megabytes is not None and megabytes > row.megabytes)
        missed += late
        room = f"{row.megabytes:>7.0f}" if row.megabytes else f"{'':>7}"
        print(
            f"{row.what:<40} {seconds:>8.3f} {seconds / bare:>13.1f} {row.seconds:>7.1f}   {megabytes:>5.0f} {room}"
            f"{'  MISSED' if late else ''}",
            flush=True,
        )
    print("all targets reached" if not missed else f"{missed} targets missed")
    return 0 if not missed else 4


def taken() -> float:
    """Seconds of a Python that does nothing."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - start


def measured(program: str) -> dict[str, float]:
    """What a program tells of itself. Raises CalledProcessError when it fails."""
    text = PRELUDE + program
    ran = subprocess.run([sys.executable, "-c", text], cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603  our own
    told: dict[str, float] = json.loads(ran.stdout)
    return told


if __name__ == "__main__":
    sys.exit(main())
