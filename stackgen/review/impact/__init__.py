"""What a change does to a deployed tree of stacks, without asking AWS: created, updated, replaced, deleted, and why."""
