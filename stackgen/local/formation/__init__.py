"""CloudFormation of the stand-in: ministack's engine, with its operations on the clock and its gaps closed.

What a stack operation is made of stays ministack's. Ours is when it runs (:mod:`operations`), that children go forward
and back with their root (:mod:`nested`), that alarms roll back (:mod:`monitoring`), where templates are read
(:mod:`templates`), and that a change set sees its children (:mod:`changesets`).
"""
