"""A real agent as its adapter starts it, under our shim and nothing else of ours."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agentmux.core.agent import Launch, LaunchSpec
from agentmux.shim import __file__ as shim_package
from tests.real.clients import Client
from tests.real.terminal import Terminal


def spec_for(client: Client, folder: Path, **more: Any) -> LaunchSpec:
    """What the leader would hand to the adapter."""
    return LaunchSpec(args=client.args, env=client.env, folder=str(folder), **more)


@contextmanager
def running(client: Client, launch: Launch, cwd: Path, folder: Path) -> Iterator[Terminal]:
    """The agent under the shim, once its composer is ready; files stand in `folder`."""
    folder.mkdir(exist_ok=True)
    for name, text in launch.files.items():
        (folder / name).write_text(text)
    (folder / "terminal.json").write_text(json.dumps({"kitty": True}))
    spec = {
        "argv": launch.argv,
        "cwd": str(cwd),
        "env": {**client.env, **launch.env},
        "spool": str(folder / "spool.jsonl"),
        "modes": str(folder / "modes.json"),
        "terminal": str(folder / "terminal.json"),
    }
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    path.chmod(0o600)
    shim = str(Path(shim_package).with_name("__main__.py"))
    argv = [sys.executable, "-I", "-S", shim, str(path)]
    with Terminal(argv, client.env, cwd, folder) as terminal:
        terminal.wait_for(client.ready)
        yield terminal


def spooled(folder: Path, kind: str) -> list[dict[str, Any]]:
    """What the shim wrote down of one kind."""
    rows = [json.loads(line) for line in (folder / "spool.jsonl").read_text().splitlines()]
    return [row for row in rows if row["e"] == kind]
