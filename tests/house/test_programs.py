"""Programs are started by the rooms that own them; git and tmux are spoken to in one room each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

OWNERS = {
    "git": "git itself",
    "tmux": "tmux itself",
    "shim": "the agent",
    "mux/run.py": "hooks and check commands",
    "mux/detect.py": "agents, asked for their version",
    "mux/hook_trust.py": "an agent, asked what its hooks need",
    "mux/viewer.py": "the editor, a shell or tmux, with the whole terminal",
    "cli/attach.py": "tmux, with the whole terminal",
}
SHOWN = "mux/checks/"
"""Where command lines are written for a person to read."""
STARTS = re.compile(
    r"(subprocess|pty)$|os\.(exec\w+|spawn\w+|posix_spawnp?|fork\w*|system|popen)$"
    r"|asyncio\.create_subprocess_\w+$"
)


def modules(checkout: Path) -> Iterator[tuple[str, ast.Module]]:
    package = checkout / "agentmux"
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package).as_posix(), ast.parse(path.read_text())


def is_inside(name: str, places: set[str]) -> bool:
    return name in places or name.partition("/")[0] in places


def starters(checkout: Path) -> list[str]:
    """Modules that could start a program and do not own one."""
    return [
        name
        for name, tree in modules(checkout)
        if not is_inside(name, set(OWNERS)) and any(map(STARTS.match, _names(tree)))
    ]


def _names(tree: ast.Module) -> Iterator[str]:
    """What the module imports, and its dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def command_lines(checkout: Path) -> list[str]:
    """Modules that write a command line of git or tmux outside of its room."""
    found = []
    for name, tree in modules(checkout):
        for node in ast.walk(tree):
            if isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
                first = node.elts[0]
                word = first.value if isinstance(first, ast.Constant) else None
                spoken = word in ("git", "tmux") and not name.startswith(SHOWN)
                if spoken and not is_inside(name, {str(word)}):
                    found.append(f"{name}: {ast.unparse(node)}")
    return found


def test_only_owners_start_programs(root: Path) -> None:
    assert starters(root) == []


def test_every_owner_is_there(root: Path) -> None:
    assert [place for place in OWNERS if not (root / "agentmux" / place).exists()] == []


def test_git_and_tmux_are_spoken_to_in_their_rooms(root: Path) -> None:
    assert command_lines(root) == []


@pytest.mark.parametrize(
    "text",
    [
        "import subprocess",
        "from subprocess import run",
        "import os\nos.execvp('git', [])",
        "from os import system",
        "import asyncio\nasyncio.create_subprocess_exec('x')",
        "import pty",
    ],
)
def test_a_planted_starter_is_seen(text: str, tmp_path: Path) -> None:
    for name in ("core/planted.py", "git/run.py"):
        (tmp_path / "agentmux" / name).parent.mkdir(parents=True)
        (tmp_path / "agentmux" / name).write_text(text)

    assert starters(tmp_path) == ["core/planted.py"]


def test_a_planted_command_line_is_seen(tmp_path: Path) -> None:
    for name in ("mux/planted.py", "tmux/run.py"):
        (tmp_path / "agentmux" / name).parent.mkdir(parents=True)
        (tmp_path / "agentmux" / name).write_text("run(['tmux', 'kill-server'])\n")

    assert command_lines(tmp_path) == ["mux/planted.py: ['tmux', 'kill-server']"]
