"""Container images that templates name: which a stack needs, from what they are built, and how they reach ECR."""
