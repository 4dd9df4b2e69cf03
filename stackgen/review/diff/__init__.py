"""The difference of two builds in meaning: what was added, removed, changed, renamed or moved in their templates.

The texts are compared, not what they come to in an environment. ``compare()`` answers with a Diff; ``text`` and
``markdown`` show one. A diff must start fast, so these modules load nothing that they do not need.
"""
