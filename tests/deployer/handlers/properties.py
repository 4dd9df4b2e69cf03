"""Settings of tests that try many examples: a busy machine is no failure."""

from hypothesis import HealthCheck, settings

steady = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
