"""troposphere is imported without PyYAML, and gets it back when somebody wants YAML."""

import subprocess
import sys

import pytest


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_building_does_not_load_yaml() -> None:
    assert (
        said("import sys, stackgen.discovery; print('yaml' in sys.modules, 'troposphere' in sys.modules)")
        == "False True"
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "import troposphere; t = troposphere.Template(); t.set_description('x'); print(t.to_yaml().split()[0])",
        'from cfn_flip import to_yaml; print(to_yaml(\'{"Description": "x"}\').split()[0])',
        'import cfn_flip; print(cfn_flip.to_yaml(\'{"Description": "x"}\').split()[0])',
        'import cfn_flip.yaml_dumper; import cfn_flip; print(cfn_flip.to_yaml(\'{"Description": "x"}\').split()[0])',
    ],
)
def test_whoever_wants_yaml_gets_it(wanted: str) -> None:
    assert said(f"import stackgen.discovery; {wanted}") == "Description:"


def test_a_loaded_cfn_flip_is_left_alone() -> None:
    code = (
        "import cfn_flip, sys, stackgen.light as _; print(sys.modules['cfn_flip'] is cfn_flip, type(cfn_flip).__name__)"
    )
    assert said(code) == "True module"


def test_a_probe_for_a_dunder_does_not_load_it() -> None:
    code = (
        "import sys, stackgen.light, cfn_flip\n"
        "print(hasattr(cfn_flip, '__wrapped__'), hasattr(cfn_flip, '__warningregistry__'), 'yaml' in sys.modules)"
    )
    assert said(code) == "False False False"
