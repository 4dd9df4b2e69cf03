"""What the images of TapStack's functions are made of: Dockerfiles, locked libraries, certificate authorities."""

from __future__ import annotations

import ast
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from stacks.tap.functions import ARCHITECTURE
from stacks.tap.images.migration import settings as migration
from stacks.tap.images.validator import settings as validator
from tests.dockerfiles import assert_as_the_tests_run_with, assert_locked_by_hashes, minded
from tests.support import ROOT

IMAGES = ROOT / "stacks" / "tap" / "images"
DOCKERFILES = sorted(IMAGES.glob("*/Dockerfile"))
OURS = [each.parent.name for each in DOCKERFILES]

IN_IMAGE = {*sys.stdlib_module_names, "boto3", "botocore", "aws_lambda_powertools", "pymysql"}
"""What a handler finds beside its own package: Python, the SDK of the base image, and the locked libraries."""

AUTHORITIES = {
    "Amazon RDS us-east-1 Root CA ECC384 G1": "82d99e9e409703044c3f886f87a0408c96cd74dee2c9ba920e6553a32e372539",
    "Amazon RDS us-east-1 Root CA RSA2048 G1": "e4ce41d069f4bdcdb714259058961ee42ed18cf2bf627a3d647aff25437d4b68",
    "Amazon RDS us-east-1 Root CA RSA4096 G1": "1c753cf0334ff82a47e0d3205839c8549b7d9a8a3d9a685cccecc80f82fe97e6",
    "Amazon RDS eu-west-1 Root CA ECC384 G1": "88ecf027448f7198f3c1a6762474c4658dab35a18686af6b65de3c4023c6d0b2",
    "Amazon RDS eu-west-1 Root CA RSA2048 G1": "6f7e01b62af24058417130b21e5fb9ad9f29b29c775c5107b657419010975886",
    "Amazon RDS eu-west-1 Root CA RSA4096 G1": "62e29ef90310947eed5d5546021d636008fad329fab9ea31ba1ae768b734f29a",
}
"""SHA-256 of each certificate."""


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=OURS)
def test_a_dockerfile_has_nothing_that_its_linter_minds(dockerfile: Path) -> None:
    """an image is built from what cannot be repeated, or a build that failed half-way goes on"""
    assert minded(dockerfile) == (0, "")


@pytest.mark.requirement("TAP-13")
@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=OURS)
def test_an_image_stands_on_lambdas_python_for_the_functions_processors(dockerfile: Path) -> None:
    """another runtime, or an image for other processors than those that the functions are declared for"""
    bases = re.findall(r"^FROM (\S+)", dockerfile.read_text("utf-8"), re.MULTILINE)
    assert bases == [f"public.ecr.aws/lambda/python:3.11-{ARCHITECTURE}"]


@pytest.mark.requirement("TAP-10")
@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=OURS)
def test_an_image_takes_what_the_folder_has_and_begins_at_a_handler_that_is_there(dockerfile: Path) -> None:
    """a file that is copied is missing, so no image can be built, or its function names no handler"""
    text = dockerfile.read_text("utf-8")
    for source in re.findall(r"^COPY (\S+) ", text, re.MULTILINE):
        assert (IMAGES / source).exists(), source
    assert 'COPY common "${LAMBDA_TASK_ROOT}/images/common"' in text
    (command,) = re.findall(r'^CMD \["(.+)"\]$', text, re.MULTILINE)
    folder, package, module, function = command.split(".")
    assert (folder, package) == (IMAGES.name, dockerfile.parent.name)
    defined = ast.parse((IMAGES / package / f"{module}.py").read_text("utf-8")).body
    names = {each.name for each in defined if isinstance(each, ast.FunctionDef)}
    names |= {ast.unparse(each.targets[0]) for each in defined if isinstance(each, ast.Assign)}
    assert function in names


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=OURS)
def test_a_library_comes_into_an_image_by_its_hash_alone(dockerfile: Path) -> None:
    """another file under the same version gets into the image"""
    text = dockerfile.read_text("utf-8")
    assert text.count("pip install") == text.count("--require-hashes") == 1
    assert_locked_by_hashes(IMAGES / "requirements.txt")


def test_the_images_have_the_versions_that_the_tests_run_with() -> None:
    assert_as_the_tests_run_with(IMAGES / "requirements.txt")


@pytest.mark.parametrize("module", sorted(IMAGES.rglob("*.py")), ids=lambda path: path.relative_to(IMAGES).as_posix())
def test_a_module_of_an_image_imports_what_is_in_the_image(module: Path) -> None:
    """a function imports stackgen or a tool of development, which no image has, and cannot start"""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= IN_IMAGE
        if isinstance(node, ast.ImportFrom):
            top = (node.module or "").split(".")[0]
            assert {0: top in IN_IMAGE, 1: True, 2: top == "common"}[node.level]


@pytest.mark.requirement("TAP-34")
def test_the_database_is_known_by_the_authorities_of_its_regions_and_no_other() -> None:
    """a certificate of anybody else, such as one of a public authority, would do for a connection with the password"""
    certificates = x509.load_pem_x509_certificates((IMAGES / "rds-ca.pem").read_bytes())
    found = {
        str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value): each.fingerprint(hashes.SHA256()).hex()
        for each in certificates
    }
    assert found == AUTHORITIES
    for each in certificates:
        each.verify_directly_issued_by(each)
        assert each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert each.not_valid_after_utc > datetime.now(UTC) + timedelta(days=365)


@pytest.mark.requirement("TAP-34")
def test_a_function_looks_for_the_authorities_where_its_image_has_them() -> None:
    """in Lambda, where no variable names another file, the function finds none and never reaches the database"""
    given = dict.fromkeys(
        ("DATABASE_USER", "PASSWORD_PARAMETER", "AUDIT_BUCKET", "DATABASE_PARAMETERS_PATH", "SESSION_TABLE"), "x"
    )
    for image, place in (
        ("migration", migration.Settings.read(given).ca_file),
        ("validator", validator.Settings.read(given).ca_file),
    ):
        assert f"\nCOPY rds-ca.pem {place}\n" in (IMAGES / image / "Dockerfile").read_text("utf-8")
