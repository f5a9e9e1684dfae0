"""The record of modes: stacks as the Kitty protocol has them."""

from agentmux.shim.modes import DEPTH, Modes


def test_nothing_is_asked_for_at_first() -> None:
    assert Modes().as_fields() == {
        "kitty": [],
        "modify_other_keys": 0,
        "cursor_keys": False,
        "keypad": False,
        "bracketed_paste": False,
        "focus": False,
        "mouse": [],
    }


def test_the_stack_pushes_pops_and_changes_its_top() -> None:
    modes = Modes()
    modes.push_kitty(1)
    modes.push_kitty(1024 + 8)
    modes.set_kitty(3, 2)
    assert modes.as_fields()["kitty"] == [1, 11]
    modes.set_kitty(2, 3)
    assert modes.kitty_flags == 9
    modes.pop_kitty(0)
    assert modes.kitty_flags == 1
    modes.set_kitty(4, 1)
    assert modes.as_fields()["kitty"] == [4]
    modes.pop_kitty(7)
    assert modes.kitty_flags == 0


def test_a_stack_does_not_grow_for_ever() -> None:
    modes = Modes()
    for flags in [1] * DEPTH + [2]:
        modes.push_kitty(flags)

    assert modes.as_fields()["kitty"] == [1] * (DEPTH - 1) + [2]


def test_each_screen_has_its_own_stack() -> None:
    modes = Modes()
    modes.push_kitty(1)
    modes.set_private([1049], True)
    assert modes.kitty_flags == 0
    modes.push_kitty(5)
    modes.set_private([1049], False)
    assert modes.kitty_flags == 1
    modes.set_private([47], True)
    assert modes.kitty_flags == 5


def test_unknown_modes_leave_no_trace() -> None:
    modes = Modes()
    modes.set_private([7, 12, 2026, 2031, 9999999999], True)

    assert modes.as_fields() == Modes().as_fields()


def test_other_keys_have_two_levels() -> None:
    modes = Modes()
    modes.set_modify_other_keys(3)

    assert modes.as_fields()["modify_other_keys"] == 2
