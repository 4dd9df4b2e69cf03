"""A stand-in for AWS that behaves like AWS: no account, no network, no Docker, and time that is virtual."""
