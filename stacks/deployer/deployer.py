"""The deployer of this repository: the library's classes as they are."""

from stackgen.deployer.stacks.deployer import DeployerStack


class OurDeployerStack(DeployerStack):
    pass
