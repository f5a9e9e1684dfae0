"""What several adapters do alike."""

import pytest

from agentmux.core.agent import find_version, names_option


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.1.330 (Claude Code)", "2.1.330"),
        ("codex-cli 0.169.0", "0.169.0"),
        ("tool v3.0.0-beta.2+x\n", "3.0.0-beta.2+x"),
        ("WARNING: /opt/x1.2/y is old\nname 7.10", "7.10"),
        ("no such file", None),
        ("", None),
    ],
)
def test_find_version(text: str, version: str | None) -> None:
    assert find_version(text) == version


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("--resume", "x"), True),
        (("--resume=x",), True),
        (("-r",), True),
        (("--resumes",), False),
        (("--", "--resume"), False),
        ((), False),
    ],
)
def test_names_option(args: tuple[str, ...], named: bool) -> None:
    assert names_option(args, "--resume", "-r") is named
