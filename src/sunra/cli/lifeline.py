"""How a process ends: on a signal, with its parent, and in any case in time."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

PARENT = "SUNRA_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and Ctrl-C set ``stop``."""

    def handle(_number: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def exit_after(stop: threading.Event, seconds: float, *, first: Callable[[], None] | None = None) -> None:
    """Once ``stop`` is set the process has ``seconds``; then ``first`` runs and the process is gone."""
    over = threading.Event()

    def guard() -> None:
        stop.wait()
        if over.wait(seconds):
            return
        rescue = threading.Thread(target=first or (lambda: None), daemon=True)
        rescue.start()
        rescue.join(0.7)
        os._exit(0)

    threading.Thread(target=guard, name="exit-guard", daemon=True).start()


def end_with_parent() -> None:
    """Under a supervisor: end when it is gone, even by ``kill -9``. Alone: nothing.

    Linux sends SIGTERM by itself; a thread that looks each second serves everywhere else.
    """
    parent = int(os.environ.get(PARENT, "0"))
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def watch() -> None:
        gone = threading.Event()
        while os.getppid() == parent:
            gone.wait(1)
        os.kill(os.getpid(), signal.SIGTERM)
        gone.wait(4)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
