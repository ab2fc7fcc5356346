"""Serving the mock over a socket: in the foreground for the command, in a thread for tests."""

from __future__ import annotations

import contextlib
import errno
import logging
import signal
import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn

from mockfire_server import Engine, Settings, create_app
from mockfire_spec import Contract
from mockfire_spec.documents import DEFAULT_PROFILE
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

    from mockfire_server import Entry, Journal

LOOPBACK = "127.0.0.1"
BACKLOG = 2048
GRACE_SECONDS = 1
STOP_SECONDS = 10


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to *host* and *port* (0: a free one); raise SettingError where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingError(_why_not(host, port, error)) from None
    return listener


def _why_not(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken. Stop what listens there, or choose another: --port 0 finds one."
        )
    return f"cannot listen on {host}, port {port}: {error}"


def address(listener: socket.socket) -> str:
    """Return the URL at which *listener* is reached, from this machine where it listens everywhere."""
    host: str
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - it is not bound here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's server, ended by a signal with an ordinary return instead of the signal again."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ask the server to end on SIGINT and SIGTERM, where this is the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def make_server(engine: Engine, report: Callable[[Entry], None] | None = None) -> uvicorn.Server:
    """Return a server for *engine*; *report* is told of each exchange."""
    # What uvicorn says of clients that break off helps nobody; faults of ours are logged by us.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        create_app(engine, report),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Server(config)


class MockServer:
    """The mock on a socket of this machine, in a thread: a context manager.

    with MockServer() as mock:
        client = OpenAI(base_url=mock.base_url, api_key="sk-anything")
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        profile: str = DEFAULT_PROFILE,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self.engine = Engine(Contract.load(profile), settings)
        self._place = (host, port)
        self._running: tuple[socket.socket, uvicorn.Server, threading.Thread] | None = None

    @property
    def origin(self) -> str:
        """Return scheme, host and port, without a path; raise SettingError where it is not running."""
        if self._running is None:
            raise SettingError("this MockServer is not running: use it in a `with` statement")
        return address(self._running[0])

    @property
    def base_url(self) -> str:
        """Return what an OpenAI client takes as its base URL."""
        return f"{self.origin}/v1"

    @property
    def journal(self) -> Journal:
        """Return what was asked and answered."""
        return self.engine.journal

    def __enter__(self) -> Self:
        if self._running is not None:
            raise SettingError("this MockServer is running already: make another one")
        listener, server = listen(*self._place), make_server(self.engine)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        self._running = (listener, server, thread)
        thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:
            return
        listener, server, thread = self._running
        server.should_exit = True
        thread.join(STOP_SECONDS)
        listener.close()
        self._running = None
