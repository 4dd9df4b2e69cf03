"""Throughput and latency of TapStack's validator on a real database, beside the bare calls that it cannot do without.

    scripts/bench validator [--count N] [--threads N] [--rounds N] [--deaths N]

The bare calls are a read of the session, an insertion and a write of the object, through the same clients, on the same
server, with as many threads: what the validator takes beyond them is its own. Rounds alternate; the median of their
ratios counts. A fifth of the transactions repeat another one. In a last round the database is killed again and again,
and callers ask until they have their verdict. After each round every id must be stored once, with its own amount, and
be in the audit log as the database has it. Absolute figures belong to the machine, and to the stand-in for AWS, which
takes its part of one process.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from stackgen.local.cloud import Cloud  # noqa: E402
from tests.tap.mariadb import MariaDb  # noqa: E402
from tests.tap.validator.load import (  # noqa: E402
    Load,
    inputs,
    put_through,
    put_through_deaths,
    see_that_each_is_there_once,
)
from tests.tap.validator.world import BUCKET, EAGER, SESSION, TABLE, World  # noqa: E402

MOST_RATIO = 1.5
"""Of the validator's seconds to the bare calls'."""
MOST_IMPORT = 1.3
"""Of a cold import of the handler to one of what it stands on."""
LIBRARIES = "import boto3, pymysql, aws_lambda_powertools"


def main() -> int:
    """Measure, print a line for each figure."""
    parser = argparse.ArgumentParser(description="Throughput and latency of TapStack's validator.")
    parser.add_argument("--count", type=int, default=10_000, help="transactions of a round (default: 10,000)")
    parser.add_argument("--threads", type=int, default=32, help="environments at once (default: 32)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--deaths", type=int, default=20, help="of the database, in the last round (default: 20)")
    options = parser.parse_args()
    ratios, loads = [], []
    for _ in range(options.rounds):
        bare = measured(options.count, options.threads, bare_calls)
        load = measured(options.count, options.threads, partial(put_through, patience=EAGER))
        loads.append(load)
        ratios.append(load.seconds / bare.seconds)
        print(f"{options.count:,} over {options.threads} threads: {ratios[-1]:.2f} of the bare calls")
        for name, each in (("validator", load), ("bare calls", bare)):
            print(
                f"  {name:<11} {each.seconds:>6.1f} s, {options.count / each.seconds:>5.0f} a second, "
                f"p50 {each.at(0.5):>4.0f} ms, p99 {each.at(0.99):>4.0f} ms",
                flush=True,
            )
    killed = measured(options.count, options.threads, partial(put_through_deaths, deaths=options.deaths))
    print(
        f"{options.count:,} over {options.threads} threads, the database killed {killed.deaths} times: "
        f"each stored once, none lost; {killed.errors.total():,} attempts without a verdict, {killed.seconds:.1f} s",
        flush=True,
    )
    imports = statistics.median(
        took("import stacks.tap.images.validator.handler") / took(LIBRARIES) for _ in range(max(5, options.rounds))
    )
    ratio = statistics.median(ratios)
    print(f"{'ratio to the bare calls':<32} {ratio:>6.2f}  target {MOST_RATIO}")
    print(f"{'cold import to its libraries':<32} {imports:>6.2f}  target {MOST_IMPORT}")
    missed = (ratio > MOST_RATIO) + (imports > MOST_IMPORT)
    print("all targets reached" if not missed else f"{missed} targets missed")
    return 0 if not missed else 4


def measured(count: int, threads: int, work: Any) -> Load:
    """One round on a new server. Raises AssertionError where the validator stored an id twice or lost one."""
    with tempfile.TemporaryDirectory(prefix="mariadb-") as folder, MariaDb(Path(folder)) as server, Cloud() as cloud:
        world = World.on(cloud, server.database())
        load: Load = work(world, count, threads=threads)
        if load.kinds:
            see_that_each_is_there_once(world, count)
        return load


def bare_calls(world: World, count: int, *, threads: int) -> Load:
    """What a validation cannot do without, and nothing else."""
    load = Load()
    mine = threading.local()
    dynamodb, s3 = world.cloud.client("dynamodb"), world.cloud.client("s3")

    def one(given: dict[str, str]) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = world.server.connect(database=world.name, autocommit=True)
        since = time.perf_counter()
        dynamodb.get_item(TableName=TABLE, Key={"session_id": {"S": SESSION}}, ConsistentRead=True)
        with mine.connection.cursor() as cursor:
            cursor.execute(
                "INSERT IGNORE INTO transactions VALUES (%s, %s, %s, %s, %s, NOW(6))",
                (given["transaction_id"], given["account_id"], "0" * 64, given["amount"], given["currency"]),
            )
        s3.put_object(Bucket=BUCKET, Key=f"transactions/{given['transaction_id']}.json", Body=b"{}", IfNoneMatch="*")
        load.latencies.append(time.perf_counter() - since)

    def tolerant(given: dict[str, str]) -> None:
        try:
            one(given)
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(tolerant, inputs(count)[0]))
    load.seconds = time.perf_counter() - began
    return load


def took(program: str) -> float:
    """Seconds of a Python that runs this."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)  # noqa: S603  our own
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
