"""A rehearsal of the deployer that tries to break it: its real functions, its real state machine, a stand-in for AWS.

Every call that a function makes is throttled, refused, lost and late, every state is stopped in, builds race; after
each execution what is really there is compared with what was asked for and with what the tables say. The defects in
``defects`` prove that the campaign would notice.
"""
