"""What the kernel says of the machine and its processes (Linux): versions, time, memory."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
# Fields of /proc/PID/stat after the name: user and system time of children that ended.
ENDED = slice(13, 15)


def family(pid: int) -> list[int]:
    """The process and all its descendants that are alive."""
    found, queue = [], [pid]
    while queue:
        each = queue.pop()
        try:
            children = (PROC / f"{each}/task/{each}/children").read_text().split()
        except OSError:
            continue
        found.append(each)
        queue += [int(child) for child in children]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process family, ended children included."""
    total = 0.0
    for each in family(pid):
        try:
            fields = (PROC / f"{each}/stat").read_text().rpartition(")")[2].split()
            total += time.clock_gettime(_clock(each))
        except OSError:
            continue
        total += sum(int(field) for field in fields[ENDED]) / TICKS
    return total


def _clock(pid: int) -> int:
    """The processor clock of another process, as clock_getcpuclockid(3) names it.

    It counts nanoseconds where /proc counts hundredths, too coarse for half a second of load.
    """
    return ~pid << 3 | 2


def memory_mib(pid: int) -> float:
    """PSS of one process: pages that it shares are counted in parts."""
    try:
        lines = (PROC / f"{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def load_average() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def description() -> str:
    """Cores, memory and versions, for whoever reads the figures later."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        f"{os.cpu_count()} cores, {memory:.0f} GiB",
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        *(
            f"{name} {version(name)}"
            for name in ("django", "granian", "celery", "psycopg2-binary", "weasyprint")
        ),
    ]
    return ", ".join(parts)
