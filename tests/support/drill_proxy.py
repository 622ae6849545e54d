"""A bad network before a server: it passes on, swallows all, or takes its time."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread


@dataclass
class BadNetwork:
    """Listens at `port` of this machine, before the socket file `target`. While `open` is not set nothing gets
    through, and nobody is told; each piece of a question takes `delay` (s)."""

    target: str
    port: int = 0
    delay: float = 0.0
    open: Event = field(default_factory=Event)

    @contextmanager
    def at_work(self) -> Iterator["BadNetwork"]:
        """It passes on until the end."""
        self.open.set()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            Thread(target=self._take_in, args=[listener], daemon=True).start()
            try:
                yield self
            finally:
                self.open.set()
                listener.shutdown(socket.SHUT_RDWR)

    def _take_in(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                Thread(target=self._join, args=[client], daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            self.open.wait()
            server.connect(self.target)
            back = Thread(target=self._pass_on, args=[server, client, 0.0], daemon=True)
            back.start()
            self._pass_on(client, server, 1.0)
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket, slowness: float) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.open.wait()
                time.sleep(self.delay * slowness)
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
