"""What a desktop shows beside its windows: a tray and notifications. A test looks at them and clicks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_TRAYS = "org.kde.StatusNotifierWatcher"
_NOTICES = "org.freedesktop.Notifications"
_PROPERTIES = {"IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0)}


class Panel:
    """`items` are the tray icons, as (bus name, path); `notices` the notifications, as (number, title, body)."""

    def __init__(self, bus: str):
        self._bus = bus
        self._serving = open_dbus_connection(bus)
        self.items: list[tuple[str, str]] = []
        self.notices: list[tuple[int, str, str]] = []
        for name in (_TRAYS, _NOTICES):
            self._serving.send_and_get_reply(message_bus.RequestName(name, 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def menu(self) -> dict[str, int]:
        """The entries of the first icon's menu, with their numbers."""
        name, path = self._menu()
        with closing(open_dbus_connection(self._bus)) as asking:
            _, (_, _, entries) = _asked(asking, name, path, "com.canonical.dbusmenu", "GetLayout", "iias", (0, -1, []))
        return {str(fields["label"][1]): number for _, (number, fields, _) in entries if "label" in fields}

    def choose(self, entry: str) -> None:
        """Click an entry of that menu."""
        number = self.menu()[entry]
        name, path = self._menu()
        with closing(open_dbus_connection(self._bus)) as asking:
            clicked = (number, "clicked", ("i", 0), 0)
            _asked(asking, name, path, "com.canonical.dbusmenu", "Event", "isvu", clicked)

    def click(self, notice: int) -> None:
        """Click a notification."""
        address = DBusAddress("/org/freedesktop/Notifications", interface=_NOTICES)
        self._serving.send(new_signal(address, "ActionInvoked", "us", (notice, "default")))

    def _menu(self) -> tuple[str, str]:
        name, path = self.items[0]
        with closing(open_dbus_connection(self._bus)) as asking:
            wanted = ("org.kde.StatusNotifierItem", "Menu")
            ((_, menu),) = _asked(asking, name, path, "org.freedesktop.DBus.Properties", "Get", "ss", wanted)
        return name, str(menu)

    def _serve(self) -> None:
        with suppress(ConnectionError, OSError):
            while True:
                message = self._serving.receive()
                if message.header.message_type == MessageType.method_call:
                    self._serving.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        match call.header.fields.get(HeaderFields.member):
            case "RegisterStatusNotifierItem":
                self.items.append((str(call.header.fields[HeaderFields.sender]), str(call.body[0])))
                return new_method_return(call)
            case "Get" if call.body[1] in _PROPERTIES:
                return new_method_return(call, "v", (_PROPERTIES[call.body[1]],))
            case "GetAll":
                return new_method_return(call, "a{sv}", (_PROPERTIES,))
            case "GetCapabilities":
                return new_method_return(call, "as", (["body", "actions", "body-markup"],))
            case "Notify":
                self.notices.append((len(self.notices) + 1, str(call.body[3]), str(call.body[4])))
                return new_method_return(call, "u", (len(self.notices),))
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")

    def close(self) -> None:
        """Leave the bus."""
        self._serving.close()
        self._thread.join(10)


def _asked(bus: DBusConnection, name: str, path: str, interface: str, method: str, kinds: str, given: Any) -> Any:
    reply = bus.send_and_get_reply(new_method_call(DBusAddress(path, name, interface), method, kinds, given))
    assert reply.header.message_type == MessageType.method_return, reply.body
    return reply.body


@contextmanager
def panel(bus: str) -> Iterator[Panel]:
    """A panel on the session bus at this address."""
    with closing(Panel(bus)) as shown:
        yield shown
