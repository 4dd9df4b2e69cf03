"""``build`` as people run it."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cfn_flip import to_json

from tests.support import IMPORTS, PYPROJECT, QUEUE, SHOP, Sandbox, environment

FILES = ["manifest.json", "shop/network.json", "shop/queue.json", "shop/shop.json"]

MANY = (
    IMPORTS
    + '''

def stack(number):
    class Numbered(Stack):
        """One of many."""

        system = "many"
        file = f"stack-{number:03}"

        def build(self):
            for queue in range(30):
                self.add(sqs.Queue(f"Queue{queue}", DelaySeconds=VERSION))

    Numbered.__name__ = f"Numbered{number}"
    return Numbered


globals().update({f"Numbered{number}": stack(number) for number in range(40)})
'''
)


def manifest(sandbox: Sandbox) -> list[str]:
    files: list[str] = json.loads(sandbox.contents("build")["manifest.json"])["files"]
    return files


def test_a_build_says_what_it_did(shop: Sandbox) -> None:
    ran = shop.run("build")
    assert ran.out == "built 3 templates: 3 written, 0 unchanged, 0 removed\n"
    assert ran.err.splitlines() == [f"  wrote    build/{name}" for name in FILES[1:]]
    assert list(shop.contents("build")) == FILES
    assert manifest(shop) == FILES[1:]


PLACES: dict[str, dict[str, str]] = {
    "one hash seed": {"PYTHONHASHSEED": "1"},
    "another hash seed": {"PYTHONHASHSEED": "4242"},
    "no locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a Turkish locale": {"LC_ALL": "tr_TR.UTF-8"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
    "without assertions": {"PYTHONOPTIMIZE": "1"},
}


def test_the_bytes_are_the_same_everywhere(shop: Sandbox) -> None:
    shop.run("build")
    expected = shop.contents("build")
    for place, changes in PLACES.items():
        shutil.rmtree(shop.root / "build")
        ran = shop.run("build", cwd=shop.root / "stacks", **changes)
        assert ran.code == 0, ran.err
        assert shop.contents("build") == expected, place


def test_the_texts_are_utf_8_in_any_locale(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE.replace("A queue.", "A queue for Zoë, İstanbul and 東京.")})
    ran = sandbox.run("build", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ran.code == 0, ran.err
    description = json.loads(sandbox.contents("build")["shop/queue.json"])["Description"]
    assert description == "A queue for Zoë, İstanbul and 東京."


def test_a_stack_that_is_gone_takes_its_file_along(shop: Sandbox) -> None:
    shop.write({"stacks/more.py": QUEUE.replace("QueueStack", "MoreStack").replace('"queue"', '"more"')})
    shop.run("build")
    (shop.root / "build" / "shop" / "mine.json").write_text("mine")
    (shop.root / "stacks" / "more.py").unlink()
    ran = shop.run("build")
    assert ran.out == "built 3 templates: 0 written, 3 unchanged, 1 removed\n"
    assert ran.err == "  removed  build/shop/more.json\n"
    assert list(shop.contents("build")) == [FILES[0], "shop/mine.json", *FILES[1:]]


def test_a_change_is_built_and_only_it_is_written(shop: Sandbox) -> None:
    shop.run("build")
    before = shop.times("build")
    shop.write({"stacks/shop.py": SHOP.replace("10.0.0.0/16", "10.9.0.0/16")})
    ran = shop.run("build")
    assert ran.out == "built 3 templates: 2 written, 1 unchanged, 0 removed\n"
    after = shop.times("build")
    changed = {name for name in FILES if after[name] != before[name]}
    assert changed == {"shop/network.json", "shop/shop.json"}


def test_chosen_stacks_are_built_with_what_they_nest_and_the_rest_is_left(shop: Sandbox) -> None:
    shop.run("build")
    shop.write({"stacks/shop.py": SHOP.replace("10.0.0.0/16", "10.9.0.0/16").replace('"5"', '"6"')})
    for word in ("NetworkStack", "network", "shop/network", "shop/network.json"):
        shop.run("build", word)
    ran = shop.run("build", "--check")
    assert "2 stale, 0 missing, 0 left over" in ran.out
    ran = shop.run("build", "ShopStack")
    assert ran.out == "built 3 templates: 2 written, 1 unchanged, 0 removed\n"
    assert manifest(shop) == FILES[1:]
    assert shop.run("build", "--check").code == 0


def files_and_folders(shop: Sandbox) -> dict[Path, int]:
    """When each was written, folders too; without Python's cache, from which a check drops what may be stale."""
    return {path: path.stat().st_mtime_ns for path in shop.root.rglob("*") if "__pycache__" not in path.parts}


