"""Where the database is and how to enter it: read from Parameter Store in one call, kept for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import BotoCoreError, ClientError

from ..common.connecting import Access
from .errors import ParametersUnavailable

if TYPE_CHECKING:
    from .settings import Settings

PLACE = ("endpoint", "port", "name", "user")
"""What is read below the database's path; the role of the function allows these."""


class Found(NamedTuple):
    """What the parameters say."""

    host: str
    port: int
    schema: str
    user: str
    password: str

    def access(self, ca_file: str) -> Access:
        return Access(self.host, self.port, self.schema, self.user, ca_file)

    def __repr__(self) -> str:
        return f"Found({self.host}:{self.port}/{self.schema})"  # wherever it is shown, the password is not


class Parameters:
    """The parameters of the database; the password may be changed while the function is warm."""

    def __init__(self, settings: Settings, ssm: Any) -> None:
        self._names = [f"{settings.database_parameters_path}/{name}" for name in PLACE]
        self._names.append(settings.password_parameter)
        self._ttl = settings.parameter_ttl
        self._provider: Any = SSMProvider(boto3_client=ssm)

    def found(self) -> Found:
        """Raises ParametersUnavailable."""
        try:
            given: Any = self._provider.get_parameters_by_name(
                {name: {} for name in self._names}, decrypt=True, max_age=self._ttl
            )
        except (GetParameterError, ClientError, BotoCoreError) as error:
            raise ParametersUnavailable(f"the database's parameters: {type(error).__name__}") from None
        host, port, schema, user, password = (str(given[name]) for name in self._names)
        if not port.isdecimal():
            raise ParametersUnavailable("the database's port is no number")
        return Found(host, int(port), schema, user, password)

    def forget(self) -> None:
        """Read them anew next time."""
        self._provider.clear_cache()
