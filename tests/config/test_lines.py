"""The line of a key, and the key of a line, in files that are TOML and in files that are none."""

import pytest

from agentmux.config.lines import key_at, key_without_value, line_of

TOML = """\
theme = "x"   # first
leader = [
    "ctrl+q",
]

[panes]
size = "1x1"
"quiet_s" = 3

[ profiles . "my one" ]
env.PATH = "x"
args = ["[keys]"]
[profiles.other]
env = { A = "b", C = "d" }
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("theme",), 1),
        (("leader",), 2),
        (("panes",), 6),
        (("panes", "size"), 7),
        (("panes", "quiet_s"), 8),
        (("profiles", "my one"), 10),
        (("profiles", "my one", "env", "PATH"), 11),
        (("profiles", "my one", "env"), 11),
        (("profiles", "my one", "args"), 12),
        (("profiles", "other", "env", "C"), 14),
        (("hooks",), None),
    ],
)
def test_the_line_of_a_key(key: tuple[str, ...], line: int | None) -> None:
    assert line_of(TOML, key) == line


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (1, ("theme",)),
        (3, ("leader",)),  # inside a list
        (5, ("leader",)),  # the blank line behind it
        (6, ("panes",)),
        (8, ("panes", "quiet_s")),
        (14, ("profiles", "other", "env")),
    ],
)
def test_the_key_of_a_line(line: int, key: tuple[str, ...]) -> None:
    assert key_at(TOML, line) == key


def test_a_line_above_all_keys_has_none() -> None:
    assert key_at("# nothing\n\n", 2) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("leader 'x'", ("leader",)),
        ("[panes]\nsize 3", ("panes", "size")),
        ("[panes\n", ("panes",)),
        ("[profiles.'my one'\n", ("profiles", "my one")),
        ("[panes]\n[[keys", ("keys",)),
        ("=", None),
    ],
)
def test_a_key_without_a_value(text: str, key: tuple[str, ...] | None) -> None:
    assert key_without_value(text, text.rstrip("\n").count("\n") + 1) == key
