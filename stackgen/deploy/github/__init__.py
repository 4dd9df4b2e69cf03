"""GitHub, as far as environments of pull requests need it: what set a workflow going, pull requests, comments."""
