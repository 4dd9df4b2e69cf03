"""Templates of the deployer: classes that a repository makes its own by a subclass in its stacks."""