def test_check_tells_stale_missing_and_left_over_files_and_writes_nothing(shop: Sandbox) -> None:
    shop.write({"stacks/more.py": QUEUE.replace("QueueStack", "MoreStack").replace('"queue"', '"more"')})
    shop.run("build")
    (shop.root / "stacks" / "more.py").unlink()
    (shop.root / "build" / "shop" / "queue.json").unlink()
    shop.write({"stacks/shop.py": SHOP.replace("10.0.0.0/16", "10.9.0.0/16")})
    shutil.rmtree(shop.root / ".stackgen")
    everything = files_and_folders(shop)
    ran = shop.run("build", "--check")
    assert ran.code == 4
    assert ran.out.splitlines() == [
        "build/ is not what the stacks build: 3 stale, 1 missing, 1 left over",
        "  stale     build/shop/network.json",
        "  stale     build/shop/shop.json",
        "  stale     build/manifest.json",
        "  missing   build/shop/queue.json",
        "  left over build/shop/more.json",
    ]
    assert ran.err == "build them: python -m stackgen build\n"
    assert files_and_folders(shop) == everything


def test_check_before_the_first_build_finds_all_missing_and_makes_no_folder(shop: Sandbox) -> None:
    ran = shop.run("build", "--check")
    assert (ran.code, ran.out.splitlines()[0]) == (
        4,
        "build/ is not what the stacks build: 0 stale, 4 missing, 0 left over",
    )
    assert sorted(path.name for path in shop.root.iterdir()) == ["pyproject.toml", "stacks"]
    assert not list(shop.root.rglob("__pycache__"))


def test_check_after_a_build_is_content(shop: Sandbox) -> None:
    shop.run("build")
    ran = shop.run("build", "--check")
    assert ran == (0, "build/ is what the stacks build: 3 templates\n", "")


def test_json_carries_schema_version_and_verdict(shop: Sandbox) -> None:
    content = json.loads(shop.run("build", "--format", "json").out)
    assert list(content) == [
        "schema", "version", "verdict", "folder", "missing", "stale", "left_over", "unchanged"
    ]  # fmt: skip
    assert (content["schema"], content["version"]) == ("stackgen/build", 1)
    ran = shop.run("build", "--check", "--format=json")
    assert ran.code == 0
    assert json.loads(ran.out)["schema"] == "stackgen/build-check"


def test_what_a_stack_prints_is_no_data(sandbox: Sandbox) -> None:
    body = 'print("in the class")\n\n    def build(self):\n        print("in build")'
    printing = QUEUE.replace("def build(self):", body)
    sandbox.write({"stacks/queue.py": 'print("at import")\n' + printing})
    ran = sandbox.run("build", "--format", "json")
    assert json.loads(ran.out)["verdict"] == "built 1 template: 1 written, 0 unchanged, 0 removed"
    assert ran.err == "at import\nin the class\nin build\n"


def test_out_builds_into_another_folder_and_leaves_the_golden_one(shop: Sandbox) -> None:
    shop.run("build")
    shop.run("list")  # which remembers the settings
    before = shop.times()
    ran = shop.run("build", "--out", "elsewhere")
    assert ran.out == "built 3 templates: 3 written, 0 unchanged, 0 removed\n"
    assert shop.contents("elsewhere") == shop.contents("build")
    assert {name: time for name, time in shop.times().items() if not name.startswith("elsewhere")} == before
    assert "nothing has changed" in shop.run("build").out


def test_out_respects_the_files_of_others(shop: Sandbox) -> None:
    shop.write({"dist/manifest.json": '{"files": ["app.json"]}', "dist/app.json": "{}"})
    ran = shop.run("build", "--out", "dist")
    assert ran.code == 1
    assert ran.err.startswith("error: dist/manifest.json: is in the way: no build wrote it\n")
    assert list(shop.contents("dist")) == ["app.json", "manifest.json"]


@pytest.mark.parametrize(("out", "file"), [("notes.txt", "notes.txt"), ("notes.txt/below/it", "notes.txt")])
def test_out_with_a_file_in_the_way_is_refused(shop: Sandbox, out: str, file: str) -> None:
    shop.write({"notes.txt": "mine"})
    ran = shop.run("build", "--out", out)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {file}: is a file, but --out names a folder\n")


def test_out_through_a_link_to_the_stacks_is_refused(shop: Sandbox) -> None:
    (shop.root / "link").symlink_to("stacks")
    assert "--out 'link' is the folder of stacks" in shop.run("build", "--out", "link").err
    assert not (shop.root / "stacks" / "shop").exists()


def test_yaml_parses_back_to_the_same_templates(shop: Sandbox) -> None:
    shop.run("build")
    assert shop.run("build", "--format", "yaml", "--out", "yaml").code == 0
    flipped = shop.contents("yaml")
    for name, text in shop.contents("build").items():
        if name != "manifest.json":
            parsed: Any = json.loads(to_json(flipped[name.replace(".json", ".yaml")].decode()))
            assert parsed == json.loads(text)
    assert shop.run("build", "--check", "--format", "yaml", "--out", "yaml").code == 0


