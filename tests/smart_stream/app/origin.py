"""What a browser sees of an environment: pages of the bucket and the API under one origin, as with the distribution.

Its root is ``index.html``, what is no file is the application's, ``/api/*`` is the API's. What it adds is the strictest
policy of content under which a page of the kind could stand.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

from botocore.exceptions import ClientError

from stackgen.deploy.executor import Performer
from stackgen.deploy.publishing.folder import planned
from stackgen.deploy.publishing.settings import Published
from stackgen.local.cloud import Cloud
from stacks.smart_stream.delivery import FOR_AN_HOUR
from stacks.smart_stream.package import APP
from tests.smart_stream.app.api import UI, Api
from tests.smart_stream.app.served import Served
from tests.smart_stream.deployment import ACCOUNT, REGION

PAGES = APP / "ui"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"


def publish(cloud: Cloud) -> None:
    """The pages into their bucket, as production has them."""
    pages = Published("pages", UI, folder=PAGES, cache_control=FOR_AN_HOUR, is_hashed=True)
    performer = Performer(lambda service: cloud.client(service, ACCOUNT, REGION))
    for action in planned(pages, ACCOUNT, cloud.client("s3", ACCOUNT, REGION)).puts:
        performer.perform(action)


class Origin(Served):
    """Pages and API; ``api`` may be another one at any time, or none: then nobody answers."""

    def __init__(self, cloud: Cloud, api: Api | None) -> None:
        self.api = api
        self._lock = threading.Lock()
        self._s3 = cloud.client("s3", ACCOUNT, REGION)
        super().__init__(self._handler())

    def page(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What the bucket has, by way of the function for deep links."""
        key = path.lstrip("/") if "." in path.rpartition("/")[2] else "index.html"
        try:
            found = self._s3.get_object(Bucket=UI, Key=key)
        except ClientError:
            return 403, {}, b""
        return 200, {"content-type": found["ContentType"], "content-security-policy": POLICY}, found["Body"].read()

    def answered(self, path: str) -> tuple[int, dict[str, str], bytes] | None:
        if not path.startswith("/api/"):
            return self.page(path)
        if self.api is None:
            return None
        with self._lock:
            said, error = self.api.function.invoke(self.api.event("GET", path))
        assert error is None, error
        return said["statusCode"], said["headers"], said["body"].encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        origin = self

        class Front(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = origin.answered(self.path)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - its name in the base class
                """Say nothing."""

        return Front
