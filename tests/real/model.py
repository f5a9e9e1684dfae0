"""The model's API as a program on a loopback port: scripted answers, and what it delivered."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Model:
    """Use it in `with`; `url` is where agents find it."""

    def __init__(self, folder: Path) -> None:
        port_file = folder / "port"
        argv = [sys.executable, "-m", "tests.real.model_api", "--port", "0"]
        self.process = subprocess.Popen(
            [*argv, "--port-file", str(port_file), "--otlp", str(folder / "otlp.jsonl")],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not port_file.exists() or not port_file.read_text():
            assert time.monotonic() < deadline, "the stand-in did not start"
            time.sleep(0.05)
        self.url = f"http://127.0.0.1:{port_file.read_text()}"

    def __enter__(self) -> "Model":
        return self

    def __exit__(self, *details: object) -> None:
        self.process.terminate()
        self.process.wait()

    def rows(self) -> list[dict[str, Any]]:
        """One for each request: status, fault, usage, what was only partly delivered."""
        found = self._get("/_ctl/ledger?since=0")
        rows: list[dict[str, Any]] = found["rows"] if isinstance(found, dict) else found
        return rows

    def open_gate(self, name: str) -> None:
        """Let the responses go that wait at it."""
        body = json.dumps({"name": name, "open": True}).encode()
        request = urllib.request.Request(f"{self.url}/_ctl/gate", body, method="POST")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
            return json.load(answer)
