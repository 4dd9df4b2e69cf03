"""Each check of the handlers finds code that is wrong in its way: else it would find nothing in ours either."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from . import handler_checks as checks

PLANTED = {
    "secrets_kept_for_ever": [
        """
        @functools.lru_cache
        def secret(client):
            return client.get_secret_value(SecretId=NAME)["SecretString"]
        """,
        """
        def read(client):
            return client.get_parameter(Name=NAME)

        def password(client):
            return read(client)["Parameter"]["Value"]

        @cache
        def access(client):
            return Access(password(client))
        """,
        """
        class Parameters:
            @cached_property
            def password(self):
                return self._provider.get(NAME, decrypt=True, max_age=300)
        """,
        "PASSWORD = boto3.client('ssm').get_parameter(Name=NAME)",
    ],
    "secrets_without_a_term": [
        "def password(provider): return provider.get(NAME, decrypt=True)",
        "def password(provider): return provider.get(NAME, decrypt=True, max_age=0)",
        "def password(ssm): return ssm.get_parameter(Name=NAME)",
        "def password(): return parameters.get_secret(NAME)",
    ],
    "settings_read_elsewhere": [
        "def table(): return os.environ['TABLE']",
        "def table(): return os.environ.get('TABLE')",
        "def table(): return os.getenv('TABLE')",
        "from os import environ",
        "given = os.environ",
        "def region(): return os.environ['AWS_REGION']",
    ],
    "endless_retries": [
        """
        def again(work):
            while True:
                try:
                    return work()
                except Exception:
                    time.sleep(5)
                    continue
        """,
        """
        def again(work):
            done = False
            while not done:
                try:
                    work()
                    done = True
                except ClientError:
                    log.info("again")
        """,
        """
        def wait(client):
            while client.status() != "DONE":
                time.sleep(5)
        """,
        """
        def again(work):
            for _ in itertools.count():
                try:
                    return work()
                except ClientError:
                    pass
        """,
        """
        def again(work):
            try:
                return work()
            except ClientError:
                return again(work)
        """,
    ],
    "careless_pauses": [
        "def wait(): time.sleep(5)",
        """
        def again(work):
            for attempt in range(3):
                time.sleep(2**attempt)
        """,
        """
        def again(work):
            pause = 1
            while work():
                moments.sleep(pause * random.uniform(0.5, 1))
                pause = pause * 2
        """,
        """
        def other():
            return random.random()

        def again(attempt):
            sleep(min(2**attempt, 5))
        """,
        "def pause(failed): return 2.0**failed * random.random()",
    ],
    "swallowed_errors": [
        """
        def handler(event, context):
            try:
                return work(event)
            except Exception as error:
                return {"status": 500, "detail": str(error)}
        """,
        """
        def handler(event, context):
            try:
                return work(event)
            except (ValueError, Exception):
                log.exception("failed")
        """,
        """
        def handler(event, context):
            try:
                return work(event)
            except:
                pass
        """,
        """
        def handler(event, context):
            with contextlib.suppress(Exception):
                return work(event)
        """,
    ],
}


@pytest.mark.parametrize(
    ("check", "source"),
    [(check, source) for check, sources in PLANTED.items() for source in sources],
    ids=[f"{check}-{number}" for check, sources in PLANTED.items() for number, _ in enumerate(sources)],
)
def test_each_check_finds_what_it_is_for(check: str, source: str) -> None:
    """A check that finds nothing in code that is wrong finds nothing anywhere."""
    path, tree = Path("planted.py"), ast.parse(dedent(source))
    found = checks.secrets_kept_for_ever({path: tree}) if check == "secrets_kept_for_ever" else ONE[check](path, tree)
    assert list(found)


ONE = {
    "secrets_without_a_term": checks.secrets_without_a_term,
    "settings_read_elsewhere": checks.settings_read_elsewhere,
    "endless_retries": checks.endless_retries,
    "careless_pauses": checks.careless_pauses,
    "swallowed_errors": checks.swallowed_errors,
}
