"""What the guidelines ask of code that runs in AWS, over the functions and containers of all systems alike.

Their own tests show what each does; these show that none is left out, a new one neither.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from . import handler_checks as checks
from .handler_checks import calls

ROOT = Path(__file__).parents[1]
DEPLOYER = ROOT / "stackgen/deployer/handlers"
IMAGES = ROOT / "stacks/tap/images"
SMART_STREAM = ROOT / "stacks/smart_stream/app"
INLINE = ROOT / "stacks/plot_palette/functions"
PROGRAMS = {
    "deployer": [DEPLOYER],
    "validator": [IMAGES / "validator", IMAGES / "common"],
    "migration": [IMAGES / "migration", IMAGES / "common"],
    "janitor": [IMAGES / "janitor", IMAGES / "common"],
    "api": [SMART_STREAM / "api", SMART_STREAM / "smartstream"],
    "listener": [SMART_STREAM / "listener", SMART_STREAM / "smartstream"],
}
"""What is deployed together, and the folders of its modules."""
ASKED_BY_HTTP = {"api", "validator"}
"""They answer a status; who calls the others learns of a failure by an exception, or by the migration's answer."""
DOORS = {
    "deployer": {"clients.py", "promotion.py"}, "validator": {"services.py"}, "migration": {"handler.py"},
    "janitor": {"handler.py"}, "api": {"world.py"}, "listener": {"__main__.py"},
}  # fmt: skip
"""Where clients of AWS are made; everything else is given them."""
READ_ONCE = {"deployer": {"verification.py": ("_values",)}}
"""Reads that are kept for no time: once in an execution, and a switch that was turned on must count at once."""
TOLD_OTHERWISE = {
    "api": {"entry.py": ("_answered",)},
    "migration": {"responding.py": ("answered",), "serving.py": ("serve",), "watchdog.py": ("run",)},
}
"""Where whatever goes wrong is no exception: the API answers 500; CloudFormation is answered by an object that says
FAILED, and a rollback's stack stays whole; the watchdog raises it again in the thread that waits."""


def modules(program: str) -> dict[Path, ast.Module]:
    paths = [path for folder in PROGRAMS[program] for path in sorted(folder.rglob("*.py"))]
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def test_no_program_is_left_out() -> None:
    """A new function would be judged by none of what follows."""
    known = {folder for folders in PROGRAMS.values() for folder in folders}
    handling = {
        path.parent
        for folder in (DEPLOYER, IMAGES, SMART_STREAM)
        for path in folder.rglob("*.py")
        if "def handler(" in path.read_text("utf-8") or path.name == "__main__.py"
    }
    assert handling <= known | {SMART_STREAM}  # its handler.py names the API's alone
    assert len(handling) >= 6


@pytest.mark.parametrize("program", PROGRAMS)
def test_logs_are_lines_of_json_and_nothing_is_printed_beside_them(program: str) -> None:
    """A line that is no JSON is found by no query, and one that bypasses the logger is masked by nobody."""
    made = 0
    for path, tree in modules(program).items():
        names = [name for name, _ in calls(tree)]
        made += names.count("Logger")
        assert "print" not in names, path
        assert not {"logging.getLogger", "getLogger", "sys.stdout.write"} & set(names), path
    assert made, "it makes no logger of aws_lambda_powertools"


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_every_line_says_what_it_belongs_to(program: str) -> None:
    """What one request did cannot be told from what another did at the same time."""
    named = {name.rpartition(".")[2] for tree in modules(program).values() for name, _ in calls(tree)}
    assert named & {"set_correlation_id", "append_keys"}
    assert program == "listener" or "set_correlation_id" in named


@pytest.mark.parametrize("program", PROGRAMS)
def test_settings_are_read_in_one_place_and_refused_with_their_names(program: str) -> None:
    """A variable that is missing is a KeyError in the middle of a request."""
    assert [
        each for path, tree in modules(program).items() for each in checks.settings_read_elsewhere(path, tree)
    ] == []
    raised = {
        ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        for tree in modules(program).values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
    }
    assert raised & {"SettingMissing", "SettingInvalid"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_client_of_aws_has_bounded_retries_and_timeouts(program: str) -> None:
    """botocore's defaults wait a minute for a connection, longer than many a function lives."""
    made = []
    for tree in modules(program).values():
        made += [node for name, node in calls(tree) if name == "boto3.client"]
        for name, node in calls(tree):
            keywords = {each.arg for each in node.keywords}
            if name == "Config" and "signature_version" not in keywords:
                assert {"retries", "connect_timeout", "read_timeout"} <= keywords
    assert all("config" in {each.arg for each in node.keywords} for node in made)
    assert made, "it asks nothing of AWS, so it is no example of this"


@pytest.mark.parametrize("program", PROGRAMS)
def test_who_waits_to_try_again_waits_for_a_length_of_chance(program: str) -> None:
    """All that failed together come back together, and fail together again; and nobody pays for a wait without end."""
    found = [each for path, tree in modules(program).items() for each in checks.careless_pauses(path, tree)]
    assert found == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_tried_again_for_ever(program: str) -> None:
    """What does not pass is tried until the function is stopped, which is paid for, and told by nobody."""
    found = [each for path, tree in modules(program).items() for each in checks.endless_retries(path, tree)]
    assert found == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_parameters_and_secrets_are_kept_for_a_time_and_not_for_ever(program: str) -> None:
    """A function that is warm for days has the password of before its rotation, or asks for it at each request."""
    trees = modules(program)
    once = READ_ONCE.get(program, {})
    assert list(checks.secrets_kept_for_ever(trees)) == []
    found = [
        each for path, tree in trees.items()
        for each in checks.secrets_without_a_term(path, tree, once.get(path.name, ()))
    ]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_who_is_not_asked_by_http_swallows_no_error(program: str) -> None:
    """An envelope that says 500 is a success to Step Functions and to an event source, and its retries never happen."""
    spared = TOLD_OTHERWISE.get(program, {})
    for path, tree in modules(program).items():
        assert list(checks.swallowed_errors(path, tree, spared.get(path.name, ()))) == []
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict) and program not in ASKED_BY_HTTP:
                keys = {ast.unparse(key) for key in node.keys if key is not None}
                assert "'statusCode'" not in keys, path


def test_what_is_spared_is_still_there() -> None:
    """Whoever takes such a name later would be spared too."""
    for program, names in {**READ_ONCE, **TOLD_OTHERWISE}.items():
        for file, spared in names.items():
            tree = next(tree for path, tree in modules(program).items() if path.name == file)
            for name in spared:
                assert name in {each.name for each in checks.functions(tree)}
                judged = [*checks.swallowed_errors(Path(file), tree), *checks.secrets_without_a_term(Path(file), tree)]
                assert judged, f"{file} needs not to be spared"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_logic_is_given_what_it_reaches_aws_with(program: str) -> None:
    """What makes its own client can be tested, and run elsewhere, only with all of AWS around it."""
    making = {
        path.name for path, tree in modules(program).items() if "boto3.client" in {name for name, _ in calls(tree)}
    }
    assert making == DOORS[program]
    for path, tree in modules(program).items():
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert path.name in DOORS[program] or "boto3" not in imported, path


@pytest.mark.parametrize("program", ["deployer", "api", "validator", "janitor"])
def test_clients_are_made_once_for_an_execution_environment(program: str) -> None:
    """Each request would make them again, for as long as all of its work takes."""
    for path, tree in modules(program).items():
        handlers = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "handler"]
        for each in handlers:
            assert "boto3.client" not in [name for name, _ in calls(each)], path


@pytest.mark.parametrize("path", sorted(INLINE.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_what_stands_in_a_template_holds_no_secret_and_asks_nothing_of_aws(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {"json", "os"}
    assert "print" not in [name for name, _ in calls(tree)]
    assert list(checks.swallowed_errors(path, tree)) == []
    assert list(checks.endless_retries(path, tree)) == []
