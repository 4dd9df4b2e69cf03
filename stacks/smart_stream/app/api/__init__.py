"""The API: what the HTTP API's function answers."""
