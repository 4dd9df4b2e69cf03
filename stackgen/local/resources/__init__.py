"""The resource types that the emulator's CloudFormation lacks, cuts short or gets wrong.

Each module is a service; :data:`TYPES` joins them, and :func:`registered` lets the emulator use them. Nothing of the
emulator is imported before that.

What stays unlike AWS, because the services behind have no place for it:

* EC2: an interface endpoint has no network interfaces and no DNS entries, a gateway endpoint puts no route into its
  tables, and a flow log never writes.
* RDS: no automated backups remain after ``DeleteAutomatedBackups: false``; a change is available at once, whatever the
  maintenance window.
* Lambda: whether a repository's policy lets an image of another account be pulled is not asked; ListFunctions tells an
  image's function to have a Runtime and a Handler that are empty.
* CloudWatch: an alarm on metric math is kept and told, and its state changes only through SetAlarmState; a composite
  alarm has no suppressor.
* S3: whether the target of access logs lets itself be written to is not asked.
* Amplify: no service keeps an app, so nothing can be asked of one but what its stack tells, and nothing is built.
* Cognito: what a user pool's e-mails say is kept and told; none is sent.
* HTTP APIs: they are told under AWS's address, which leads nowhere; a request goes to the stand-in's own.
* KMS: a key's policy is kept and told, and nobody is refused by it.
"""

from .registry import TYPES, registered
from .resource_type import ResourceType

__all__ = ["TYPES", "ResourceType", "registered"]
