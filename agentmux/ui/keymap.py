"""The one table of keys: what is pressed, what it does, where, and what is said about it.

The hint line, the help screen, the palette, the person's overrides, `agentmux keys` and the
reference page are all made of `KEYMAP`. The id of a row stays when its keys change. Keys are
written as people say them: `?` rather than `question_mark`, `R` rather than `shift+r`.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from agentmux.errors import ConfigError

DEFAULT_LEADER = ("ctrl+q",)
MODES = ("command", "type", "leader")
"""`command`: the fleet has the keys. `type`: the agent has them. `leader`: the one key after it."""
PLACES = ("fleet", "scroll", "answer", "dialog", "confirm")


@dataclass(frozen=True)
class Key:
    """One row: an action and the keys that start it."""

    id: str
    keys: tuple[str, ...]
    action: str
    """Textual action of the screen that `where` names."""
    label: str
    """One or two words for the hint line."""
    help: str
    """One sentence without a full stop."""
    group: str
    where: str = "fleet"
    mode: str = "command"
    needs: str = ""
    """What must be there: `session live ended worktree several lost`, as `view.is_possible` reads
    them; empty: nothing."""
    hint: int = 0
    """Rank in the hint line, lowest first; 0 keeps the row out of it."""


def _digits() -> tuple[Key, ...]:
    typing = "Select session {0} and type into it"
    selecting = "Select session {0}; the same digit again types into it"
    return (
        *(
            Key(f"go.{n}", (str(n),), f"go({n})", "go", selecting.format(n), "Go", needs="session")
            for n in range(1, 10)
        ),
        *(
            Key(f"go.{n}.type", (str(n),), f"go_type({n})", "go and type", typing.format(n),
                "Typing", mode="leader", needs="session")
            for n in range(1, 10)
        ),
    )  # fmt: skip


KEYMAP: tuple[Key, ...] = (
    *_digits(),
    Key("type", ("enter", "i"), "enter", "type", "Type into the selected session, or resume it",
        "Go", needs="session", hint=20),
    Key("peek", ("space",), "peek", "peek", "Look at its last lines and what git says", "Go",
        needs="session", hint=65),
    Key("attach", ("o",), "attach", "open", "Open it full screen in plain tmux; leader returns",
        "Go", needs="live", hint=120),
    Key("move.up", ("up", "k"), "move('up')", "up", "Move up", "Go", needs="several"),
    Key("move.down", ("down", "j"), "move('down')", "down", "Move down", "Go", needs="several"),
    Key("move.left", ("left", "h"), "move('left')", "left", "Move left", "Go", needs="several"),
    Key("move.right", ("right", "l"), "move('right')", "right", "Move right", "Go",
        needs="several"),
    Key("move.next", ("tab",), "step(1)", "next", "Next session", "Go", needs="several"),
    Key("move.previous", ("shift+tab",), "step(-1)", "previous", "Previous session", "Go",
        needs="several"),
    Key("go.last", (";",), "go_last", "last", "Back to the session selected before this one", "Go",
        needs="several", hint=130),
    Key("queue.next", ("w",), "wait(1)", "next that waits",
        "Go to the session that waits for you longest, then to the next", "Attention",
        needs="waiting", hint=15),
    Key("queue.previous", ("W",), "wait(-1)", "last that waits",
        "Go to the session that waits for you shortest, then to the one before", "Attention",
        needs="waiting"),
    Key("answer", ("a",), "answer", "answer", "Answer what the selected or longest waiting asks",
        "Attention", needs="waiting", hint=12),
    Key("snooze", ("s",), "snooze", "snooze", "Hear nothing of what it asks for 10 minutes",
        "Attention", needs="asking", hint=85),
    Key("new", ("n",), "new", "new", "Start a session with the last settings", "Sessions",
        hint=40),
    Key("new.dialog", ("N",), "new_dialog", "new…", "Start a session, every setting open",
        "Sessions"),
    Key("fork", ("f",), "fork", "fork", "Start a second session from this one's work", "Sessions",
        needs="worktree", hint=110),
    Key("rename", ("r",), "rename", "rename", "Give the session another name", "Sessions",
        needs="session"),
    Key("resume", ("u",), "resume", "resume", "Start the ended session again",
        "Sessions", needs="ended", hint=10),
    Key("resume.all", ("U",), "resume_all", "resume all",
        "Start every lost session again", "Sessions", needs="lost"),
    Key("restart", ("R",), "restart", "restart", "End the agent and start it afresh; asks",
        "Sessions", needs="session"),
    Key("stop", ("x",), "stop", "stop", "End the agent, keep its worktree; asks", "Sessions",
        needs="live", hint=100),
    Key("remove", ("X",), "remove", "remove", "Remove session and worktree; names what is lost",
        "Sessions", needs="session", hint=105),
    Key("shell", ("t",), "shell", "shell", "Open a shell in the worktree", "Sessions",
        needs="session", hint=90),
    Key("editor", ("e",), "editor", "editor", "Open your editor in the worktree", "Sessions",
        needs="session", hint=95),
    Key("layout.next", ("+",), "layout(1)", "layout", "Next layout", "Screen", hint=60),
    Key("layout.previous", ("_",), "layout(-1)", "layout back", "Previous layout", "Screen"),
    Key("zoom", ("z",), "zoom", "zoom", "One pane on the whole screen, and back", "Screen",
        needs="session", hint=50),
    Key("filter", ("/",), "filter", "filter", "Show only sessions that contain a text", "Screen",
        needs="several", hint=140),
    Key("scroll", ("[",), "scroll", "scroll", "Scroll back in the pane, search and copy", "Screen",
        needs="live", hint=80),
    Key("copy", ("y",), "copy", "copy", "Copy what the pane shows to the clipboard", "Screen",
        needs="session"),
    Key("palette", (":", "ctrl+p"), "palette", "palette", "Find and run any action by its name",
        "Screen", hint=150),
    Key("help", ("?", "f1"), "help", "keys", "Every key, searchable", "Screen", hint=75),
    Key("back", ("escape",), "back", "back", "Clear the filter, leave the zoom, end the tour",
        "Screen"),
    Key("leave", ("q",), "leave", "leave", "Leave; the sessions keep running", "Screen", hint=70),
    Key("suspend", ("ctrl+z",), "suspend", "suspend", "Put agentmux into the background",
        "Screen"),
    Key("stay", ("ctrl+c",), "stay", "stay", "Say how to leave; never quits", "Screen"),
    Key("mode.command", DEFAULT_LEADER, "leader", "commands",
        "Take the keys back; the next key is a command", "Typing", mode="type", hint=10),
    Key("queue.next.type", ("w",), "wait_type", "next that waits",
        "Go to the session that waits longest, keep typing", "Typing", mode="leader",
        needs="waiting", hint=25),
    Key("go.last.type", (";",), "go_last_type", "last", "Last session, keep typing", "Typing",
        mode="leader", needs="several", hint=30),
    Key("leader.literal", DEFAULT_LEADER, "send_leader", "send it",
        "Send the leader key itself to the agent", "Typing", mode="leader", hint=20),
    Key("scroll.up", ("up", "k"), "scroll_by(1)", "older", "One line up", "Scrollback", "scroll",
        hint=10),
    Key("scroll.down", ("down", "j"), "scroll_by(-1)", "newer", "One line down", "Scrollback",
        "scroll"),
    Key("scroll.page_up", ("pageup", "b"), "scroll_pages(1)", "page up", "One page up",
        "Scrollback", "scroll", hint=20),
    Key("scroll.page_down", ("pagedown", "f"), "scroll_pages(-1)", "page down", "One page down",
        "Scrollback", "scroll"),
    Key("scroll.top", ("home", "g"), "scroll_start", "top", "The oldest line", "Scrollback",
        "scroll"),
    Key("scroll.bottom", ("end", "G"), "scroll_end", "bottom", "The newest line",
        "Scrollback", "scroll"),
    Key("scroll.search", ("/",), "search", "search", "Search upwards", "Scrollback", "scroll",
        hint=30),
    Key("scroll.again", ("n",), "search_again(-1)", "next", "Next match upwards", "Scrollback",
        "scroll", hint=35),
    Key("scroll.back", ("N",), "search_again(1)", "previous", "Next match downwards", "Scrollback",
        "scroll"),
    Key("scroll.copy", ("y",), "copy", "copy", "Copy the lines in view", "Scrollback", "scroll",
        hint=40),
    Key("scroll.leave", ("escape", "q"), "scroll_leave", "back", "Back to the live pane",
        "Scrollback", "scroll", hint=5),
    Key("answer.yes", ("y",), "word('yes')", "yes", "Take the agent's own yes", "Answering",
        "answer", hint=10),
    Key("answer.no", ("n",), "word('no')", "no", "Take the agent's own no", "Answering", "answer",
        hint=15),
    Key("answer.message", ("e",), "decide('message')", "no, with a message",
        "Take its no and say what to do instead", "Answering", "answer", hint=20),
    Key("answer.open", ("o",), "decide('open')", "open the pane", "Answer it in its pane",
        "Answering", "answer", hint=30),
    Key("answer.snooze", ("s",), "decide('snooze')", "snooze 10 min",
        "Hear nothing of it for 10 minutes", "Answering", "answer", hint=40),
    Key("answer.next", ("tab",), "decide('next')", "next that waits", "Leave it and go to the next",
        "Answering", "answer", hint=50),
    Key("answer.all", ("B",), "decide('all')", "yes to all of them",
        "Take the yes of everybody who asks the same, each by itself", "Answering", "answer"),
    Key("answer.cancel", ("escape", "ctrl+c", "a", "q"), "cancel", "not now",
        "Leave it unanswered", "Answering", "answer"),
    Key("dialog.cancel", ("escape", "ctrl+c"), "cancel", "back", "Close it; nothing is decided",
        "Dialogs", "dialog"),
    Key("dialog.accept", ("ctrl+s",), "accept", "start", "Do it, from any field", "Dialogs",
        "dialog"),
    Key("confirm.yes", ("y",), "accept", "yes", "Do what the question names", "Dialogs", "confirm"),
    Key("confirm.no", ("n", "escape", "ctrl+c"), "cancel", "no", "Leave everything as it is",
        "Dialogs", "confirm"),
)  # fmt: skip

NAMED = frozenset(
    ("enter", "tab", "escape", "space", "backspace", "delete", "insert", "up", "down", "left",
     "right", "home", "end", "pageup", "pagedown", *(f"f{n}" for n in range(1, 25)))
)  # fmt: skip
"""Names of keys that are not one character."""
_SHORT = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn"}
_MODIFIED = re.compile(r"((ctrl|alt|shift|super)\+)+(.|\w+)")


def effective_keymap(
    overrides: Mapping[str, Sequence[str]] | None = None,
    leader: Sequence[str] = DEFAULT_LEADER,
    keymap: tuple[Key, ...] = KEYMAP,
) -> tuple[Key, ...]:
    """The table with the person's keys in place; ConfigError for what cannot be meant."""
    overrides = overrides or {}
    for id_, keys in overrides.items():
        require_override(id_, keys, keymap)
    for key in leader:
        require_key(key, "leader")
    changed = tuple(_with_keys(row, overrides, tuple(leader)) for row in keymap)
    clashes = find_clashes(changed)
    if clashes:
        raise ConfigError(f"keys: {clashes[0]}.", "Give one of them another key.")
    return changed


