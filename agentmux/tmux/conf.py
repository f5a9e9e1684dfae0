"""The private server's configuration: every option it depends on, and none of the person's own.

`window-size` is left alone on purpose: `set -g window-size manual` kills tmux 3.3a at the next
new-window. Options an older tmux does not know are set with `-q`.
"""

from pathlib import Path

SIZE = (120, 40)
"""Columns and lines a window has when nobody says otherwise."""

_CONF = """\
set-option -s exit-empty off
set-option -s escape-time 0
set-option -s default-terminal {terminal}
set-option -s -a terminal-features ',*:RGB'
set-option -g update-environment ''
set-option -g default-command ''
set-option -g default-size {cols}x{lines}
set-option -g status off
set-option -g set-titles off
set-option -g mouse off
set-option -g prefix None
set-option -g prefix2 None
unbind-key -a -q -T root
unbind-key -a -q -T prefix
set-option -s set-clipboard off
set-option -g -w -q allow-passthrough off
set-option -g -w allow-rename off
set-option -g -w automatic-rename off
set-option -s focus-events on
set-option -s -q extended-keys on
set-option -g -w remain-on-exit on
set-option -g -w -q remain-on-exit-format ''
set-option -g history-limit {history}
set-option -s buffer-limit 20
set-option -g bell-action none
set-option -g visual-bell off
set-option -g activity-action none
set-option -g silence-action none
set-option -g -w monitor-bell on
set-option -g detach-on-destroy on
set-option -g destroy-unattached off
set-option -g lock-after-time 0
set-option -g display-time 0
set-option -s message-limit 100
set-option -s -q prompt-history-limit 0
set-option -s command-alias ''
set-option -s user-keys ''
"""


def configuration(history: int) -> str:
    """The text of the file; `history` is the scrollback of a pane in lines."""
    cols, lines = SIZE
    return _CONF.format(terminal=terminal_name(), history=history, cols=cols, lines=lines)


def terminal_name() -> str:
    """What programs in the panes find as TERM: tmux's own entry, where this machine has it."""
    return "tmux-256color" if has_terminfo("tmux-256color") else "screen-256color"


def has_terminfo(name: str) -> bool:
    """Whether programs will find this entry; folders are named by letter, or by hex on macOS."""
    folders = [Path.home() / ".terminfo"]
    folders += map(Path, ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"))
    letters = (name[0], f"{ord(name[0]):x}")
    return any((folder / letter / name).exists() for folder in folders for letter in letters)
