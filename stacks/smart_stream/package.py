"""The package of the API's function: its code, and the libraries that Lambda's runtime lacks.

python -m stacks.smart_stream.package FOLDER

It writes the zip into the folder and prints its key, which is the parameter CodeKey.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stackgen import bundling
from stackgen.errors import StackgenError

APP = Path(__file__).parent / "app"
LOCK = APP / "api" / "requirements.txt"
PARTS = ("handler.py", "api", "smartstream")
"""What the function has of the application; Lambda finds them where they are imported from."""
PREFIX = "api"


def key(app: Path = APP) -> str:
    """Where the package lies in its bucket. It ends with a digest of code and lock."""
    return f"{PREFIX}/{bundling.digest(sources(app), app / LOCK.relative_to(APP))}.zip"


def package(app: Path = APP) -> bytes:
    """The zip. Raises MissingExtraError, ProjectError, for a library that is not there as it is locked."""
    lock = app / LOCK.relative_to(APP)
    libraries = bundling.libraries(lock, "the API's package", "pip install aws-lambda-powertools")
    return bundling.zipped({**sources(app), **libraries})


def sources(app: Path = APP) -> dict[str, bytes]:
    """The modules by their names in the package."""
    found = [path for part in PARTS for path in ([app / part] if part.endswith(".py") else (app / part).rglob("*.py"))]
    return {path.relative_to(app).as_posix(): path.read_bytes() for path in found}


def main(arguments: list[str]) -> int:
    """Write it. The code of ``python -m stackgen`` for a wrong use is 2, for all else 1."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("expected one folder that is there: python -m stacks.smart_stream.package FOLDER\n")
        return 2
    try:
        content = package()
        written = Path(arguments[0]) / Path(key()).name
        written.write_bytes(content)
    except (StackgenError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{key()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
