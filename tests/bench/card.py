"""The machine's card: what the figures of one run were measured on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def card() -> dict[str, str]:
    """Name → value, in the order in which it is printed."""
    tmux = subprocess.run(["tmux", "-V"], capture_output=True, text=True, check=True)
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "system": f"{_system()}, kernel {platform.release()}",
        "versions": f"Python {platform.python_version()}, {tmux.stdout.strip()}, "
        f"Textual {version('textual')}",
        "load at the start": load(),
    }


def load() -> str:
    """Processes that wanted a core, over 1, 5 and 15 minutes."""
    return " ".join(f"{number:.2f}" for number in os.getloadavg())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
