"""The list of settings itself: every one can be set from a file, and has a default."""

from decimal import Decimal
from pathlib import Path

from agentmux.config.load import read_settings
from agentmux.config.settings import Budget, Config, Hooks, Panes, Price, Profile, Worktree
from agentmux.config.source import parse_source
from agentmux.config.values import build, settings_of

EVERYTHING = b"""
leader = ["f12", "ctrl+]"]
enter = "attach"
reserve_scroll = true
theme = "mono"
layout = "wall"
glyphs = "unicode"
default_agent = "codex"

[keys]
stop = ["x"]
go.1 = "1"

[worktree]
root = "~/trees/{slug}"
branch_template = "wip/{slug}"
base = "head"
fetch = false

[hooks]
setup = ["make", "make install"]
launch = "true"
teardown = "make clean"
timeout_s = 5

[profiles.local]
agent = "claude"
command = ["claude", "--fast"]
args = ["--model", "x"]
env = { MODEL = "x" }
deny_env = ["SECRET"]
task = "look around"

[profiles.local.budget]
day_usd = 1
session_usd = 0.30
reserve_usd = 0.10

[budget]
day_usd = 20
session_usd = 2.50
reserve_usd = 0.5

[prices."gpt-*[1m]"]
input_usd = 1
cache_read_usd = 0.025
cache_write_5m_usd = 1.25
cache_write_1h_usd = 2
output_usd = 0.1

[panes]
size = "100x30"
history_limit = 1000
quiet_s = 0.5
memory_reserve_mb = 1
agent_memory_mb = 2
"""


PRICE = Price(Decimal(1), Decimal("0.025"), Decimal("1.25"), Decimal(2), Decimal("0.1"))


def test_every_setting_can_be_set() -> None:
    found = read_settings(parse_source(Path("config.toml"), EVERYTHING))
    config = build(Config, found)
    assert config == Config(
        leader=("f12", "ctrl+]"),
        enter="attach",
        reserve_scroll=True,
        theme="mono",
        layout="wall",
        glyphs="unicode",
        default_agent="codex",
        keys={"stop": ("x",), "go.1": ("1",)},
        worktree=Worktree("~/trees/{slug}", "wip/{slug}", "head", False),
        hooks=Hooks(("make", "make install"), ("true",), ("make clean",), 5.0),
        profiles={
            "local": Profile(
                agent="claude",
                command=("claude", "--fast"),
                args=("--model", "x"),
                env={"MODEL": "x"},
                deny_env=("SECRET",),
                task="look around",
                budget=Budget(Decimal(1), Decimal("0.30"), Decimal("0.10")),
            )
        },
        panes=Panes((100, 30), 1000, 0.5, 1, 2),
        budget=Budget(Decimal(20), Decimal("2.50"), Decimal("0.5")),
        prices={"gpt-*[1m]": PRICE},
    )
    assert {key for key, _ in settings_of(config)} == set(found)


def test_money_is_what_was_written() -> None:
    found = read_settings(parse_source(Path("config.toml"), EVERYTHING))
    assert str(found["prices", "gpt-*[1m]", "output_usd"]) == "0.1"
    assert str(found["budget", "session_usd"]) == "2.50"


def test_a_config_is_a_value() -> None:
    assert Config() == Config()
    assert Config().leader == ("ctrl+q",)
    assert Config().panes.size == (120, 40)
