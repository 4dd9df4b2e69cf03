"""What the ``multi`` commands do: plain functions on clients, which ask nobody and print nothing.

Nothing here calls a StackSet to change it: that is the work of the state machine. These functions read, write the
records that set it going, and stop it.
"""
