"""Somebody who shows notifications, for a desktop that has nobody: it keeps them, and clicks where a test says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"


@dataclass
class Notifications:
    """What was to be shown: titles and texts, in order. The first one has the number 1."""

    line: DBusConnection
    shown: list[tuple[str, str]] = field(default_factory=list)

    def click(self, number: int) -> None:
        """Click on one, as its reader would."""
        emitter = DBusAddress(_PATH, interface=_NAME)
        self.line.send(new_signal(emitter, "ActionInvoked", "us", (number, "default")))

    def _serve(self) -> None:
        with suppress(OSError, EOFError, ValueError):  # the line was closed: the test is over
            while True:
                message = self.line.receive()
                if message.header.message_type == MessageType.method_call:
                    self.line.send(self._answer(message))

    def _answer(self, message: Any) -> Any:
        match message.header.fields.get(HeaderFields.member):
            case "GetCapabilities":
                return new_method_return(message, "as", (["body", "actions", "body-markup"],))
            case "Notify":
                self.shown.append((message.body[3], message.body[4]))
                return new_method_return(message, "u", (len(self.shown),))
            case _:
                return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


@contextmanager
def notifications(bus: str) -> Iterator[Notifications]:
    """Show those of the programs on this session bus."""
    line = open_dbus_connection(bus)
    line.send_and_get_reply(message_bus.RequestName(_NAME, 0))
    made = Notifications(line)
    threading.Thread(target=made._serve, daemon=True).start()
    try:
        yield made
    finally:
        line.close()
