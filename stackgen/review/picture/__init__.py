"""A build as a picture: stacks as boxes in boxes, resources as nodes, and arrows from what is needed to what needs it.

``assembly`` reads a build into boxes, ``folding`` and ``depth`` make them fewer, ``mermaid``, ``dot`` and ``svg``
write them; ``layout`` and what it stands on give every box of the SVG its place.
"""
