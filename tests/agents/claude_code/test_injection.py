"""What goes with a start so that Claude Code tells of itself, and what is read then."""

import json

import pytest

from agentmux.agents import claude_code as claude
from agentmux.agents.claude_code.hooks import READERS
from agentmux.agents.claude_code.injection import EVENTS
from agentmux.core.agent import Feed, LaunchSpec
from agentmux.core.facts import Source

OTLP = "http://127.0.0.1:4711/token"


def settings(hook: str) -> dict[str, object]:
    files = claude.launch(LaunchSpec(folder="/state/s1", hook=hook)).files
    found: dict[str, object] = json.loads(files["claude-settings.json"])
    return found


def test_every_hook_that_is_read_is_asked_for_and_no_other() -> None:
    assert set(EVENTS) == set(READERS)
    hooks = settings("take it")["hooks"]
    assert isinstance(hooks, dict)
    assert set(hooks) == set(EVENTS)
    command = {"type": "command", "command": "take it", "timeout": 10}
    assert all(asked == [{"hooks": [command]}] for asked in hooks.values())


def test_without_a_command_there_are_no_hooks() -> None:
    assert settings("") == {"tui": "default"}


def test_a_start_a_resume_and_a_fork_are_watched_alike() -> None:
    spec = LaunchSpec(folder="/s", hook="h", otlp=OTLP, session_id="c1", source_id="c0")
    started = [claude.launch(spec), claude.resume(spec), claude.fork(spec)]
    assert len({json.dumps([x.files, x.env]) for x in started if x is not None}) == 1
    assert None not in started


def test_telemetry_goes_to_our_receiver() -> None:
    assert claude.launch(LaunchSpec(otlp=OTLP)).env == {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": OTLP,
        "OTEL_LOGS_EXPORT_INTERVAL": "500",
    }
    assert claude.launch(LaunchSpec()).env == {}


@pytest.mark.parametrize(
    "name",
    [
        *("CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER"),
        *("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"),
    ],
)
def test_telemetry_that_the_person_has_set_up_stands(name: str) -> None:
    assert claude.launch(LaunchSpec(otlp=OTLP, env={name: "0"})).env == {}


def test_what_is_read_beside_the_pane() -> None:
    home = claude.feeds(LaunchSpec(env={"HOME": "/home/[a]"}, session_id="c1"))
    moved = claude.feeds(LaunchSpec(env={"HOME": "/home/a", "CLAUDE_CONFIG_DIR": "/c"}))
    assert home[0] == Feed(Source.REGISTRY, "file", "/home/[[]a]/.claude/sessions/{pid}.json")
    assert [feed.place for feed in moved] == [
        "/c/sessions/{pid}.json",
        "/c/projects/*/{id}.jsonl",
        "/c/projects/*/{id}/subagents/*.jsonl",
    ]
    assert {feed.way for feed in moved[1:]} == {"tail"}
    assert claude.feeds(LaunchSpec()) == ()
