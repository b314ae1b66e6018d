"""A line between a client and a server that a test can slow down, break off or let fall silent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.connectors.dovecot import free_port

PIECE_BYTES = 64 * 1024


@dataclass
class Relay:
    """Passes on what comes to `port`. All counts are of bytes that the server sent.

    `cut_after`: break the connection once so many were passed on in it, `cuts` times; with `dies`
    accept nobody afterwards. `silent`: pass nothing on any more. `bytes_per_second`: 0 as fast as
    it can. `refuse`: accept nobody.
    """

    target: int
    cut_after: int = 0
    cuts: int = 0
    dies: bool = False
    silent: bool = False
    refuse: bool = False
    bytes_per_second: float = 0.0
    port: int = field(default_factory=free_port)
    connections: int = 0
    passed: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _heard: bytearray | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self.refuse:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target), 10)
            server.settimeout(None)
            with self._lock:
                self._open += [client, server]
                self.connections += 1
            for source, sink, counted in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._pass_on, args=(source, sink, counted), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        here = 0
        try:
            while piece := source.recv(PIECE_BYTES):
                if counted:
                    here += len(piece)
                    self.passed += len(piece)
                    if self.bytes_per_second:
                        time.sleep(len(piece) / self.bytes_per_second)
                    if self.cuts and here > self.cut_after:
                        self.cuts -= 1
                        self.refuse = self.refuse or self.dies
                        return
                if self._heard is not None:
                    self._heard += piece
                if not self.silent:
                    sink.sendall(piece)
        except OSError:
            pass
        finally:
            _end(source, sink)

    @contextmanager
    def heard(self) -> Iterator[bytearray]:
        """Keep what passes on, in both directions."""
        self._heard = bytearray()
        try:
            yield self._heard
        finally:
            self._heard = None

    def cut(self) -> None:
        """Break all connections off."""
        with self._lock:
            _end(*self._open)
            self._open.clear()


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        each.close()


@contextmanager
def relayed(target: int, **options: float) -> Iterator[Relay]:
    """Yield a line to a port of this machine; it ends with all its connections."""
    relay = Relay(target, **options)  # type: ignore[arg-type]
    listener = socket.create_server(("127.0.0.1", relay.port))
    thread = threading.Thread(target=relay.serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        relay.cut()
        thread.join(10)
