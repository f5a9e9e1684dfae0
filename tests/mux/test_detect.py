"""Finding agents and their versions, with small real programs in real folders."""

import json
from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.mux.detect import Installation, candidates, detect, find_program

CLAUDE = {"claude": AGENTS["claude"]}


def install(folder: Path, name: str, script: str) -> Path:
    """A program in `folder`, made when needed."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A person with a home and one folder of programs."""
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_every_agent_with_a_program_is_reported_in_table_order(
    tmp_path: Path, env: dict[str, str]
) -> None:
    claude = install(tmp_path / "bin", "claude", "echo '2.1.330 (Claude Code)'")
    codex = install(tmp_path / "bin", "codex", "echo codex-cli 0.169.0; echo WARNING 9.9.9 >&2")
    others = [name for name, agent in AGENTS.items() if agent.PROGRAMS][2:]
    assert detect(AGENTS, env, tmp_path / "cache") == (
        Installation("claude", claude, "2.1.330"),
        Installation("codex", codex, "0.169.0"),
        *map(Installation, others),
    )


def test_path_comes_before_the_usual_folders(tmp_path: Path, env: dict[str, str]) -> None:
    usual = install(tmp_path / "home/.local/bin", "claude", "")
    assert find_program(AGENTS["claude"], env) == usual
    on_path = install(tmp_path / "bin", "claude", "")
    assert find_program(AGENTS["claude"], env) == on_path


def test_a_repository_cannot_bring_its_own() -> None:
    paths = candidates(AGENTS["claude"], {"PATH": ".::bin:/usr/bin", "HOME": ""})
    assert paths[0] == Path("/usr/bin/claude")
    assert all(path.is_absolute() for path in paths)


def test_what_cannot_be_executed_is_no_program(tmp_path: Path, env: dict[str, str]) -> None:
    install(tmp_path / "bin", "claude", "").chmod(0o644)
    (tmp_path / "home/.local/bin/claude").mkdir(parents=True)
    assert find_program(AGENTS["claude"], env) is None


@pytest.mark.parametrize(
    "script", ["exit 3", "exec /bin/sleep 60", "echo no number", "exec /bin/cat"]
)
def test_a_version_that_is_not_told_is_unknown(
    tmp_path: Path, env: dict[str, str], script: str
) -> None:
    claude = install(tmp_path / "bin", "claude", script)
    found = detect(CLAUDE, env, tmp_path / "cache", limit_s=0.2)
    assert found == (Installation("claude", claude, None),)


def test_a_broken_program_is_found_without_a_version(tmp_path: Path, env: dict[str, str]) -> None:
    claude = install(tmp_path / "bin", "claude", "")
    claude.write_text("#!/no/such/interpreter\n")
    assert detect(CLAUDE, env, tmp_path / "cache") == (Installation("claude", claude, None),)


def test_a_version_is_asked_for_once_until_the_program_changes(
    tmp_path: Path, env: dict[str, str]
) -> None:
    log = tmp_path / "log"
    cache = tmp_path / "cache"
    install(tmp_path / "bin", "claude", f"echo asked >>{log}; echo 1.0.0")
    versions = [detect(CLAUDE, env, cache)[0].version for _ in range(3)]
    assert versions == ["1.0.0"] * 3
    assert log.read_text() == "asked\n"

    install(tmp_path / "bin", "claude", "echo 1.0.1")
    assert detect(CLAUDE, env, cache)[0].version == "1.0.1"


def test_a_program_that_did_not_tell_is_asked_again_only_on_request(
    tmp_path: Path, env: dict[str, str]
) -> None:
    cache = tmp_path / "cache"
    ready = tmp_path / "ready"
    install(tmp_path / "bin", "claude", f"[ -e {ready} ] || exec /bin/sleep 60; echo 1.0.0")
    assert detect(CLAUDE, env, cache, limit_s=0.2)[0].version is None
    ready.touch()
    assert detect(CLAUDE, env, cache)[0].version is None
    assert detect(CLAUDE, env, cache, again=True)[0].version == "1.0.0"
    assert detect(CLAUDE, env, cache)[0].version == "1.0.0"


def test_a_shim_is_asked_each_time(tmp_path: Path, env: dict[str, str]) -> None:
    log = tmp_path / "log"
    shims = tmp_path / "home/.asdf/shims"
    install(shims, "claude", f"echo asked >>{log}; echo 1.0.0")
    for _ in range(2):
        assert detect(CLAUDE, env, tmp_path / "cache")[0].version == "1.0.0"
    assert log.read_text() == "asked\nasked\n"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"/x": 3}', '{"/x": [[1], "2"]}'])
def test_a_damaged_cache_is_done_without(tmp_path: Path, env: dict[str, str], text: str) -> None:
    claude = install(tmp_path / "bin", "claude", "echo 1.0.0")
    kept = tmp_path / "cache/versions.json"
    kept.parent.mkdir()
    kept.write_text(text)
    assert detect(CLAUDE, env, tmp_path / "cache")[0].version == "1.0.0"
    assert list(json.loads(kept.read_text())) == [str(claude)]


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, env: dict[str, str]
) -> None:
    install(tmp_path / "bin", "claude", "echo 1.0.0")
    (tmp_path / "cache").touch()
    assert detect(CLAUDE, env, tmp_path / "cache")[0].version == "1.0.0"


def test_an_agent_cannot_reach_our_panes_from_its_version(
    tmp_path: Path, env: dict[str, str]
) -> None:
    install(tmp_path / "bin", "claude", 'echo "7.0.${TMUX_PANE:-0}"')
    assert detect(CLAUDE, {**env, "TMUX_PANE": "%1"}, tmp_path / "c")[0].version == "7.0.0"
