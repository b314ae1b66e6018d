"""Run the command line in a copy of a process that has imported it, where the system can fork.

Most of what a short command costs is importing. The copy runs `python -m scanner.cli` as ever: its
own process, arguments, environment and streams; only what is imported is there already. Its workers
are forked from one server as ever, which lives for all commands and has loaded what each worker
loads (`tests.derived`, `tests.loaded`); a command whose environment differs starts its own server.
FODSPOR_TESTS_COLD=1 runs every command from nothing, as the tests of kills and signals always do.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import IO, Any, NoReturn

MODULES = (
    "blake3",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "encodings.utf_8_sig",
    "pebble",
    "phonenumbers",
    "scanner.answers.findings",
    "scanner.answers.person",
    "scanner.answers.told_reports",
    "scanner.cli",
    "scanner.cli.admin",
    "scanner.cli.answers",
    "scanner.cli.init",
    "scanner.cli.inspect",
    "scanner.cli.judging",
    "scanner.cli.owners",
    "scanner.cli.person",
    "scanner.cli.register",
    "scanner.cli.reports",
    "scanner.cli.scan",
    "scanner.cli.settling",
    "scanner.index.employees",
    "scanner.index.reconsider",
    "scanner.index.renaming",
    "scanner.joining",
    "scanner.pipeline",
    "scanner.setup",
    "scanner.summary",
    "sqlite_utils",
    "tests.derived",
)
EACH_ITS_OWN = {"COLUMNS", "FODSPOR_LANGUAGE", "FODSPOR_STATE", "PYTEST_CURRENT_TEST"}
"""Variables that workers do not look at."""
CAN_FORK = hasattr(os, "fork") and not os.environ.get("FODSPOR_TESTS_COLD")


class Warm:
    """The process with the imports done. `run` is as `subprocess.run`; one at a time."""

    def __init__(self) -> None:
        self.free = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._outputs = tempfile.TemporaryDirectory(prefix="warm")

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], stdin: str, timeout: float
    ) -> tuple[int, str, str]:
        """Return exit code, standard output and error."""
        folder = Path(self._outputs.name)
        streams = [folder / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, encoding="utf-8")
        asked = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(Path.cwd()),
            "streams": [str(each) for each in streams],
        }
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        if not select.select([process.stdout], [], [], timeout)[0]:
            os.kill(pid, signal.SIGKILL)
            process.stdout.readline()
            raise subprocess.TimeoutExpired(["fodspor", *arguments], timeout)
        code = int(process.stdout.readline())
        out, err = (each.read_text(encoding="utf-8", errors="replace") for each in streams[1:])
        return code, out, err

    def close(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(30)
        self._outputs.cleanup()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            root = str(Path(__file__).parent.parent)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd=root,
                env={**os.environ, "PYTHONPATH": root, "PYTHONUTF8": "1"},  # of imports alone
            )
        return self._process


WARM = Warm()
atexit.register(WARM.close)


def run(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: str, timeout: float
) -> tuple[int, str, str]:
    """Run `python` with `arguments`, which begin with `-m scanner.cli`.

    Returns exit code, standard output and error. Raises subprocess.TimeoutExpired.
    """
    assert tuple(arguments[:2]) == ("-m", "scanner.cli")
    if CAN_FORK and WARM.free.acquire(blocking=False):
        try:
            return WARM.run(arguments[2:], environment, stdin, timeout)
        finally:
            WARM.free.release()
    done = subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _serve(asked: IO[bytes], told: IO[bytes]) -> None:
    for module in MODULES:
        __import__(module)
    from scanner.executor import PRELOADED
    from scanner.platform import quiet_tracker

    quiet_tracker()
    forkserver.set_forkserver_preload([*PRELOADED, "tests.derived", "tests.loaded"])
    forkserver.ensure_running()
    gc.freeze()  # a copy that looks through what was imported copies it all
    for line in asked:
        pid = os.fork()
        if not pid:
            _become(json.loads(line))
        told.write(b"%d\n" % pid)
        told.flush()
        _, status = os.waitpid(pid, 0)
        told.write(b"%d\n" % os.waitstatus_to_exitcode(status))
        told.flush()


def _become(asked: dict[str, Any]) -> NoReturn:
    for number, path in enumerate(asked["streams"]):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    server: Any = forkserver._forkserver
    if _shared(os.environ) == _shared(asked["environment"]):
        server.ensure_running = resource_tracker.ensure_running
    else:
        server._forkserver_pid = None
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.argv = ["fodspor", *asked["arguments"]]
    try:
        runpy.run_module("scanner.cli", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    else:
        code = 0
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End as the interpreter does, but for freeing what was imported: most of a command's time."""
    vars(threading)["_shutdown"]()
    vars(atexit)["_run_exitfuncs"]()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _shared(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key not in EACH_ITS_OWN}


if __name__ == "__main__":
    _serve(os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0))
