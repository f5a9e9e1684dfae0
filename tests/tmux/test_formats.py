"""Parsers of tmux's answers, and the only names that may stand in a command."""

import pytest

from agentmux.errors import TmuxError
from agentmux.tmux.formats import Pane, Screen, parse_pane, parse_screen, require_id


@pytest.mark.parametrize("word", ["%0", "@12", "$3"])
def test_ids_pass(word: str) -> None:
    assert require_id(word) == word


@pytest.mark.parametrize(
    "word", ["", "%", "4", "%4 ", "%4\n", "%4;kill-server", "hub", "%٤", "#(x)", "%-1"]
)
def test_nothing_else_does(word: str) -> None:
    with pytest.raises(TmuxError, match="not an id"):
        require_id(word)


def test_a_pane_that_ended() -> None:
    assert parse_pane(b"%4|@3|812|80|24|1|7||s7-1") == Pane(
        "%4", "@3", 812, 80, 24, dead=True, code=7, signal=None, name="s7-1"
    )


def test_an_old_tmux_knows_no_signal() -> None:
    """`pane_dead_signal` is empty before 3.3: absence is unknown, not an error."""
    pane = parse_pane(b"%4|@3|812|80|24|1|||s7-1")

    assert (pane.dead, pane.code, pane.signal) == (True, None, None)


def test_a_screen_with_a_title_full_of_marks() -> None:
    line = "%4|80|24|3|5|0|1|1|0|1|0|1|120|0|||x|y #(touch z) é".encode()

    assert parse_screen(line) == Screen(
        pane="%4",
        cols=80,
        lines=24,
        cursor=None,
        alternate=True,
        mouse=frozenset({"any", "button", "sgr"}),
        history=120,
        dead=False,
        code=None,
        signal=None,
        title="x|y #(touch z) é",
    )


def test_a_pane_that_is_gone_has_no_screen() -> None:
    assert parse_screen(b"||||||||||||||||") is None
