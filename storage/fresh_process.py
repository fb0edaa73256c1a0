"""A process of our own: a fresh interpreter that does one function, with a pipe to who started it.

It inherits nothing of what its parent has open or under way (threads, sockets, a reactor), so that anybody
may start one at any time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

_DIE_WITH_PARENT = "import ctypes; ctypes.CDLL(None).prctl(1, 9)"
"""PR_SET_PDEATHSIG, SIGKILL: nobody waits any more for what the process does."""


def start(
    function: Callable[[int], None], environment: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Begin a process, and give it and our end of its pipe. Raises `OSError`, and then leaves nothing open.

    `function` is found there by its module and name, and gets the descriptor of the other end. The process
    has our environment, with what `environment` says otherwise, and a session of its own: Ctrl-C is for its
    parent, which ends it, and whatever it starts can be ended with it. Where the parent is killed, or the
    thread that called this ends, the kernel kills the process too.
    """
    module, name = function.__module__, function.__name__
    begin = f"{_DIE_WITH_PARENT}; import sys; from {module} import {name}; {name}(int(sys.argv[1]))"
    search_path = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    ours, theirs = Pipe()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-P", "-c", begin, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, **(environment or {}), "PYTHONPATH": search_path},
            )
        except OSError:
            ours.close()
            raise
    return process, ours
