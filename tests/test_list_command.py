"""``list``: the templates as a table, a tree or data."""

from __future__ import annotations

import json

from tests.support import IMPORTS, QUEUE, Sandbox

PARENT = '''

class {name}(Stack):
    """A parent."""

    system = "deep"
    file = "{file}"
    artifact_bucket = "templates"
    {children}
'''


def parent(file: str, *children: str) -> str:
    wires = "\n    ".join(f"Child{number} = nested({child.title()})" for number, child in enumerate(children))
    return PARENT.format(name=file.title(), file=file, children=wires)


LEAF = QUEUE.replace("QueueStack", "Leaf").replace('"queue"', '"leaf"').replace('"shop"', '"deep"')


def test_the_templates_stand_in_a_table(shop: Sandbox) -> None:
    lines = shop.run("list").out.splitlines()
    assert lines[0] == "3 templates, 5 resources"
    assert [line.split()[:3] for line in lines[1:]] == [
        ["shop/network", "1", "resources"],
        ["shop/queue", "1", "resources"],
        ["shop/shop", "3", "resources"],
    ]


def test_one_is_not_many(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": QUEUE})
    assert sandbox.run("list").out.splitlines()[0] == "1 template, 1 resource"


def test_a_tree_shows_children_below_their_parents(shop: Sandbox) -> None:
    lines = shop.run("list", "--tree").out.splitlines()
    assert [line[: line.rindex("resources") - 5].rstrip() for line in lines[1:]] == [
        "  shop/shop",
        "  ├─ shop/network",
        "  └─ shop/queue",
    ]


def test_what_hangs_below_a_shared_child_is_shown_once(sandbox: Sandbox) -> None:
    text = LEAF + parent("low", "leaf") + parent("left", "low") + parent("right", "low", "leaf")
    sandbox.write({"stacks/deep.py": text + parent("top", "left", "right")})
    lines = sandbox.run("list", "--tree", COLUMNS="30").out.splitlines()
    assert [line.rstrip() for line in lines[1:]] == [
        "  deep/top",
        "  ├─ deep/left",
        "  │  └─ deep/low",
        "  │     └─ deep/leaf",
        "  └─ deep/right",
        "     ├─ deep/leaf",
        "     └─ deep/low (see above)",
    ]


def test_a_deep_tree_is_shown_whole(sandbox: Sandbox) -> None:
    names = [f"level{number}" for number in range(60)]
    text = LEAF + "".join(parent(name, below) for name, below in zip(names, ["leaf", *names], strict=False))
    sandbox.write({"stacks/deep.py": text})
    lines = sandbox.run("list", "--tree").out.splitlines()
    assert len(lines) == 62
    assert "   " * 59 + "└─ deep/leaf" in lines[-1]


def test_a_narrow_terminal_leaves_out_the_last_columns(shop: Sandbox) -> None:
    assert shop.run("list").out.splitlines()[1].count("  ") > 2
    for columns in (20, 40, 60):
        lines = shop.run("list", COLUMNS=str(columns)).out.splitlines()
        assert max(map(len, lines[1:])) <= columns
        assert all(line.startswith("  shop/") for line in lines[1:])


def test_json_has_a_row_for_each_template(shop: Sandbox) -> None:
    content = json.loads(shop.run("list", "--format", "json").out)
    assert (content["schema"], content["version"]) == ("stackgen/list", 1)
    assert content["verdict"] == "3 templates, 5 resources"
    rows = {row["name"]: row for row in content["templates"]}
    assert " of " in rows["shop/queue"]["nearest_limit"]
    assert rows["shop/shop"]["children"] == ["shop/network", "shop/queue"]
    assert rows["shop/queue"] == {
        "name": "shop/queue",
        "resources": 1,
        "parameters": 1,
        "outputs": 1,
        "bytes": rows["shop/queue"]["bytes"],
        "digest": rows["shop/queue"]["digest"],
        "children": [],
        "nearest_limit": rows["shop/queue"]["nearest_limit"],
    }


def test_a_terminal_without_the_characters_gets_others(shop: Sandbox) -> None:
    ran = shop.run("list", "--tree", PYTHONIOENCODING="ascii")
    assert ran.code == 0, ran.err
    assert "?? shop/queue" in ran.out


def test_nothing_is_written(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/queue.py": IMPORTS + QUEUE})
    sandbox.run("list")
    assert list(sandbox.contents()) == ["pyproject.toml", "stacks/queue.py"]
