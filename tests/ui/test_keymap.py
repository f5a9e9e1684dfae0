"""The one table of keys: unique, complete, and open to the person's own wishes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agentmux.errors import ConfigError
from agentmux.ui.keymap import (
    KEYMAP,
    MODES,
    PLACES,
    Key,
    effective_keymap,
    find_clashes,
    find_key,
    hints,
    keymap_json,
    keymap_markdown,
    matching,
    require_key,
    short,
)
from agentmux.ui.screens.answer import Answer
from agentmux.ui.screens.confirm import Confirm
from agentmux.ui.screens.fleet import FleetScreen
from agentmux.ui.screens.help import WHY, Help
from agentmux.ui.screens.new_session import NewSession
from agentmux.ui.screens.palette import Palette
from agentmux.ui.screens.prompt import Prompt

SCREENS = {
    "fleet": (FleetScreen,),
    "scroll": (FleetScreen,),
    "dialog": (NewSession, Prompt, Help, Palette),
    "confirm": (Confirm,),
    "answer": (Answer,),
}


def test_no_key_means_two_things_in_one_place() -> None:
    assert find_clashes(KEYMAP) == []


def test_a_planted_clash_is_found() -> None:
    planted = (*KEYMAP, replace(KEYMAP[-1], id="planted", where="fleet", keys=("q",)))
    assert find_clashes(planted) == ["q is both leave and planted in fleet"]


def test_ids_are_unique_and_places_known() -> None:
    assert len({row.id for row in KEYMAP}) == len(KEYMAP)
    assert {row.where for row in KEYMAP} == set(PLACES)
    assert {row.mode for row in KEYMAP} == set(MODES)
    assert {row.needs for row in KEYMAP} <= {"", *WHY}


@pytest.mark.parametrize("row", KEYMAP, ids=lambda row: row.id)
def test_every_row_has_its_action_and_a_sentence(row: Key) -> None:
    name = row.action.partition("(")[0]
    for screen in SCREENS[row.where]:
        assert callable(getattr(screen, f"action_{name}"))
    assert row.help[0].isupper()
    assert not row.help.endswith((".", "!"))


def test_overrides_replace_the_keys_of_a_row() -> None:
    rows = effective_keymap({"stop": ["ctrl+x"], "editor": []})
    assert find_key(rows, "ctrl+x", "fleet") == find_row(rows, "stop")
    assert find_key(rows, "x", "fleet") is None
    assert find_row(rows, "editor") not in hints(rows, "fleet")


def find_row(rows: Sequence[Key], id_: str) -> Key:
    return next(row for row in rows if row.id == id_)


def test_the_leader_of_the_configuration_stands_in_the_table() -> None:
    rows = effective_keymap({}, ["ctrl+]", "f12"])
    assert find_key(rows, "f12", "fleet", "type")
    assert find_key(rows, "ctrl+]", "fleet", "leader")
    assert find_key(rows, "ctrl+q", "fleet", "type") is None


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        ({"stpo": ["x"]}, "keys.stpo: there is no such action.", "Did you mean stop?"),
        ({"stop": ["q"]}, "keys: q is both stop and leave in fleet.", "Give one of them another"),
        ({"stop": ["entr"]}, "keys.stop: 'entr' is not a key.", "Did you mean enter?"),
        ({"stop": ["hyper+x"]}, "keys.stop: 'hyper+x' is not a key.", "Write keys like"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    overrides: dict[str, list[str]], message: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        effective_keymap(overrides)
    assert refused.value.message == message
    assert (refused.value.hint or "").startswith(hint)


@pytest.mark.parametrize("key", ["x", "R", "?", "+", "ctrl+q", "ctrl+shift+f5", "alt++", "f24"])
def test_keys_a_terminal_can_send(key: str) -> None:
    require_key(key, "here")


def test_search_finds_by_word_key_and_group() -> None:
    assert find_row(KEYMAP, "remove") in matching(KEYMAP, "worktree lost")
    assert find_row(KEYMAP, "palette") in matching(KEYMAP, "ctrl+p")
    assert matching(KEYMAP, "no such thing") == []


def test_the_reference_page_and_json_have_every_row() -> None:
    page, rows = keymap_markdown(), keymap_json(KEYMAP)
    for row in KEYMAP:
        assert f"`{row.id}` |" in page
    assert [row["id"] for row in rows] == [row.id for row in KEYMAP]
    assert set(rows[0]) == {"id", "keys", "help", "group", "where", "mode"}


def test_the_hints_of_the_scrollback_are_short_enough_for_search_and_copy() -> None:
    told = "  ".join(f"{short(row)} {row.label}" for row in hints(KEYMAP, "scroll"))
    assert told == "esc back  up older  pgup page up  / search  n next  y copy"
