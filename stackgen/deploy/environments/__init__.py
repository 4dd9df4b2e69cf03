"""Environments that come and go with pull requests: made, found by their tags, extended, and removed without a rest."""
