"""The command line: its switches, its help, its refusals and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stackgen import __version__
from stackgen.cli import COMMANDS
from tests.support import QUEUE, Ran, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"], ["-q", "--help"], ["--help", "--ci"]])
def test_help_lists_the_commands_on_stdout(sandbox: Sandbox, words: list[str]) -> None:
    ran = sandbox.run(*words)
    assert (ran.code, ran.err) == (0, "")
    assert all(f"  {name}" in ran.out for name in COMMANDS)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_without_a_command_the_help_goes_to_stderr(sandbox: Sandbox) -> None:
    ran = sandbox.run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == sandbox.run("--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(sandbox: Sandbox, command: str) -> None:
    (sandbox.root / "pyproject.toml").unlink()
    expected = sandbox.run(command, "--help")
    assert "Formats: " in " ".join(expected.out.split())
    assert (expected.code, expected.err) == (0, "")
    assert expected.out.startswith(f"usage: python -m stackgen {command} ")
    assert sandbox.run(command, "-h", "--no-such-flag") == expected
    assert sandbox.run("help", command) == sandbox.run("--help", command) == expected
    narrow = sandbox.run(command, "--help", COLUMNS="50").out
    assert max(map(len, narrow.splitlines())) <= 50


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_told(sandbox: Sandbox, word: str) -> None:
    assert sandbox.run(word) == (0, f"stackgen {__version__}\n", "")


USAGE = {
    ("biuld",): "error: unknown command 'biuld'\n  did you mean build?\n",
    ("zzz",): f"error: unknown command 'zzz'\n  known: {', '.join(sorted(COMMANDS)[:16])}",
    ("--formt", "json", "build"): "error: unknown option --formt\n  did you mean --format?\n",
    ("--formt=json", "build"): "error: unknown option --formt=json\n  did you mean --format?\n",
    ("build", "--chek"): "error: build: unrecognized arguments: --chek\n  did you mean --check?\n",
    ("build", "--no-colour"): "error: build: unrecognized arguments: --no-colour\n  did you mean --no-color?\n",
    ("build", "QueueStak"): "error: no stack 'QueueStak'\n  did you mean QueueStack?\n",
    ("build", "--format", "jsn"): "error: --format jsn: one of text, json, yaml was expected\n",
    ("list", "--format", "yaml"): "error: --format yaml: one of text, json was expected\n",
    ("list", "extra"): "error: list: unrecognized arguments: extra\n",
    ("build", "--format"): "error: --format needs a value\n",
    ("build", "--format="): "error: --format needs a value\n",
    ("build", "-o", "--check"): "error: -o needs a value\n",
    ("build", "--out"): "error: build: argument --out: expected one argument\n",
    ("build", "--format", "yaml"): "error: --format yaml needs --out DIR\n",
    ("--", "build"): "error: unknown option --\n",
    ("build", "--", "--check"): "error: no stack '--check'\n",
    ("build", "--check", "queue", "--", "--out"): "error: no stack '--out'\n",
    ("list", "--", "--tree"): "error: list: unrecognized arguments: --tree\n",
    ("help", "nope"): "error: unknown command 'nope'\n",
    ("--help", "--nonsense"): "error: unknown option --nonsense\n",
    ("help", "build", "extra"): "error: help build takes nothing further, and was given extra\n",
    ("--version", "extra"): "error: --version takes nothing further, and was given extra\n",
    (
        "build",
        "-r",
        "us-east-1",
    ): "error: build takes no -r: it does the same for every region\n  these take -r: lint, local, ",
    ("diff", "-e", "prod"): "error: diff takes no -e: it does the same for every environment\n",
    ("--region", "us-east-1", "list"): "error: list takes no -r: it does the same for every region\n",
    ("build", "--out", ""): "error: --out needs a value: a folder for the templates\n",
    ("build", "--out", "stacks"): "error: --out 'stacks' is the folder of stacks\n",
    ("build", "--out", "."): "error: --out '.' is the project's own folder\n",
    ("build", "--out", ".."): "error: --out '..' is above the project's own folder\n",
    ("build", "--check", "--out", "build/../stacks/"): "error: --out 'build/../stacks/' is the folder of stacks\n",
    ("build", "--format", "yaml", "--out", "./build"): "error: --out ./build is the build folder\n",
}


@pytest.mark.parametrize(("words", "message"), USAGE.items(), ids=map(" ".join, USAGE))
def test_a_wrong_flag_or_name_is_2_with_the_likely_spelling(
    sandbox: Sandbox, words: tuple[str, ...], message: str
) -> None:
    sandbox.write({"stacks/queue.py": QUEUE})
    ran = sandbox.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)
    assert len(ran.err.splitlines()) <= 3
    assert list(sandbox.contents()) == ["pyproject.toml", "stacks/queue.py"]


ORDERS = [
    ["--format", "json", "build", "--check"],
    ["build", "--format", "json", "--check"],
    ["build", "--check", "--format=json"],
    ["--no-color", "build", "--check", "-q", "--format", "json"],
    ["build", "shop/queue", "--check", "shop/network", "shop/shop", "--format", "json"],
]


@pytest.mark.parametrize("words", ORDERS, ids=map(" ".join, ORDERS))
def test_options_stand_before_or_after_the_command(shop: Sandbox, words: list[str]) -> None:
    ran = shop.run(*words)
    assert ran.code == 4
    assert json.loads(ran.out)["schema"] == "stackgen/build-check"


def test_output_goes_to_a_file_whole(shop: Sandbox) -> None:
    ran = shop.run("list", "-o", "reports/list.txt")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert shop.contents()["reports/list.txt"].decode() == shop.run("list", "-o", "-").out
    assert shop.run("list", f"--output={os.devnull}").out == ""


def test_a_command_that_fails_leaves_the_output_file_alone(sandbox: Sandbox) -> None:
    sandbox.write({"list.txt": "old", "stacks/queue.py": "import nothing_like_it"})
    assert sandbox.run("list", "-o", "list.txt").code == 1
    assert sandbox.contents()["list.txt"] == b"old"


def test_an_output_file_that_cannot_be_written_is_an_error(shop: Sandbox) -> None:
    ran = shop.run("list", "-o", "pyproject.toml/list.txt")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: pyproject.toml/list.txt: cannot be written: ")


def test_quiet_leaves_the_data(shop: Sandbox) -> None:
    assert shop.run("build", "-q") == (0, "built 3 templates: 3 written, 0 unchanged, 0 removed\n", "")


def test_an_error_is_told_even_when_quiet(sandbox: Sandbox) -> None:
    ran = sandbox.run("list", "-q")
    assert ran.code == 1
    assert ran.err.startswith("error: ")


def test_verbose_shows_the_traceback_behind_an_error(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": "1 / 0\n"})
    plain, verbose = sandbox.run("list"), sandbox.run("list", "-v")
    assert verbose.err.startswith(plain.err)
    assert "Traceback" not in plain.err
    assert "Traceback" in verbose.err
    assert verbose.err.rstrip().endswith(plain.err.removeprefix("error: ").rstrip())


def test_a_bug_shows_as_one(sandbox: Sandbox) -> None:
    ran = bugged(sandbox)
    assert ran.code == 1
    assert ran.err == ("error: unexpected RuntimeError: boom\n  this is a bug in stackgen; -v shows where\n")
    assert "Traceback" in bugged(sandbox, "-v").err


def bugged(sandbox: Sandbox, *words: str) -> Ran:
    program = (
        "import sys, types\n"
        "from stackgen.cli import main\n"
        "module = types.ModuleType('stackgen.commands.list')\n"
        "def run(console, rest): raise RuntimeError('boom')\n"
        "module.run = run\n"
        "sys.modules[module.__name__] = module\n"
        "sys.exit(main(['list', *sys.argv[1:]]))\n"
    )
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, cwd=sandbox.root, env=environment(), capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("words", [["build"], ["list"], ["--help"], ["build", "--format", "json"]])
def test_a_reader_that_has_enough_is_no_error(shop: Sandbox, words: list[str]) -> None:
    shop.run("build")
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            shop.command(*words), cwd=shop.root, env=environment(), stdout=write, stderr=subprocess.PIPE, check=False
        )  # fmt: skip
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["build"], ["list"], ["--help"]])
def test_output_that_does_not_fit_on_the_disk_is_an_error(shop: Sandbox, words: list[str]) -> None:
    shop.run("build")
    with open("/dev/full", "w") as full:  # noqa: PTH123  a device
        done = subprocess.run(
            shop.command(*words), cwd=shop.root, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )  # fmt: skip
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "error: standard output cannot be written: No space left on device\n",
    )


def test_a_closed_stdout_is_no_error(shop: Sandbox) -> None:
    command = ["sh", "-c", '"$@" >&-', "sh", *shop.command("list")]
    done = subprocess.run(command, cwd=shop.root, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_an_interrupt_is_130_and_no_traceback(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE + "\nraise KeyboardInterrupt\n"})
    ran = sandbox.run("build")
    assert ran == (130, "", "interrupted; no file is left half-written\n")


def test_an_interrupt_from_the_terminal_is_130(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": "import time\nopen('started', 'w').close()\ntime.sleep(60)\n"})
    process = sandbox.start("build")
    while not (sandbox.root / "started").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted; no file is left half-written\n")


ESCAPE = "\033["
COLOURS: list[tuple[list[str], dict[str, str], bool]] = [
    ([], {}, False),
    ([], {"FORCE_COLOR": "1"}, True),
    (["--no-color"], {"FORCE_COLOR": "1"}, False),
    ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ([], {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
]


@pytest.mark.parametrize(("words", "changes", "coloured"), COLOURS)
def test_colour_is_where_it_is_wanted(
    sandbox: Sandbox, words: list[str], changes: dict[str, str], *, coloured: bool
) -> None:
    ran = sandbox.run("list", *words, cwd=None, **changes)
    assert ran.code == 1
    assert (ESCAPE in ran.err) is coloured


TERMINALS: list[tuple[list[str], dict[str, str], bool]] = [
    ([], {}, True),
    (["--ci"], {}, False),
    ([], {"CI": "true"}, False),
    ([], {"NO_COLOR": "1"}, False),
    (["--no-color"], {}, False),
]


@pytest.mark.parametrize(("words", "changes", "coloured"), TERMINALS)
def test_a_terminal_has_colour_unless_it_is_ci(
    sandbox: Sandbox, words: list[str], changes: dict[str, str], *, coloured: bool
) -> None:
    main, terminal = os.openpty()
    subprocess.run(
        sandbox.command("list", *words), cwd=sandbox.root, env=environment(**changes), stderr=terminal, check=False
    )  # fmt: skip
    os.close(terminal)
    text = os.read(main, 4096).decode()
    os.close(main)
    assert (ESCAPE in text) is coloured


def test_the_columns_of_a_terminal_are_honoured(shop: Sandbox) -> None:
    import fcntl
    import struct
    import termios

    main, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    subprocess.run(shop.command("list"), cwd=shop.root, env=environment(), stdout=terminal, check=True)
    os.close(terminal)
    lines = os.read(main, 4096).decode().splitlines()
    os.close(main)
    assert lines[1].split() == ["shop/network", "1", "resources"]


def test_errors_are_annotations_in_github_actions(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/odd, name/../queue.py": "\n\nimport stackgenn\n"})
    ran = sandbox.run("build", GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(sandbox.root.parent))
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.splitlines()[-1] == (
        "::error file=project/stacks/queue.py,line=3::ModuleNotFoundError: No module named 'stackgenn'"
    )


def test_the_installed_command_is_the_same_program(shop: Sandbox) -> None:
    program = "import sys; from stackgen.cli import run; sys.argv = ['stackgen', 'build']; run()"
    command = [sys.executable, "-c", program]
    for expected in ("3 written", "nothing has changed"):
        done = subprocess.run(
            command, cwd=shop.root / "stacks", env=environment(), capture_output=True, text=True, check=True
        )
        assert expected in done.stdout


def test_a_folder_that_is_gone_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    command = ["sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && "$@"', "sh", *Sandbox(tmp_path).command("build")]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
