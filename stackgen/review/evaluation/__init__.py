"""A build with an environment's values: what is known is computed, what is not stays symbolic and says why."""
