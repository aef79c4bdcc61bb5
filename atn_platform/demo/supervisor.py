"""Starts, watches and stops the programs of the demonstration."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A task cut short is found again by the sweeps: no need to wait for it.
STOP_SECONDS = 4.0
# A program that dies this often, this fast, will not live.
RESTARTS, RESTART_SECONDS = 5, 60.0
POLL_SECONDS = 0.2


class ProgramFailed(Exception):
    """A program does not start or does not stay; the message is one French sentence."""


@dataclass(slots=True)
class Program:
    """`name` is what people read; `command` is given to our Python as `-m …`."""

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def code(self) -> int | None:
        """How it ended; None when it runs, or never did."""
        return self.process.poll() if self.process else None

    def signal(self, number: signal.Signals) -> None:
        """To the whole group; a group that is gone already is no fault."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.process:
                os.killpg(self.process.pid, number)

    def wait(self, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self.process:
                self.process.wait(seconds)


class Supervisor:
    """Each program leads a group of processes, so that none of its children is forgotten."""

    def __init__(
        self, programs: Sequence[Program], *, env: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._programs = programs
        self._env = {**os.environ, **env}
        self._say = say

    def start(self) -> None:
        for program in self._programs:
            self._start(program)

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until `ready()`, or raise ProgramFailed when a program dies or time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            for program in self._programs:
                if program.code() is not None:
                    raise ProgramFailed(_obituary(program))
            if time.monotonic() > deadline:
                raise ProgramFailed(
                    f"Rien ne répond après {seconds:.0f} secondes; "
                    f"voyez les journaux dans {self._programs[0].log.parent}."
                )
            time.sleep(POLL_SECONDS)

    def watch(self) -> None:
        """Start again what dies, for ever; raise ProgramFailed when that does not help."""
        while True:
            for program in self._programs:
                if program.code() is not None:
                    self._revive(program)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ask every group to leave, all at once; after some seconds, force it."""
        for program in self._programs:
            program.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for program in self._programs:
            program.wait(max(0.1, deadline - time.monotonic()))
            # Also for those that left by themselves: a child may have stayed behind.
            program.signal(signal.SIGKILL)
            program.wait(STOP_SECONDS)

    def _start(self, program: Program) -> None:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            program.process = subprocess.Popen(  # noqa: S603 -- our own programs, no shell
                [sys.executable, __file__, *program.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                # Ctrl-C in the terminal is for us; we pass it on in good order.
                start_new_session=True,
            )

    def _revive(self, program: Program) -> None:
        now = time.monotonic()
        program.signal(signal.SIGKILL)
        program.deaths = [at for at in program.deaths if now - at < RESTART_SECONDS] + [now]
        if len(program.deaths) > RESTARTS:
            raise ProgramFailed(_obituary(program))
        self._say(f"{_obituary(program)} On le redémarre.")
        self._start(program)


def _obituary(program: Program) -> str:
    return f"Arrêt imprévu ({program.code()}) : {program.name}; journal : {program.log}."


def become(command: Sequence[str]) -> None:
    """Turn this process into `python -m command…`; on Linux, one that dies with its parent."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606 -- no shell wanted


if __name__ == "__main__":
    become(sys.argv[1:])
