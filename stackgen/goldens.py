"""syrupy's view of a build folder: it reads golden files and never writes them.

Imported by the fixture ``golden`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from syrupy.assertion import SnapshotAssertion


def golden_in(folder: Path, snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The files of a folder for ``==``; ``--snapshot-update`` does not reach them."""
    golden = snapshot.use_extension(_extension_for(folder))
    golden.update_snapshots = golden.update_new_snapshots_only = False
    return golden


def _extension_for(folder: Path) -> type[SingleFileSnapshotExtension]:
    class GoldenFile(SingleFileSnapshotExtension):
        """One template, one file: ``tap/network-stack`` is ``<folder>/tap/network-stack.json``."""

        file_extension = "json"
        _write_mode = WriteMode.TEXT

        @classmethod
        def get_location(cls, *, test_location: Any, index: Any) -> str:
            """The file of a template's name, whatever test asks."""
            del test_location
            return str(folder / f"{index}.json")

        def discover_snapshots(self, **_: Any) -> SnapshotCollections:
            """None: a file that no test reads is the builder's business."""
            return SnapshotCollections()

        def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
            """The lines that differ, and what to do; of a missing file only that."""
            if snapshot_data:
                yield from super().diff_lines(serialized_data, snapshot_data)
                yield "if the change is meant: python -m stackgen build"
            else:
                yield "there is no such golden file; build it: python -m stackgen build"

    return GoldenFile
