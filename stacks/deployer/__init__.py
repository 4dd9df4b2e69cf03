"""This repository's own deployer, from the classes in the library."""
