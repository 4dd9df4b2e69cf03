"""Reading builds offline: what a change replaces, loses, opens, costs, and how long it takes.

One model of a build serves all of it. Nothing here needs credentials, imports boto3 or troposphere, or starts
the linter.
"""