def require_override(id_: str, keys: Sequence[str], keymap: tuple[Key, ...] = KEYMAP) -> None:
    """ConfigError when there is no such action, or when one of `keys` is no key."""
    ids = [row.id for row in keymap]
    if id_ not in ids:
        near = difflib.get_close_matches(id_, ids, 1, 0)
        raise ConfigError(f"keys.{id_}: there is no such action.", f"Did you mean {near[0]}?")
    for key in keys:
        require_key(key, f"keys.{id_}")


def _with_keys(row: Key, overrides: Mapping[str, Sequence[str]], leader: tuple[str, ...]) -> Key:
    if row.id in ("mode.command", "leader.literal"):
        return replace(row, keys=leader)
    return replace(row, keys=tuple(overrides[row.id])) if row.id in overrides else row


def require_key(key: str, place: str) -> None:
    """ConfigError when `key` is no key that a terminal can send."""
    bare = key.rpartition("+")[2] or "+"
    known = len(key) == 1 or key in NAMED
    if known or (_MODIFIED.fullmatch(key) and (len(bare) == 1 or bare in NAMED)):
        return
    near = difflib.get_close_matches(key, sorted(NAMED), 1, 0.4)
    raise ConfigError(
        f"{place}: {key!r} is not a key.",
        f"Did you mean {near[0]}?" if near else "Write keys like x, R, ctrl+q, f1 or pageup.",
    )


