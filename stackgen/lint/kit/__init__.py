"""What rules are written with: a template as a rule sees it, values behind intrinsics, and the base of all rules."""
