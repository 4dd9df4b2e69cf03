"""What the accounts around this repository's deployer need, as the library has it."""

from stackgen.deployer.stacks.administration import StackSetAdministrationStack
from stackgen.deployer.stacks.target_sets import TargetRolesStackSetStack
from stackgen.deployer.stacks.targets import TargetRolesStack


class OurTargetRolesStack(TargetRolesStack):
    pass


class OurTargetRolesStackSetStack(TargetRolesStackSetStack):
    target_roles = OurTargetRolesStack


class OurStackSetAdministrationStack(StackSetAdministrationStack):
    pass