def find_clashes(keymap: Iterable[Key]) -> list[str]:
    """One sentence for each key that two actions of one place and mode claim."""
    seen: dict[tuple[str, str, str], str] = {}
    clashes = []
    for row in keymap:
        for key in row.keys:
            spot = (row.where, row.mode, key)
            if spot in seen:
                clashes.append(f"{key} is both {seen[spot]} and {row.id} in {row.where}")
            seen.setdefault(spot, row.id)
    return clashes


def find_key(keymap: Iterable[Key], key: str, where: str, mode: str = "command") -> Key | None:
    """The row that `key` starts there."""
    return next((r for r in keymap if r.where == where and r.mode == mode and key in r.keys), None)


def hints(keymap: Iterable[Key], where: str, mode: str = "command") -> list[Key]:
    """The rows of the hint line, most useful first."""
    rows = [r for r in keymap if r.where == where and r.mode == mode and r.hint and r.keys]
    return sorted(rows, key=lambda row: row.hint)


def spoken(row: Key) -> str:
    """Its keys for reading: `enter, i`."""
    return ", ".join(row.keys)


def short(row: Key) -> str:
    """Its first key for a line with little room: `esc`, `pgup`."""
    return _SHORT.get(row.keys[0], row.keys[0])


def matching(keymap: Iterable[Key], text: str) -> list[Key]:
    """Rows that hold every word of `text` in key, id, help or group; for the help's search."""
    words = text.lower().split()
    return [
        row
        for row in keymap
        if all(
            word in f"{spoken(row)} {row.id} {row.label} {row.help} {row.group}".lower()
            for word in words
        )
    ]