def test_yaml_is_not_written_into_the_golden_folder(shop: Sandbox) -> None:
    ran = shop.run("build", "--format", "yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: --format yaml needs --out DIR\n")


def test_stackgen_toml_stands_in_for_pyproject(shop: Sandbox) -> None:
    (shop.root / "pyproject.toml").unlink()
    shop.write({"stackgen.toml": 'build = "templates"\n'})
    assert shop.run("build").code == 0
    assert list(shop.contents("templates")) == FILES


def test_a_named_config_is_built_from_anywhere(shop: Sandbox, tmp_path: Path) -> None:
    ran = shop.run("build", "--config", str(shop.root / "pyproject.toml"), cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert list(shop.contents("build")) == FILES


def test_a_template_near_a_limit_is_warned_of(sandbox: Sandbox) -> None:
    near = '\n        for number in range(450):\n            self.add(sqs.Queue(f"Queue{number}"))'
    sandbox.write({"stacks/queue.py": QUEUE.replace("def build(self):", f"def build(self):{near}")})
    ran = sandbox.run("build")
    assert ran.code == 0
    assert ran.err.startswith("warning: shop/queue is near a limit of CloudFormation: 451 of 500 Resources\n")


def test_verbose_shows_the_head_room_of_every_template(shop: Sandbox) -> None:
    err = shop.run("build", "-v").err
    assert re.search(r"^  shop/shop: [\d,]+ of [\d,]+ .+; [\d,]+ bytes$", err, re.MULTILINE)


def test_a_build_folder_that_git_ignores_is_warned_of(shop: Sandbox) -> None:
    subprocess.run(["git", "init", "-q"], cwd=shop.root, env=environment(), check=True)
    assert "git ignores" not in shop.run("build").err
    shop.write({".gitignore": "build/\n", "stacks/shop.py": SHOP.replace("10.0.", "10.9.")})
    assert "warning: git ignores build/: commit it" in shop.run("build").err
    assert "git ignores" not in shop.run("build", "--out", "build/other").err


def test_two_builds_at_once_both_succeed(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/many.py": "VERSION = 1\n" + MANY})
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: sandbox.run("build"), range(2)))
    assert [ran.code for ran in runs] == [0, 0], runs
    assert len(sandbox.contents("build")) == 41
    assert sandbox.run("build", "--check").code == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_an_interrupted_build_leaves_each_file_whole(sandbox: Sandbox, sent: signal.Signals) -> None:
    texts = []
    for version in (2, 1):
        sandbox.write({"stacks/many.py": f"VERSION = {version}\n" + MANY})
        sandbox.run("build")
        texts.append(sandbox.contents("build"))
    whole = {name: {text[name] for text in texts} for name in texts[0]}
    moments = random.Random(sent)  # noqa: S311  the same moments in every run
    for turn in range(10):
        sandbox.write({"stacks/many.py": f"VERSION = {turn % 2 + 1}\n" + MANY})
        process = sandbox.start("build")
        time.sleep(moments.uniform(0.05, 0.3))
        process.send_signal(sent)
        _, err = process.communicate(timeout=60)
        found = sandbox.contents("build")
        if sent == signal.SIGINT:
            assert set(found) == set(whole), err
        assert all(text in whole[name] for name, text in found.items() if not name.endswith(".tmp"))
    ran = sandbox.run("build")
    assert ran.code == 0, ran.err
    assert sandbox.contents("build") == texts[0]


def test_a_disk_that_is_full_leaves_the_old_files_and_no_temporary_one(shop: Sandbox) -> None:
    shop.run("build")
    before = shop.contents()
    shop.write({"stacks/shop.py": SHOP.replace("10.0.", "10.9.")})
    before["stacks/shop.py"] = (shop.root / "stacks" / "shop.py").read_bytes()
    command = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *shop.command("build")]
    ran = subprocess.run(command, cwd=shop.root, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "error: build/shop/network.json: cannot be written: File too large\n"
    assert shop.contents() == before


UNWRITABLE = ["blocked", "blocked/build", "/proc/stackgen"]


@pytest.mark.parametrize("folder", UNWRITABLE)
def test_a_folder_that_cannot_be_written_is_an_error(shop: Sandbox, folder: str) -> None:
    shop.write({"blocked": "a file", "pyproject.toml": PYPROJECT + f'build = "{folder}"\n'})
    ran = shop.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {folder}/manifest.json: cannot be ")
    assert list(shop.contents()) == ["blocked", "pyproject.toml", "stacks/shop.py"]
