"""What the terminal says when it is asked: Kitty keys, clipboard (OSC 52), background (OSC 11).

The asking is done by the command line, for only there a terminal is at hand; here stands what the
answers mean. A terminal that is silent about its clipboard may have one: reading it back would
tell, but makes some terminals ask the person, so the person is given something to try.
"""

from collections.abc import Iterator

from agentmux.mux.checks.check import Check, Subject
from agentmux.tmux.observer import outer_clipboard

TRY_COPY = r"printf '\033]52;c;aGVsbG8=\a'"
"""Puts "hello" on the clipboard, to be pasted somewhere."""


def check_keys(subject: Subject) -> Iterator[Check]:
    """What the keyboard can say; what the leader sends shows only when it is pressed."""
    yield _judge_keys(subject)


def _judge_keys(subject: Subject) -> Check:
    press = "agentmux doctor --keys"
    leader = " or ".join(subject.config.leader)
    answers = subject.answers
    if answers is None:
        message = f"No terminal here: Kitty keys and what {leader} sends are not known."
    elif not answers.complete:
        message = f"The terminal answers no questions; press {leader} to see what it sends."
    elif answers.kitty:
        message = f"The terminal has Kitty keys (Shift+Enter); press {leader} to see what it sends."
    else:
        message = (
            f"The terminal has no Kitty keys, so Shift+Enter is Enter; "
            f"press {leader} to see what it sends."
        )
    return Check("keys", "ok", message, press)


def check_clipboard(subject: Subject) -> Iterator[Check]:
    """Whether what is copied here reaches the clipboard; an outer tmux decides for its terminal."""
    if subject.env.get("TMUX"):
        yield judge_outer_clipboard(outer_clipboard(subject.env))
    elif subject.answers is None:
        message = "No terminal here: whether it takes copies (OSC 52) is not known."
        yield Check("clipboard", "ok", message)
    elif subject.answers.clipboard:
        yield Check("clipboard", "ok", "The terminal says that it takes copies (OSC 52).")
    else:
        message = "The terminal does not say whether it takes copies (OSC 52): try, and paste."
        yield Check("clipboard", "ok", message, TRY_COPY)


def judge_outer_clipboard(setting: str | None) -> Check:
    """`setting` is the outer tmux's `set-clipboard`; only `on` takes what programs copy."""
    if setting == "on":
        return Check("clipboard", "ok", "The tmux around takes copies (OSC 52).")
    said = setting or "unknown"
    message = f"The tmux around takes no copies (OSC 52): its set-clipboard is {said}, not on."
    return Check("clipboard", "warn", message, "tmux set-option -s set-clipboard on")


def check_background(subject: Subject) -> Iterator[Check]:
    """What `auto` goes by when it chooses between the dark and the light theme."""
    if subject.answers is None:
        message = "No terminal here: its background (OSC 11) is not known."
        yield Check("background", "ok", message)
    elif subject.answers.background is not None:
        told = subject.answers.background
        yield Check("background", "ok", f"The terminal tells its background (OSC 11): {told}.")
    else:
        message = "The terminal does not tell its background (OSC 11): `auto` has to guess."
        yield Check("background", "ok", message, "export AGENTMUX_THEME=light")
