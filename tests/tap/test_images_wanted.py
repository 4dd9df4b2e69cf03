"""The images that TapStack needs, as the command finds them that builds and pushes them."""

from __future__ import annotations

import pytest

from stackgen.deploy.images.settings import recipe_of, recipes
from stackgen.deploy.images.wanted import wanted
from stackgen.deploy.targets import Target, Value
from stackgen.project import Project
from tests.support import ROOT
from tests.tap.reading import Templates
from tests.tap.test_secrets import VALUES, build_of

IMAGES = {
    "TapStack": {
        "transaction-validator-dev": "TapStack/Compute/TransactionValidator",
        "schema-migration-dev": "TapStack/Migration/SchemaMigrationFunction",
    },
    "janitor-stack": {"snapshot-janitor-dev": "janitor-stack/SnapshotJanitor"},
}


@pytest.mark.requirement("TAP-10", "TAP-D15")
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize(("stack", "expected"), IMAGES.items(), ids=IMAGES)
def test_every_function_has_its_image_in_its_own_region(
    templates: Templates, stack: str, expected: dict[str, str], region: str
) -> None:
    """A function's image is not found, so that nobody pushes it, or it is one of another region."""
    build = build_of(templates)
    said = {name: Value(value, "-p") for name, value in VALUES.items()}
    found = wanted(build, Target("dev", region, "111111111111", f"tap/{stack}", stack, said))
    assert not found.unknown
    assert {image.repository: paths for image, paths in found.images.items()} == {
        name: (path,) for name, path in expected.items()
    }
    assert {(image.region, image.reference) for image in found.images} == {(region, "1.0.0")}


@pytest.mark.requirement("TAP-D46")
def test_the_project_says_from_what_each_is_built() -> None:
    """An image that a template names has no Dockerfile."""
    known = recipes(Project.find(ROOT))
    files = {name: recipe_of(known, name) for images in IMAGES.values() for name in images}
    assert {name: recipe.dockerfile for name, recipe in files.items() if recipe} == {
        "transaction-validator-dev": "validator/Dockerfile",
        "schema-migration-dev": "migration/Dockerfile",
        "snapshot-janitor-dev": "janitor/Dockerfile",
    }