def keymap_json(keymap: Iterable[Key]) -> list[dict[str, object]]:
    """The table as objects for `agentmux keys --json`."""
    shown = ("id", "keys", "help", "group", "where", "mode")
    return [
        {name: list(value) if name == "keys" else value for name, value in row if name in shown}
        for row in (asdict(key).items() for key in keymap)
    ]


def keymap_markdown(keymap: Sequence[Key] = KEYMAP) -> str:
    """The reference page `docs/reference/keys.md`."""
    lines = [
        "# Keys",
        "",
        "COMMAND is where the program starts: the fleet has the keys. In TYPE the agent has all of",
        "them but the leader, and the key after the leader is a command again. Change any row by",
        "its id: `[keys]` in `config.toml`, as `stop = [\"x\"]`.",
    ]  # fmt: skip
    for group in dict.fromkeys(row.group for row in keymap):
        lines += ["", f"## {group}", "", "| keys | does | id |", "|---|---|---|"]
        lines += [
            f"| {_keys_cell(row)} | {row.help} | `{row.id}` |"
            for row in keymap
            if row.group == group
        ]
    return "\n".join(lines) + "\n"


def _keys_cell(row: Key) -> str:
    keys = " ".join(f"`{key}`" for key in row.keys)
    return f"leader, then {keys}" if row.mode == "leader" else keys
