"""A real broker for the listener: mosquitto on 127.0.0.1, on a free port, in a folder that tests throw away.

    with Mosquitto(folder) as broker:
        broker.stop()       # it saves its sessions, and what waits in them
        broker.start()      # on the same folder and port

It keeps sessions on the disk, so that they outlive it. What is published counts once the broker has acknowledged it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.certificates import HOST, certificates

PATIENCE = 30.0
"""Seconds that a broker may take to start, to stop or to answer; it needs a tenth of one."""


class Mosquitto:
    """One broker on a folder; ``start`` before use. Raises AssertionError where mosquitto is not installed.

    Everybody gets in until ``allow`` names one. Beside its plain door it has Yoto's: WebSockets over TLS, ``web_url``,
    with a certificate that ``authority`` vouches for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, self._web_port = _free_ports()
        self.url, self.web_url = f"mqtt://{HOST}:{self.port}", f"wss://{HOST}:{self._web_port}/mqtt"
        self._certificates = certificates(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._leash: subprocess.Popen[bytes] | None = None
        self._passwords: dict[str, str] = {}

    @property
    def authority(self) -> Path:
        """The file with the certificate that a client must trust."""
        return self._certificates.authority

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def allow(self, user: str, password: str) -> None:
        """Take this one alone, from the next start on."""
        self._passwords = {user: password}

    def start(self) -> Self:
        """Begin, or begin again on the same folder and port; returns when it takes connections."""
        assert self._process is None, "it runs"
        settings = self._folder / "mosquitto.conf"
        settings.write_text(self._settings())
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("mosquitto"), "-c", str(settings)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        # Whatever happens to this process, the broker does not outlive it.
        watch = f"read -r _; kill -KILL {self._process.pid} 2>/dev/null"
        self._leash = subprocess.Popen(["sh", "-c", watch], stdin=subprocess.PIPE)
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return self
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def stop(self) -> None:
        """It saves what it has, and goes."""
        if self._process is None or self._leash is None:
            return
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._leash.communicate(b"\n", PATIENCE)
        self._process = self._leash = None

    def log(self) -> str:
        """What the broker wrote."""
        return (self._folder / "log").read_text("utf-8", "replace")

    def publish(self, messages: dict[str, str]) -> None:
        """Returns when the broker has acknowledged all of them."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        for user, password in self._passwords.items():
            client.username_pw_set(user, password)
        client.connect(HOST, self.port)
        client.loop_start()
        sent = [client.publish(topic, text, qos=1) for topic, text in messages.items()]
        for each in sent:
            each.wait_for_publish(PATIENCE)
            assert each.is_published()
        client.disconnect()
        client.loop_stop()

    def _settings(self) -> str:
        lines = [
            "per_listener_settings false",
            f"listener {self.port} {HOST}",
            f"listener {self._web_port} {HOST}",
            "protocol websockets",
            f"certfile {self._certificates.certificate}",
            f"keyfile {self._certificates.key}",
            "persistence true",
            f"persistence_location {self._folder}/",
            "max_queued_messages 0",  # no limit: what waits for the listener is never dropped
            "log_dest stderr",
        ]
        if os.getuid() == 0:
            lines.append("user root")  # who else could write into this folder
        if self._passwords:
            file = self._folder / "passwords"
            file.write_text("".join(f"{user}:{password}\n" for user, password in self._passwords.items()))
            file.chmod(0o600)
            subprocess.run([_program("mosquitto_passwd"), "-U", str(file)], check=True, capture_output=True, timeout=30)
            return "\n".join([*lines, "allow_anonymous false", f"password_file {file}", ""])
        return "\n".join([*lines, "allow_anonymous true", ""])


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind((HOST, 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    assert found, f"needs {name}; on Debian: sudo apt-get install -y mosquitto (scripts/test does it)"
    return found
