"""cfn-lint alone, with our pack and without our command, finds the same; only what is between templates is ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cfn_flip

from tests.support import environment

if TYPE_CHECKING:
    from tests.support import Sandbox

BRIEFS = sorted((Path(__file__).parent / "rules/briefs").glob("*.yaml"))
OURS_ALONE = {"E9111", "E9117", "I9119", "W9158"}


def test_the_same_is_found_without_our_command(sandbox: Sandbox) -> None:
    """Who has cfn-lint in an editor or a hook sees less there, or more, than the build says."""
    for number, brief in enumerate(BRIEFS):
        content = json.loads(cfn_flip.to_json(brief.read_text("utf-8")))
        if number:  # one without a profile
            content["Metadata"] = {**content.get("Metadata", {}), "stackgen": {"profile": "production"}}
        sandbox.write({f"build/brief/{brief.stem}.json": json.dumps(content, indent=2)})
    sandbox.write({"stacks/__init__.py": ""})
    files = sorted(str(each) for each in (sandbox.root / "build/brief").glob("*.json"))
    words = ["-a", "stackgen.lint.rules", "-r", "us-east-1", "-f", "json", "--", *files]
    plain = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), *words],
        cwd=sandbox.root, env=environment(HOME=str(sandbox.root)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    theirs = {
        (Path(each["Filename"]).name, each["Rule"]["Id"], each["Location"]["Start"]["LineNumber"], each["Message"])
        for each in json.loads(plain.stdout)
        if each["Rule"]["Id"][1:3] == "91"
    }
    ran = sandbox.run("lint", "-r", "us-east-1", "--format", "json")
    assert ran.code == 4, ran.err
    ours = {
        (Path(each["file"]).name, each["rule"], each["line"], each["message"])
        for each in json.loads(ran.out)["findings"]
        if each["rule"][1:3] == "91" and each["rule"] not in OURS_ALONE
    }
    assert ours == theirs
    assert len({rule for _, rule, _, _ in ours}) > 15, "the briefs' templates break few rules, so little was compared"
