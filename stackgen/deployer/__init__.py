"""The multi-account deployer: a state machine and its functions, which roll a template out by StackSets."""
