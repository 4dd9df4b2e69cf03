"""A page about the parameters of a stack: what each takes, has where, and does when it is changed."""
