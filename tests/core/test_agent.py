"""What several adapters do alike."""

import pytest

from agentmux.core.agent import (
    ARGUMENT_LIMIT,
    LaunchSpec,
    find_version,
    names_option,
    prompt_argument,
)
from agentmux.errors import UsageError


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


@pytest.mark.parametrize("prompt", [None, "", "fix it", "x" * ARGUMENT_LIMIT, "\udcff\n"])
def test_a_task_is_one_argument(prompt: str | None) -> None:
    assert prompt_argument(LaunchSpec(prompt=prompt)) == (prompt or None)


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        ("x" * (ARGUMENT_LIMIT + 1), "longer than 100,000 bytes"),
        ("é" * (ARGUMENT_LIMIT // 2 + 1), "longer than 100,000 bytes"),
        ("a\0b", "NUL"),
    ],
    ids=["too long", "too long in bytes", "NUL"],
)
def test_a_task_no_start_could_carry_is_refused(prompt: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        prompt_argument(LaunchSpec(prompt=prompt))
