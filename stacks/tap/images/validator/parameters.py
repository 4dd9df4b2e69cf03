"""Where the database is and how to enter it: read from Parameter Store in one call, kept for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import BotoCoreError, ClientError

from .errors import ParametersUnavailable

if TYPE_CHECKING:
    from .settings import Settings

PLACE = ("endpoint", "port", "name", "user")
"""What is read below the database's path; the role of the function allows these."""


class Access(NamedTuple):
    """All that a connection needs."""

    host: str
    port: int
    database: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Access({self.host}:{self.port}/{self.database})"  # wherever it is shown, the password is not


class Parameters:
    """The parameters of the database; the password may be changed while the function is warm."""

    def __init__(self, settings: Settings, ssm: Any) -> None:
        self._names = [f"{settings.database_parameters_path}/{name}" for name in PLACE]
        self._names.append(settings.password_parameter)
        self._ttl = settings.parameter_ttl
        self._provider: Any = SSMProvider(boto3_client=ssm)

    def access(self) -> Access:
        """Raises ParametersUnavailable."""
        try:
            found: Any = self._provider.get_parameters_by_name(
                {name: {} for name in self._names}, decrypt=True, max_age=self._ttl
            )
        except (GetParameterError, ClientError, BotoCoreError) as error:
            raise ParametersUnavailable(f"the database's parameters: {type(error).__name__}") from None
        host, port, database, user, password = (str(found[name]) for name in self._names)
        if not port.isdecimal():
            raise ParametersUnavailable("the database's port is no number")
        return Access(host, int(port), database, user, password)

    def forget(self) -> None:
        """Read them anew next time."""
        self._provider.clear_cache()
