"""A session bus with a notification service of the tests' own, which presses buttons as asked."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIGURATION = """<busconfig><type>session</type>
<listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
INTROSPECTION = f"""<node><interface name="{NAME}">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationReplied"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""
SECONDS = 20


def missing() -> str:
    """Return why there can be no session bus here; empty where there can."""
    if shutil.which("dbus-daemon") is None:
        return "no dbus-daemon: tests/system_packages.sh"
    try:
        import dbus_fast  # noqa: F401
    except ImportError:
        return "no dbus-fast: the extra notify"
    return ""


@dataclass(frozen=True)
class Shown:
    """One notification as the service got it: actions are keys with their words."""

    number: int
    title: str
    body: str
    actions: dict[str, str]


@contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """Run a session bus; yield its address."""
    socket, configuration = folder / "bus", folder / "bus.conf"
    configuration.write_text(CONFIGURATION.format(socket=socket), "utf-8")
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        with daemon:
            daemon.wait(SECONDS)


class Service:
    """org.freedesktop.Notifications on a bus, in a thread of its own."""

    def __init__(self, address: str, capabilities: tuple[str, ...]) -> None:
        self.shown: list[Shown] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._do(self._begin(address, capabilities))

    def press(self, action: str) -> None:
        """Press a button of the last notification."""
        self._do(self._emit("ActionInvoked", "us", self.shown[-1].number, action))

    def reply(self, text: str) -> None:
        """Write into the reply field of the last notification."""
        self._do(self._emit("NotificationReplied", "us", self.shown[-1].number, text))

    def dismiss(self) -> None:
        self._do(self._emit("NotificationClosed", "uu", self.shown[-1].number, 2))

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    def _do(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(SECONDS)

    async def _begin(self, address: str, capabilities: tuple[str, ...]) -> None:
        from dbus_fast.aio import MessageBus

        self._capabilities = list(capabilities)
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self._handle)
        await self._bus.request_name(NAME)

    async def _emit(self, name: str, signature: str, *body: object) -> None:
        from dbus_fast import Message

        await self._bus.send(Message.new_signal(PATH, NAME, name, signature, list(body)))

    async def _end(self) -> None:
        self._bus.disconnect()

    def _handle(self, message: Any) -> Any:
        """Answer a call as desktops do (Desktop Notifications Specification 1.2)."""
        from dbus_fast import Message

        if message.path != PATH:
            return None
        if message.member == "Introspect":
            return Message.new_method_return(message, "s", [INTROSPECTION])
        if message.member == "GetCapabilities":
            return Message.new_method_return(message, "as", [self._capabilities])
        if message.member == "GetServerInformation":
            return Message.new_method_return(message, "ssss", ["tests", "tests", "1", "1.2"])
        if message.member == "Notify":
            _, _, _, title, body, actions, _, _ = message.body
            keys = dict(zip(actions[::2], actions[1::2], strict=True))
            self.shown.append(Shown(len(self.shown) + 1, title, body, keys))
            return Message.new_method_return(message, "u", [len(self.shown)])
        return None


@contextmanager
def service(address: str, *capabilities: str) -> Iterator[Service]:
    """Show notifications on a bus, with these capabilities."""
    made = Service(address, capabilities)
    try:
        yield made
    finally:
        made.close()
