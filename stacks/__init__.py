"""The systems that this repository builds, each a package with a README."""
