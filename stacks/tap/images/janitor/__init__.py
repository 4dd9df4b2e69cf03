"""The snapshot janitor. In its image this folder is ``images.janitor``: nothing of stackgen is there.

``snapshots`` decides what is due and is a copy of ``stackgen.deploy.snapshots``, which says why; ``pruning`` deletes.
"""
