"""What a function raises; Step Functions names an error after the class.

DeployerError
├── Transient                         worth another attempt: throttled, unreachable, a server's fault
├── OperationInProgressException      the StackSet is busy with another operation
├── Refused                           a service said no, and would again: a permission, a limit, a wrong value
├── MissingInput                      the event lacks a field
├── SettingMissing                    an environment variable of the function is not set
├── LockNotReleased, LockLost         another build holds the lock
├── ReleaseInvalid                    the key of an object that no release can have
├── ImageListInvalid                  the list of a release's container images cannot be used
├── ImagesNotPromoted                 an image did not reach a target
├── TargetsNotConfigured              nobody said where to
├── TargetsInvalid                    an account, a region or a policy that cannot be
├── TemplateNotFetched                the release has no template
├── TemplateInvalid                   CloudFormation cannot read it
├── ParametersInvalid                 a parameter file that is no JSON, or of another shape
├── StackSetNotFoundException, OperationNotFoundException
├── StackSetNameTaken                 two repositories would share a StackSet
├── OnlyOrphansLeft                   a change could only reach instances that nobody asked for
└── RecordsNotWritten, RecordsNotRead
"""

from __future__ import annotations


class DeployerError(Exception):
    """Base of all; the message is for a person and holds no secret."""


class Transient(DeployerError):
    """The state machine tries again."""


class OperationInProgressException(DeployerError):
    """The state machine tries again for about half an hour."""


class Refused(DeployerError):
    """AWS refused a call for a reason that stays."""


class MissingInput(DeployerError):
    """A field that the function needs is missing, empty or of another type."""


class SettingMissing(DeployerError):
    """An environment variable is missing or unfit."""


class LockNotReleased(DeployerError):
    """The lock belongs to another build."""


class LockLost(DeployerError):
    """The lock that this build worked under belongs to another one, or is gone."""


class ReleaseInvalid(DeployerError):
    """An object whose key does not tell a repository, a branch and a version."""


class ImageListInvalid(DeployerError):
    """A list of container images that is no JSON, or leaves open which images are meant."""


class ImagesNotPromoted(DeployerError):
    """Container images that targets lack; trying again changes nothing."""


class TargetsNotConfigured(DeployerError):
    """There is no target for the repository, nor a default."""


class TargetsInvalid(DeployerError):
    """A record of targets, or its policy, that cannot be used."""


class TemplateNotFetched(DeployerError):
    """The template of the release cannot be read."""


class TemplateInvalid(DeployerError):
    """CloudFormation refuses the template or its parameters; trying again changes nothing."""


class ParametersInvalid(DeployerError):
    """A parameter file that cannot be used."""


class StackSetNotFoundException(DeployerError):
    """The StackSet is gone."""


class OperationNotFoundException(DeployerError):
    """The StackSet knows no such operation."""


class StackSetNameTaken(DeployerError):
    """The name of the StackSet belongs to another repository."""


class OnlyOrphansLeft(DeployerError):
    """UpdateStackSet would touch instances that are no targets."""


class RecordsNotWritten(DeployerError):
    """Deployment records could not be written."""


class RecordsNotRead(DeployerError):
    """Deployment records could not be read."""
