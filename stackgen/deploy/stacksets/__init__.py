"""StackSets of a project, rolled out from where the command runs: planned by exact cells, carried out, looked at.

A cell is an account and a region. What is read stands in ``reading`` and ``planner``, what follows from it in
``planning``, what changes AWS in ``calls``; ``rollout``, ``drift`` and ``deleting`` carry it out.
"""
