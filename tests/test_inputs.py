"""The unchanged build, and everything that makes it a changed one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import troposphere
from hypothesis import given
from hypothesis import strategies as st

from stackgen.hashing import FOLDER
from stackgen.inputs import FILE, fingerprint_of, summary_if_unchanged
from tests.support import PYPROJECT, QUEUE, Sandbox, environment

if TYPE_CHECKING:
    from collections.abc import Callable

SAME = "nothing has changed"

READER = '''
import glob
import os
from pathlib import Path

import helper
import third

HERE = Path(__file__).parent


class ReaderStack(QueueStack):
    """A stack that reads files, imports a module from beside the stacks and one from site-packages."""

    file = "reader"

    def build(self):
        super().build()
        names = sorted(os.path.basename(name) for name in glob.glob(str(HERE / "parts" / "*")))
        text = (HERE.parent / "data" / "text.txt").read_text() + open(HERE.parents[1] / "outside.txt").read()
        self.add(sqs.Queue("Read", QueueName=f"{helper.NAME}-{third.NAME}-{text.strip()}-{len(names)}"))
'''


@pytest.fixture
def reader(sandbox: Sandbox) -> Sandbox:
    """A project whose stack depends on all that can change; its libraries stand in a site-packages of its own."""
    sandbox.write(
        {
            "stacks/reader.py": QUEUE + READER,
            "stacks/parts/one": "",
            "stacks/static/logo.txt": "",
            "stacks/image/app.py": "raise SystemExit('an image source is not imported')",
            "helper.py": "NAME = 'helper'\n",
            "data/text.txt": "data",
            "../outside.txt": "outside",
            "../lib/site-packages/third.py": "NAME = 'third'\n",
            "../lib/site-packages/troposphere-4.11.1.dist-info/METADATA": "Name: troposphere\nVersion: 4.11.1\n",
        }
    )
    library = sandbox.root.parent / "lib" / "site-packages"
    (library / "troposphere").symlink_to(Path(troposphere.__file__).parent)
    return sandbox


def build(sandbox: Sandbox, *arguments: str) -> str:
    path = [str(sandbox.root.parent / "lib" / "site-packages"), os.environ.get("PYTHONPATH", "")]
    ran = sandbox.run("build", *arguments, PYTHONPATH=os.pathsep.join(filter(None, path)))
    assert ran.code == 0, ran.err
    return ran.out


def test_a_second_build_answers_at_once_and_writes_nothing(reader: Sandbox) -> None:
    assert "2 written" in build(reader)
    before = reader.times()
    assert build(reader) == f"built 2 templates: {SAME}\n"
    assert build(reader, "-q", "--ci") == f"built 2 templates: {SAME}\n"
    assert reader.times() == before


def test_what_the_build_remembers_is_hidden_from_git(shop: Sandbox) -> None:
    shop.run("build")
    assert (shop.root / ".stackgen" / ".gitignore").read_text() == "*\n"


def test_a_build_in_a_folder_below_the_root_answers_at_once_too(shop: Sandbox) -> None:
    below = shop.root / "docs"
    below.mkdir()
    assert "3 written" in shop.run("build", cwd=below).out
    assert SAME in shop.run("build", cwd=below).out
    assert SAME in shop.run("build", cwd=shop.root / "stacks").out


def replace(name: str, old: str, new: str) -> Callable[[Sandbox], None]:
    def change(sandbox: Sandbox) -> None:
        path = sandbox.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


def write(name: str, text: str = "") -> Callable[[Sandbox], None]:
    def change(sandbox: Sandbox) -> None:
        sandbox.write({name: text})

    return change


def delete(name: str) -> Callable[[Sandbox], None]:
    def change(sandbox: Sandbox) -> None:
        (sandbox.root / name).unlink()

    return change


def upgrade(sandbox: Sandbox) -> None:
    library = sandbox.root.parent / "lib" / "site-packages"
    (library / "troposphere-4.11.1.dist-info").rename(library / "troposphere-4.11.2.dist-info")


NEW_BYTES = {
    "a stack's module": replace("stacks/reader.py", 'default="5"', 'default="6"'),
    "a module beside the stacks": replace("helper.py", "helper", "helped"),
    "a module of an installed package": replace("../lib/site-packages/third.py", "third", "fourth"),
    "a file that a stack opens": replace("data/text.txt", "data", "date"),
    "a file outside the project that a stack opens": replace("../outside.txt", "outside", "without"),
    "a folder that a stack lists": write("stacks/parts/two"),
}
SAME_BYTES = {
    "a new module of stacks": write("stacks/more.py"),
    "a new file in the folder of stacks": write("stacks/notes.txt"),
    "a folder that becomes a package": write("stacks/static/__init__.py"),
    "the settings": write("pyproject.toml", PYPROJECT + 'regions = ["eu-west-1"]\n'),
    "other settings that go first": write("stackgen.toml", 'stacks = "stacks"\n'),
    "a module that may hide another": write("awacs.py"),
    "the version of troposphere": upgrade,
    "an output that is deleted": delete("build/shop/reader.json"),
    "an output that is edited": replace("build/shop/reader.json", "Queue", "Kew"),
    "the manifest": delete("build/manifest.json"),
    "a record that is empty": write(".stackgen/inputs"),
    "a record that is cut off": write(".stackgen/inputs", "built 2 templates"),
    "a record of nonsense": write(".stackgen/inputs", "built 2 templates\nhere\nnonsense\n"),
}


@pytest.mark.parametrize("change", NEW_BYTES.values(), ids=NEW_BYTES)
def test_a_change_to_what_a_stack_is_made_of_changes_its_template(
    reader: Sandbox, change: Callable[[Sandbox], None]
) -> None:
    build(reader)
    before = reader.contents("build")
    change(reader)
    assert SAME not in build(reader)
    assert reader.contents("build") != before
    assert SAME in build(reader)


@pytest.mark.parametrize("change", SAME_BYTES.values(), ids=SAME_BYTES)
def test_any_other_change_is_seen_and_builds_the_same(reader: Sandbox, change: Callable[[Sandbox], None]) -> None:
    build(reader)
    before = reader.contents("build")
    change(reader)
    assert SAME not in build(reader)
    assert reader.contents("build") == before
    assert SAME in build(reader)


def test_a_library_without_a_version_beside_it_is_known_by_its_modules(reader: Sandbox) -> None:
    library = reader.root.parent / "lib" / "site-packages"
    shutil.rmtree(library / "troposphere-4.11.1.dist-info")
    build(reader)
    assert f" {library}/troposphere/__init__.py\n" in (reader.root / FOLDER / FILE).read_text()
    assert SAME in build(reader)


def test_a_record_that_is_no_text_is_none(shop: Sandbox) -> None:
    shop.run("build")
    (shop.root / FOLDER / FILE).write_bytes(b"\xff\xfe\n")
    assert "3 unchanged" in shop.run("build").out


def test_an_edit_of_the_same_size_in_the_same_second_is_built(sandbox: Sandbox) -> None:
    for delay in "123":  # Python's bytecode alone would miss it
        sandbox.write({"stacks/queue.py": QUEUE.replace('default="5"', f'default="{delay}"')})
        sandbox.run("build")
        assert f'"Default": "{delay}"'.encode() in sandbox.contents("build")["shop/queue.json"]


def test_a_copy_of_a_project_does_not_answer_for_the_original(shop: Sandbox) -> None:
    shop.run("build")
    copied = Sandbox(shop.root.parent / "copy")
    shutil.copytree(shop.root, copied.root, dirs_exist_ok=True)
    assert "3 unchanged" in copied.run("build").out


def test_another_config_does_not_answer_for_the_plain_build(shop: Sandbox) -> None:
    shop.write({"other.toml": 'build = "elsewhere"\n'})
    assert "3 written" in shop.run("build", "--config", "other.toml").out
    assert "3 written" in shop.run("build").out


def test_a_build_that_starts_a_process_is_never_taken_for_unchanged(sandbox: Sandbox) -> None:
    asks = 'import subprocess\nVERSION = subprocess.run(["true"]).returncode\n'
    sandbox.write({"stacks/queue.py": asks + QUEUE})
    sandbox.run("build")
    assert "1 unchanged" in sandbox.run("build").out


def test_a_file_that_changes_while_it_is_built_is_built_again(sandbox: Sandbox) -> None:
    changing = "\nopen('data.txt').read()\nopen('data.txt', 'w').write('new')\n"
    sandbox.write({"data.txt": "old", "stacks/queue.py": QUEUE + changing})
    sandbox.run("build")
    assert "1 unchanged" in sandbox.run("build").out


def test_an_unwritable_cache_costs_only_the_short_cut(shop: Sandbox) -> None:
    shop.write({".stackgen": "a file in the way"})
    assert "3 written" in shop.run("build").out
    ran = shop.run("build")
    assert (ran.code, ran.err) == (0, "")
    assert "3 unchanged" in ran.out


@given(st.binary(max_size=200))
def test_no_record_makes_the_short_cut_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("record")
    (folder / FOLDER).mkdir()
    (folder / FOLDER / FILE).write_bytes(content)
    assert summary_if_unchanged(str(folder)) is None


def test_a_hash_of_the_interpreter_is_that_of_hashlib(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "file"
    path.write_bytes(b"content")
    assert fingerprint_of("file", str(path)) == hashlib.sha256(b"content").hexdigest()
    assert fingerprint_of("file", str(tmp_path / "none")) == "absent"


def test_an_interpreter_without_its_own_hash_takes_that_of_hashlib() -> None:
    program = (
        "import sys; sys.modules.update(_sha2=None, _sha256=None)\n"
        "from stackgen.inputs import sha256\n"
        "assert sha256(b'x').hexdigest().startswith('2d711642'), 'another hash'\n"
        "assert 'hashlib' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(), check=True, timeout=60)
