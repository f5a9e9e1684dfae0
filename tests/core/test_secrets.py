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
        "-----BEGIN PRIVATE KEY-----\nMIIEv+/=\nAAAA\n-----END PRIVATE KEY-----",
    ],
)
def test_tokens_of_known_kinds(token: str) -> None:
    assert redact(f"key={token}.") == f"key={BLOT}."


@pytest.mark.parametrize(
    "text",
    [
        "sk-short",
        "a sentence about tokens",
        "AKIA",
        "eyJ.x.y",
        "",
        "fix the disk-usage-report-generator",
        "https://example.invalid:8080/a@b",
        "git@example.invalid:acme/api.git",
    ],
)
def test_plain_text_stays(text: str) -> None:
    assert redact(text) == text


def test_an_address_loses_its_user_and_password() -> None:
    said = redact("clone https://ada:hunter2@example.invalid/a and redis://:pw@localhost")
    assert said == f"clone https://{BLOT}@example.invalid/a and redis://{BLOT}@localhost"


def test_known_values_the_longest_first() -> None:
    known = {"hunter2hunter2", "hunter2hunter2-and-more"}
    assert redact("it is hunter2hunter2-and-more!", known) == f"it is {BLOT}!"


def test_what_one_hit_leaves_of_another_is_blotted_too() -> None:
    token = "ghp_0123456789abcdefghij0123"
    assert redact(f"<{token}>", {"456789ab"}) == f"<{BLOT}>"
    assert redact(f"<Bearer {token}!>", {f"Bearer {token[:20]}"}) == f"<{BLOT}!>"


def test_secret_values_go_by_the_name() -> None:
    env = {"MY_API_KEY": "0123456789", "HOME": "/home/someone", "TOKEN": "short"}
    assert secret_values(env) == {"0123456789"}


@pytest.mark.parametrize("name", ["GIT_AUTHOR_NAME", "XAUTHORITY", "SSH_AUTH_SOCK", "OLDPWD"])
def test_names_that_only_look_secret(name: str) -> None:
    assert secret_values({name: "Ada Lovelace"}) == set()


@pytest.mark.parametrize("name", ["AUTHORIZATION", "npm_config__auth", "DB_PASS", "MYSQL_PWD"])
def test_names_that_say_secret_in_other_words(name: str) -> None:
    assert secret_values({name: "correct horse"}) == {"correct horse"}


def test_the_shortest_secret_has_eight_characters() -> None:
    assert secret_values({"TOKEN": "8letters", "AUTH": "7letter"}) == {"8letters"}
