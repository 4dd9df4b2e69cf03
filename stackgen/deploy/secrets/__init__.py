"""Secrets that templates refer to and CloudFormation cannot make: which a stack needs, how one is made and renewed."""
