"""Processes of this machine, by number: is it alive, where does it work, end it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()  # Linux; elsewhere `ps` is asked
GENTLY = ((signal.SIGTERM, 10.0),)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie is dead."""
    return _state(pid) not in {"", "Z", "X"}


def works_in(pid: int, folder: Path, *, program: str) -> bool:
    """Whether process `pid` runs `program` with `folder` as its current folder."""
    if not HAS_PROC:
        command = _ps(pid, "command=")
        return program in command and str(folder) in command
    try:
        name = (PROC / str(pid) / "comm").read_text().strip()
        current = (PROC / str(pid) / "cwd").resolve(strict=True)
    except OSError:
        return False
    return name == program and current == folder.resolve()


def all_in(folder: Path, *, program: str) -> list[int]:
    """Every process of ours that runs `program` in `folder`; none where /proc is absent."""
    pids = [int(path.name) for path in PROC.glob("[0-9]*")] if HAS_PROC else []
    return [pid for pid in pids if works_in(pid, folder, program=program)]


def end(pid: int, *, signals: Sequence[tuple[signal.Signals, float]] = GENTLY) -> None:
    """Send each signal in turn and wait its number of seconds, then kill; return when dead."""
    for number, seconds in (*signals, (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):  # somebody else's child
                os.waitpid(pid, os.WNOHANG)
            if not alive(pid):
                return
            time.sleep(0.02)


def _state(pid: int) -> str:
    if not HAS_PROC:
        return _ps(pid, "stat=")[:1]
    try:
        # The name stands in parentheses and may hold anything.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _ps(pid: int, column: str) -> str:
    command = ["/bin/ps", "-o", column, "-p", str(pid)]
    return subprocess.run(  # noqa: S603 -- fixed words and a number
        command, capture_output=True, text=True, check=False
    ).stdout.strip()
