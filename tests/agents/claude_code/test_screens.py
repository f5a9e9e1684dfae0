"""Pages of the start as they were captured, and ordinary screens, which say nothing."""

from datetime import timedelta
from typing import Any

import pytest

from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.claude_code.recorded import AT, parse, screen

SIGN_IN = (
    "Claude account with subscription · Individual, Team, or Enterprise",
    "Anthropic Console account · API usage billing",
    "3rd-party platform · Bedrock, Microsoft Foundry, Google Vertex AI",
)
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "trust": ("setup", "Trust this folder? /repo/wt", ("No, exit", "Yes, I trust this folder")),
    "api-key": ("login", "Use the API key of the environment?", ("Yes", "No (recommended)")),
    "api-key-onboarding": (
        "login",
        "Use the API key of the environment?",
        ("Yes", "No (recommended)"),
    ),
    "mcp-server": (
        "setup",
        "New MCP server found in this project: notes",
        (
            "Use this MCP server",
            "Use this and all future MCP servers in this project",
            "Continue without using this MCP server",
        ),
    ),
    "mcp-servers": (
        "setup",
        "2 new MCP servers found in this project",
        ("notes", "mail", "Enable selected"),
    ),
    "bypass": ("setup", "Never ask for permission?", ("No, exit", "Yes, I accept")),
    "theme": (
        "setup",
        "Which colors?",
        (
            "Auto (match terminal)",
            "Dark mode",
            "Light mode",
            "Dark mode (colorblind-friendly)",
            "Light mode (colorblind-friendly)",
            "Dark mode (ANSI colors only)",
            "Light mode (ANSI colors only)",
        ),
    ),
    "sign-in-method": ("login", "How to sign in?", SIGN_IN),
    "login": ("login", "How to sign in?", SIGN_IN),
    "sign-in-browser": ("login", "Sign in with the browser", ()),
}
ORDINARY = (
    *("approve-shell", "approve-subagent", "approve-write", "denied", "error", "exit", "idle"),
    *("interrupted", "limit", "model-list", "not-signed-in", "question", "working"),
)


def seen(lines: list[Any], **also: Any) -> list[f.AnyFact]:
    return parse(Source.SCREEN, {"lines": lines, **also})


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_start(name: str) -> None:
    kind, text, options = PAGES[name]
    asked = f.Asked(at=AT, kind=kind, text=text, options=options)  # type: ignore[arg-type]
    assert seen(screen(name)) == [asked]
    assert seen([*screen(name), "", "   "], asked=True) == [asked]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_screens_say_nothing(name: str) -> None:
    assert seen(screen(name)) == []


def test_a_page_that_has_gone_was_answered() -> None:
    assert seen(screen("idle"), asked=True) == [f.Answered(at=AT)]


@pytest.mark.parametrize("name", PAGES)
def test_a_conversation_that_quotes_a_page_is_none(name: str) -> None:
    quoted = [*screen("idle")[:5], "● It shows this:", *screen(name), *screen("idle")[-5:]]
    assert seen(quoted) == []


@pytest.mark.parametrize("name", PAGES)
def test_half_a_page_is_none(name: str) -> None:
    lines = [line for line in screen(name) if line.strip()]
    assert seen(lines[:-1]) == []
    assert seen(lines[len(lines) * 3 // 4 :]) == []


@pytest.mark.parametrize(
    ("name", "attempt", "seconds", "text"),
    [("retrying", 1, 1, "API error"), ("retrying-500", 4, 4, "500 Internal server error")],
)
def test_a_request_is_tried_again(name: str, attempt: int, seconds: int, text: str) -> None:
    again = AT + timedelta(seconds=seconds)
    assert seen(screen(name)) == [f.Retrying(at=AT, attempt=attempt, next=again, text=text)]


@pytest.mark.parametrize("before", ["● ", "  ", "❯ ", ""])
def test_text_about_retries_is_none(before: str) -> None:
    """Only Claude's spinner stands before it, and only at the last line above the composer."""
    said = f"{before}API error · retrying in 1s · attempt 1/10"
    lines = [said if "retrying in" in line else line for line in screen("retrying")]
    assert seen(lines) == []
    above = [*screen("retrying")[:-5], "● and so on", *screen("retrying")[-5:]]
    assert seen(above) == []


def test_a_page_with_other_choices_is_another_one() -> None:
    lines = [line.replace("I trust this folder", "for this hour") for line in screen("trust")]
    assert seen(lines) == []


def test_a_quoted_retry_is_none() -> None:
    quoted = [*screen("retrying"), "", "● That is what it showed.", "", *screen("idle")[-5:]]
    assert seen(quoted) == []


@pytest.mark.parametrize("lines", [[], [None, 7, ["x"]], ["─" * 40], ["❯"], "text"])
def test_odd_screens(lines: Any) -> None:
    assert parse(Source.SCREEN, {"lines": lines}) == []
