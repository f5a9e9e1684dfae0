"""What is blotted out of text before it is kept."""

import pytest

from agentmux.core.secrets import BLOT, redact, secret_values


@pytest.mark.parametrize(
    "token",
    [
        "sk-ant-" + "api03-0123456789abcdef",
        "sk-proj-abcdefghijklmnop1234",
        "ghp_0123456789abcdefghij0123",
        "github_pat_0123456789abcdefghij",
        "glpat-0123456789abcdefgh",
        "AKIA0123456789ABCDEF",
        "AIza0123456789abcdefghijklmnopqrstuv",
        "xoxb-0123456789-abc",
        "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeK",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_tokens_of_known_kinds(token: str) -> None:
    assert redact(f"key={token}.") == f"key={BLOT}."


@pytest.mark.parametrize("text", ["sk-short", "a sentence about tokens", "AKIA", "eyJ.x.y", ""])
def test_plain_text_stays(text: str) -> None:
    assert redact(text) == text


def test_known_values_the_longest_first() -> None:
    known = {"hunter2hunter2", "hunter2hunter2-and-more"}
    assert redact("it is hunter2hunter2-and-more!", known) == f"it is {BLOT}!"


def test_secret_values_go_by_the_name() -> None:
    env = {"MY_API_KEY": "0123456789", "HOME": "/home/someone", "TOKEN": "short"}
    assert secret_values(env) == {"0123456789"}


def test_the_shortest_secret_has_eight_characters() -> None:
    assert secret_values({"TOKEN": "8letters", "AUTH": "7letter"}) == {"8letters"}
