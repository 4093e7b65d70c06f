"""The web server as this product runs it: uvicorn that ends quietly and in time."""

import socket
import threading
from types import FrameType

import uvicorn

APPLICATION = "sunra.web.asgi:application"


class Server(uvicorn.Server):
    """Sets ``stopping`` with the first signal and ends with exit code 0."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event) -> None:
        super().__init__(config)
        self.stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Begin to stop; uvicorn would raise the signal again afterwards."""
        self.stopping.set()
        self.should_exit = True


def serve(listener: socket.socket, stopping: threading.Event) -> None:
    """Serve until a signal comes; event streams, which never end by themselves, are cut after 2 s."""
    config = uvicorn.Config(
        APPLICATION,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    Server(config, stopping).run(sockets=[listener])
