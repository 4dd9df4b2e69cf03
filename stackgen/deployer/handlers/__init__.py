"""The functions of the deployer. In Lambda this folder is the package ``handlers``: nothing of stackgen is there.

What a function is given and answers, its module says; what they share stands in modules without a ``handler``. Waiting,
retrying and looping belong to the state machine, so every function may run twice: what it wrote it writes again, and
what it started it finds.
"""
