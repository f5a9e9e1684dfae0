"""What a start of Gemini CLI puts above the person's settings, and when it puts nothing there."""

import json
from typing import Any

import pytest

from agentmux.agents import gemini_cli
from agentmux.core.agent import LaunchSpec
from agentmux.core.facts import Source

HOOK = 'cd "$D" || exit 0; cat >"$$.json"'
OTLP = "http://127.0.0.1:4711/token"
NAME = "gemini-settings.json"


def settings(**spec: Any) -> dict[str, Any]:
    """The settings of a start in `/state/s1`; empty when there are none."""
    started = gemini_cli.launch(LaunchSpec(folder="/state/s1", **spec))
    placed = {"GEMINI_CLI_SYSTEM_SETTINGS_PATH": f"/state/s1/{NAME}"}
    assert started.env == (placed if started.files else {})
    return json.loads(started.files.get(NAME, "{}"))  # type: ignore[no-any-return]


def test_hooks_run_beside_the_persons() -> None:
    found = settings(hook=HOOK)
    assert set(found) == {"ui", "hooks"}
    assert found["hooks"]["BeforeAgent"] == [
        {"hooks": [{"type": "command", "name": "agentmux", "command": HOOK}]}
    ]
    # One of these would come before every request, the other for every piece of an answer.
    assert not found["hooks"].keys() & {"PreCompress", "AfterModel"}
    assert found["ui"] == {"hideWindowTitle": False, "dynamicWindowTitle": True}


def test_telemetry_comes_to_us_without_prompts() -> None:
    found = settings(otlp=OTLP)
    assert set(found) == {"ui", "telemetry"}
    assert found["telemetry"]["otlpEndpoint"] == OTLP
    assert found["telemetry"]["otlpProtocol"] == "http"
    assert found["telemetry"]["logPrompts"] is False


@pytest.mark.parametrize("name", ["GEMINI_TELEMETRY_ENABLED", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_a_person_who_exports_keeps_their_telemetry(name: str) -> None:
    assert "telemetry" not in settings(hook=HOOK, otlp=OTLP, env={name: "x"})


def test_nothing_is_put_where_the_person_has_settings_or_nothing_is_wanted() -> None:
    own = {"GEMINI_CLI_SYSTEM_SETTINGS_PATH": "/etc/mine.json"}
    assert settings(hook=HOOK, otlp=OTLP, env=own) == {}
    assert settings() == {}
    bare = gemini_cli.launch(LaunchSpec(hook=HOOK, otlp=OTLP))
    assert (bare.files, bare.env) == ({}, {})


def test_a_resumed_start_has_them_too() -> None:
    resumed = gemini_cli.resume(LaunchSpec(folder="/state/s1", session_id="x", hook=HOOK))
    assert resumed is not None and NAME in resumed.files


def test_the_title_is_believed_before_hooks_and_the_chat_file() -> None:
    ranks = gemini_cli.RANKS
    assert ranks[Source.TITLE] > ranks[Source.HOOK] > ranks[Source.TRANSCRIPT]
    assert ranks[Source.PROCESS] > ranks[Source.TITLE]
    assert gemini_cli.LEVEL == 3
