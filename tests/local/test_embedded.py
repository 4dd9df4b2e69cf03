"""What the stand-in brings into a process, and that nothing of it is left: no thread, socket, file, setting."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from importlib import metadata
from pathlib import Path

import pytest

from stackgen.local import embedded
from stackgen.local.cloud import Cloud
from stackgen.local.errors import LocalError

ROOT = Path(__file__).parents[2]


def listening() -> set[str]:
    """The addresses on which this process listens, from the kernel's own table."""
    own = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            own.add(str(descriptor.readlink()))
        except FileNotFoundError:  # the one with which the folder was read
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                found.add(fields[1].partition(":")[0])
    return found


LOOPBACK = "0100007F"  # 127.0.0.1, as the kernel writes it


def test_it_listens_on_the_loopback_address_alone(cloud: Cloud) -> None:
    for service in ("cloudformation", "s3", "dynamodb", "sts", "ssm", "iam", "lambda", "cloudwatch", "rds", "ec2"):
        cloud.client(service)  # a service may open a port when it is first used
    cloud.client("dynamodb").list_tables()
    cloud.client("rds").describe_db_clusters()
    cloud.client("lambda").list_functions()
    cloud.client("stepfunctions").list_state_machines()
    assert listening() == {LOOPBACK}


def test_another_process_sees_no_other_address_either() -> None:
    program = "from test_embedded import *; cloud = Cloud(); cloud.client('s3').list_buckets(); print(listening())"
    environment = {**os.environ, "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{ROOT}"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout == f"{{'{LOOPBACK}'}}\n"


def test_a_closed_stand_in_leaves_no_thread_no_file_no_port_and_no_variable() -> None:
    threads, variables = set(threading.enumerate()), dict(os.environ)
    cloud = Cloud()
    cloud.client("s3").create_bucket(Bucket="bucket")
    cloud.client("stepfunctions").list_state_machines()
    folder, port = Path(cloud.embedded.folder), cloud.server.port
    assert folder.is_dir()
    cloud.close()
    assert not folder.exists()
    assert {thread for thread in threading.enumerate() if thread.is_alive()} <= threads
    assert dict(os.environ) == variables
    assert type(os.environ) is os._Environ  # noqa: SLF001 - the real one is back
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    cloud.close()


def test_a_process_that_forgets_to_close_ends_all_the_same(tmp_path: Path) -> None:
    program = (
        "from stackgen.local.cloud import Cloud\n"
        "cloud = Cloud()\n"
        "cloud.client('s3').create_bucket(Bucket='bucket')\n"
        "print('done')\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=environment,
    )
    assert (ran.stdout, ran.stderr) == ("done\n", "")
    assert list(tmp_path.iterdir()) == []


def test_what_one_stand_in_made_the_next_one_does_not_have() -> None:
    with Cloud() as first:
        first.client("ssm").put_parameter(Name="/x", Value="v", Type="String")
    with Cloud() as second:
        assert second.client("ssm").describe_parameters()["Parameters"] == []


def test_a_process_holds_one_at_a_time(cloud: Cloud) -> None:
    with pytest.raises(LocalError, match="runs a stand-in for AWS already"):
        Cloud()
    cloud.client("ssm").describe_parameters()


def test_a_version_whose_insides_are_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "version", lambda _: "9.9.9")
    with pytest.raises(LocalError, match=r"ministack 9\.9\.9 is installed, and the stand-in for AWS knows 1\.5\.33"):
        Cloud()


@pytest.mark.parametrize(
    ("package", "known"), [("ministack", embedded.VERSION), ("moto[stepfunctions]", embedded.MOTO)]
)
def test_the_version_that_is_known_is_the_one_that_the_extra_brings(package: str, known: str) -> None:
    asked = [each for each in metadata.requires("stackgen") or [] if each.startswith(package)]
    assert next(each.partition(";")[0].strip() for each in asked) == f"{package}=={known}"


def test_another_version_of_moto_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "version", {"ministack": embedded.VERSION, "moto": "9.9"}.__getitem__)
    with pytest.raises(LocalError, match=r"moto 9\.9 is installed"):
        Cloud()


def test_where_it_is_not_installed_one_sentence_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(embedded, "version", missing)
    with pytest.raises(LocalError) as refused:
        Cloud()
    assert str(refused.value) == "the stand-in for AWS is not installed\n  pip install 'stackgen[local]'"


def test_a_port_that_is_taken_is_told_and_nothing_is_left_open(cloud: Cloud) -> None:
    port = cloud.server.port
    cloud.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(LocalError, match=f"port {port} cannot be used"):
            Cloud(port=port)
    with Cloud(port=port) as again:
        assert again.url.endswith(f":{port}")


def test_no_call_leaves_the_machine(cloud: Cloud) -> None:
    hosts = {cloud.client(service).meta.endpoint_url for service in ("s3", "sts", "iam", "dynamodb", "lambda", "ecr")}
    assert hosts == {cloud.url}


def test_nothing_is_written_outside_the_temporary_folder(tmp_path: Path) -> None:
    program = (
        "import glob\n"
        "before = set(glob.glob('/tmp/ministack*'))\n"
        "from stackgen.local.cloud import Cloud\n"
        "with Cloud() as cloud:\n"
        "    for service in ('cognito-idp', 'iot', 'acm', 's3', 'lambda', 'rds', 'kms', 'secretsmanager', 'ecr'):\n"
        "        client = cloud.client(service)\n"
        "    cloud.client('cognito-idp').list_user_pools(MaxResults=1)\n"
        "    cloud.client('iot').list_things()\n"
        "    cloud.client('kms').create_key()\n"
        "print(sorted(set(glob.glob('/tmp/ministack*')) - before))\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []
