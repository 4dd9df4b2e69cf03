"""From a folder of stacks to the classes that are templates."""

from __future__ import annotations

import json

import pytest

from stackgen import Stack
from stackgen.oversights import SETTINGS
from tests.support import IMPORTS, PYPROJECT, QUEUE, SHOP, Sandbox


def names(sandbox: Sandbox) -> list[str]:
    ran = sandbox.run("list", "--format", "json")
    assert ran.code == 0, ran.err
    return [row["name"] for row in json.loads(ran.out)["templates"]]


def refused(sandbox: Sandbox) -> str:
    ran = sandbox.run("list")
    assert (ran.code, ran.out) == (1, "")
    return ran.err


def variant(name: str, file: str) -> str:
    return QUEUE.replace("QueueStack", name).replace('"queue"', f'"{file}"')


def test_modules_and_packages_are_found_at_any_depth(sandbox: Sandbox) -> None:
    sandbox.write(
        {
            "stacks/__init__.py": variant("Root", "root"),
            "stacks/top.py": variant("Top", "top"),
            "stacks/shop/__init__.py": "",
            "stacks/shop/inner.py": variant("Inner", "inner"),
            "stacks/shop/deep/__init__.py": variant("Deep", "deep"),
        }
    )
    assert names(sandbox) == ["shop/deep", "shop/inner", "shop/root", "shop/top"]


def test_folders_that_are_no_packages_are_not_imported(sandbox: Sandbox) -> None:
    fails = "raise SystemExit('imported')"
    sandbox.write(
        {
            "stacks/queue.py": QUEUE,
            "stacks/image/app.py": fails,
            "stacks/image/inner/__init__.py": fails,
            "stacks/my-image/__init__.py": fails,
            "stacks/.#queue.py": fails,
            "stacks/notes.txt": fails,
        }
    )
    assert names(sandbox) == ["shop/queue"]


@pytest.mark.parametrize(("name", "likely"), [("my-m.py", "my_m.py"), ("2nd.py", "_2nd.py"), ("a.b.py", "a_b.py")])
def test_a_module_that_python_cannot_import_is_refused_with_the_likely_name(
    sandbox: Sandbox, name: str, likely: str
) -> None:
    sandbox.write({"stacks/queue.py": QUEUE, f"stacks/{name}": SHOP})
    err = refused(sandbox)
    assert err.startswith(f"error: stacks/{name}: {name!r} is no name that Python can import")
    assert f"call it {likely};" in err


def test_a_class_whose_name_another_one_takes_is_built_too(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE + variant("QueueStack", "second")})
    assert names(sandbox) == ["shop/queue", "shop/second"]


def test_a_class_with_build_and_without_a_file_is_told(sandbox: Sandbox) -> None:
    line = QUEUE.splitlines().index("class QueueStack(Stack):") + 1
    nameless = QUEUE.replace('    file = "queue"\n', "")
    sandbox.write({"stacks/queue.py": nameless, "stacks/shop.py": SHOP})
    for command in ("build", "list"):
        ran = sandbox.run(command)
        assert ran.code == 0
        told = f"warning: stacks/queue.py:{line}: QueueStack has a build() but names no file, so it builds no template"
        assert ran.err.splitlines()[0] == told


def test_a_base_of_others_needs_no_file(sandbox: Sandbox) -> None:
    child = '\n\nclass Child(QueueStack):\n    """C."""\n\n    file = "child"\n'
    sandbox.write({"stacks/queue.py": QUEUE.replace('    file = "queue"\n', "") + child})
    assert sandbox.run("list").err == ""


@pytest.mark.parametrize(
    ("misspelt", "setting"),
    [
        ('fil = "a"', "file"),
        ('sytem = "a"', "system"),
        ('artifact_buket = "b"', "artifact_bucket"),
        ('name_patern = "{stem}"', "name_pattern"),
        ("metdata = {}", "metadata"),
        ('transforms = ["x"]', "transform"),
    ],
)
def test_a_misspelt_setting_is_told(sandbox: Sandbox, misspelt: str, setting: str) -> None:
    sandbox.write({"stacks/queue.py": QUEUE.replace("    DelaySeconds", f"    {misspelt}\n    DelaySeconds", 1)})
    name = misspelt.partition(" ")[0]
    err = sandbox.run("list").err
    assert err.endswith(f": QueueStack.{name} is no setting of a stack: did you mean {setting}?\n")
    assert len(err.splitlines()) == 1


def test_options_of_the_authors_own_are_no_misspelt_settings(sandbox: Sandbox) -> None:
    own = ["files = []", "zones = 2", 'subsystem = "a"', 'profile = "b"', "filed = True", "_file = 'x'"]
    text = "".join(f"    {each}\n" for each in own)
    sandbox.write({"stacks/queue.py": QUEUE.replace("    DelaySeconds", f"{text}    DelaySeconds", 1)})
    assert sandbox.run("list").err == ""


def test_the_settings_that_are_known_are_those_of_a_stack() -> None:
    others = {"adopted", "members", "location"}
    assert {name for name in Stack.__annotations__ if name.islower()} - others == set(SETTINGS)


def test_the_folder_may_stand_deeper_and_have_another_name(sandbox: Sandbox) -> None:
    sandbox.write(
        {
            "pyproject.toml": '[tool.stackgen]\nstacks = "infra/templates"\n',
            "infra/templates/base.py": QUEUE,
            "infra/templates/more.py": "from templates.base import QueueStack\n\n\nclass More(QueueStack):\n"
            '    """More."""\n\n    file = "more"\n',
        }
    )
    assert names(sandbox) == ["shop/more", "shop/queue"]


def test_a_folder_without_init_does_not_give_way_to_an_installed_package(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE, "../lib/stacks/__init__.py": "raise SystemExit('the wrong one')"})
    ran = sandbox.run("build", PYTHONPATH=str(sandbox.root.parent / "lib"))
    assert ran.out == "built 1 template: 1 written, 0 unchanged, 0 removed\n"


def test_a_package_hidden_by_another_is_refused(sandbox: Sandbox) -> None:
    sandbox.write({"pyproject.toml": '[tool.stackgen]\nstacks = "importlib"\n', "importlib/queue.py": QUEUE})
    err = refused(sandbox)
    assert err.startswith("error: importlib: import importlib finds /")
    assert "hides it: rename the folder" in err


def test_a_class_that_several_modules_import_is_one_stack(sandbox: Sandbox) -> None:
    sandbox.write(
        {
            "stacks/queue.py": QUEUE,
            "stacks/one.py": "from .queue import QueueStack\n",
            "stacks/two.py": "from stacks.queue import QueueStack\nAgain = QueueStack\n",
        }
    )
    assert names(sandbox) == ["shop/queue"]


def test_a_two_line_subclass_of_an_imported_stack_is_a_stack(sandbox: Sandbox) -> None:
    sandbox.write(
        {
            "library/__init__.py": QUEUE,
            "stacks/mine.py": 'import library\n\n\nclass Mine(library.QueueStack):\n    """Mine."""\n\n'
            '    system, file = "mine", "queue"\n',
        }
    )
    assert names(sandbox) == ["mine/queue"]


def test_two_stacks_with_one_file_are_refused_naming_both_places(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/one.py": QUEUE, "stacks/two.py": QUEUE.replace("QueueStack", "TwoStack")})
    line = QUEUE.splitlines().index("class QueueStack(Stack):") + 1
    assert refused(sandbox) == (
        f"error: stacks/two.py:{line}: TwoStack and QueueStack both write shop/queue.json\n"
        f"  QueueStack stands in stacks/one.py:{line}\n"
    )


def test_a_subclass_that_inherits_its_file_is_refused_with_the_remedy(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE + '\n\nclass Other(QueueStack):\n    """Other."""\n'})
    assert "  Other inherits its file: give it one of its own\n" in refused(sandbox)


def test_files_that_differ_in_capitals_only_are_one_file(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/one.py": QUEUE, "stacks/two.py": variant("TwoStack", "Queue")})
    assert "TwoStack both write shop/Queue.json" in refused(sandbox) or "both write shop/queue.json" in refused(sandbox)


def test_the_manifest_is_no_template(sandbox: Sandbox) -> None:
    text = QUEUE.replace('system = "shop"', 'system = ""').replace('"queue"', '"manifest"')
    sandbox.write({"stacks/queue.py": text})
    assert "QueueStack: manifest.json is the list of the built files, not a template" in refused(sandbox)


def test_a_file_that_leads_out_of_the_folder_is_refused(sandbox: Sandbox) -> None:
    for file in ("../up", "a/b", ".hidden", "a b", "ü"):
        sandbox.write({"stacks/queue.py": QUEUE.replace('"queue"', f'"{file}"')})
        assert f"QueueStack: {file!r} cannot be a file's name" in refused(sandbox)


def test_a_child_from_elsewhere_is_built_too(sandbox: Sandbox) -> None:
    sandbox.write(
        {
            "library.py": QUEUE,
            "stacks/parent.py": IMPORTS + "from library import QueueStack\n\n\nclass Parent(Stack):\n"
            '    """A parent."""\n\n    file = "parent"\n    artifact_bucket = "templates"\n'
            "    Queue = nested(QueueStack)\n",
        }
    )
    assert names(sandbox) == ["parent", "shop/queue"]


def test_a_project_without_stacks_is_refused(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/base.py": IMPORTS + "\n\nclass Base(Stack):\n    pass\n"})
    assert refused(sandbox).startswith("error: stacks: no stack found: no class here derives from stackgen.Stack")


def test_a_module_from_another_project_in_the_same_process_is_refused(sandbox: Sandbox) -> None:
    """A test runner may build two projects: the second must not get the first one's stacks."""
    import subprocess
    import sys

    from tests.support import environment

    other = Sandbox(sandbox.root.parent / "other").write({"pyproject.toml": PYPROJECT, "stacks/shop.py": SHOP})
    sandbox.write({"stacks/queue.py": QUEUE})
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from stackgen.discovery import discover\nfrom stackgen.project import Project\n"
        "for folder in sys.argv[1:]: discover(Project.find(Path(folder)))\n"
    )
    command = [sys.executable, "-c", program, str(other.root), str(sandbox.root)]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert f"import stacks finds {other.root}/stacks" in ran.stderr
