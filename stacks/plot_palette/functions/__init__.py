"""The code of functions that is small enough to stand in a template; each module is copied there as it is."""
