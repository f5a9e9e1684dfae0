"""Asking an agent's program before a start: an answer, none, a late one, one without end."""

import sys
from pathlib import Path
from typing import Any

import pytest

from agentmux.agents import AGENTS
from agentmux.core.agent import LaunchSpec, Question
from agentmux.mux import hook_trust


class Asking:
    """An adapter that asks a Python program first."""

    def __init__(self, script: str) -> None:
        self.script = script

    def __getattr__(self, name: str) -> Any:
        return getattr(AGENTS["command"], name)

    def hook_question(self, spec: LaunchSpec) -> Question | None:
        return Question((sys.executable, "-c", self.script), "which?\n", '"id":2')

    def parse_hook_answer(self, text: str) -> dict[str, str]:
        return {"said": text}


def answer(script: str, tmp_path: Path, **more: Any) -> str:
    spec = LaunchSpec(hook="cat", env={"PATH": "/usr/bin:/bin"}, **more)
    adapter: Any = Asking(script)
    return hook_trust.prepared(adapter, spec, str(tmp_path)).hook_trust.get("said", "")


def test_the_input_stays_open_until_the_answer_is_there(tmp_path: Path) -> None:
    script = (
        "import select,sys; print(sys.stdin.readline(), end=''); sys.stdout.flush();"
        "ended = select.select([sys.stdin], [], [], 0.3)[0];"
        "print('closed' if ended else 'open'); print('\"id\":2', flush=True); input()"
    )
    assert answer(script, tmp_path) == 'which?\nopen\n"id":2\n'


@pytest.mark.parametrize(
    "script",
    ["import time; time.sleep(60)", "raise SystemExit(3)", "while True: print('x' * 9999)"],
)
def test_who_does_not_answer_is_ended(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_trust, "LIMIT_S", 0.5)
    assert '"id":2' not in answer(script, tmp_path)


def test_a_program_that_is_not_there_answers_nothing(tmp_path: Path) -> None:
    assert answer("", tmp_path / "gone") == ""


def test_the_notes_are_read_where_the_agent_keeps_them(tmp_path: Path) -> None:
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_bytes(b"# mine \xff")
    spec = LaunchSpec(env={"HOME": str(tmp_path)})
    assert hook_trust.prepared(AGENTS["codex"], spec, str(tmp_path)).notes == "# mine \ufffd"
