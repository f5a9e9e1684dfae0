"""The simulated agent: draws an agent-like screen in a pane, edits files, asks, finishes.

Run as a program of its own with a script file; standard library only. It says it is simulated in
its first line, and reports its state by OSC 7501 as real agents do.
"""

import json
import os
import select
import sys
import termios
import time
import tty
from pathlib import Path

DIM, BOLD, BLUE, AMBER, GREEN, RESET = (f"\x1b[{n}m" for n in (90, 1, 34, 33, 32, 0))
SPIN_S = 0.5
PATIENCE_S = 45.0
"""Seconds after which an agent nobody types to goes through its turn again: a fleet at work."""
OPTIONS = ("Yes", "No, and tell me what to do differently")


class Interrupted(Exception):
    """The person pressed Esc or Ctrl+C."""


class Screen:
    """The pane: lines above, one changing line of work at the bottom."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def line(self, text: str) -> None:
        sys.stdout.write(f"\r\x1b[K{text}\r\n")
        sys.stdout.flush()

    def foot(self, text: str) -> None:
        sys.stdout.write(f"\r\x1b[K{text}")
        sys.stdout.flush()

    def status(self, state: str) -> None:
        sys.stdout.write(f"\x1b]7501;state={state}:app=demo\x1b\\")

    def key(self, seconds: float) -> bytes:
        """What was typed within `seconds` of scenario time; empty when nothing was."""
        ready, _, _ = select.select([0], [], [], seconds / self.speed)
        return os.read(0, 1024) if ready else b""

    def work(self, text: str, seconds: float) -> None:
        """Show work going on; Interrupted when the person says so."""
        began = time.monotonic()
        while (spent := (time.monotonic() - began) * self.speed) < seconds:
            self.foot(f"{BLUE}* {text}... ({spent:.0f}s, esc to interrupt){RESET}")
            if self.key(min(SPIN_S, seconds - spent)) in (b"\x1b", b"\x03"):
                raise Interrupted
        self.foot("")


def ask(screen: Screen, question: str) -> bool:
    """Show the question and its options until one is chosen; Esc is the last one."""
    screen.status("blocked:kind=permission")
    screen.line(f"{AMBER}{question}{RESET}")
    for number, option in enumerate(OPTIONS, 1):
        screen.line(f"  {number}. {option}")
    screen.foot(f"{DIM}choose 1 or 2{RESET} ")
    while True:
        pressed = screen.key(3600.0)
        if pressed in (b"1", b"y", b"\r"):
            chosen = 0
            break
        if pressed in (b"2", b"n", b"\x1b", b"\x03"):
            chosen = 1
            break
    screen.line(f"{DIM}> {OPTIONS[chosen]}{RESET}")
    screen.status("working")
    return chosen == 0


def edit(text: str) -> None:
    """Append a line to a file of the worktree."""
    path, _, line = text.partition("|")
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as end:
        end.write(line + "\n")


def step(screen: Screen, kind: str, text: str, seconds: float) -> None:
    """One step of the script."""
    if kind == "say":
        screen.line(f"{BOLD}*{RESET} {text}")
    elif kind == "tool":
        screen.line(f"{GREEN}*{RESET} {text}")
    elif kind == "edit":
        edit(text)
    elif kind == "ask":
        if not ask(screen, text):
            raise Interrupted
    elif kind == "fail":
        screen.status("error")
        screen.line(f"{AMBER}! stopped{RESET}")
        raise SystemExit(1)
    screen.work(text if kind == "think" else "Working", seconds)


def turn(screen: Screen, steps: list[tuple[str, str, float]]) -> None:
    """One turn; an interruption ends it."""
    screen.status("working")
    try:
        for kind, text, seconds in steps:
            step(screen, kind, text, seconds)
    except Interrupted:
        screen.line(f"{AMBER}Interrupted{RESET}")
        screen.status("idle")
    else:
        screen.status("done")


def compose(screen: Screen) -> str | None:
    """The composer: a line typed by the person; empty at the end of input, None when none came."""
    typed = ""
    while True:
        screen.foot(f"{BOLD}> {RESET}{typed}")
        keys = screen.key(3600.0 if typed else PATIENCE_S).decode(errors="replace")
        if not keys and not typed:
            return None
        for char in keys:
            if char in "\r\n" and typed:
                screen.line(f"{BOLD}> {RESET}{typed}")
                return typed
            if char in "\x04\x03" and not typed:
                return ""
            if char in "\x7f\x08":
                typed = typed[:-1]
            elif char.isprintable():
                typed += char


def answer_to(prompt: str) -> list[tuple[str, str, float]]:
    """What a simulated agent makes of a prompt typed by the person."""
    return [
        ("think", "Thinking", 3.0),
        ("edit", f"NOTES.md|- {prompt}", 0.2),
        ("say", f"Noted in NOTES.md: {prompt}", 0.2),
    ]


def main(path: str) -> int:
    """Play the script at `path`, then take prompts until the person ends it."""
    play = json.loads(Path(path).read_text(encoding="utf-8"))
    screen = Screen(float(play["speed"]))
    old = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        screen.line(f"{BOLD}{play['name']}{RESET} {DIM}simulated agent{RESET}")
        if play["task"]:
            screen.line(f"{DIM}> {play['task']}{RESET}")
        turn(screen, play["steps"])
        while play["stay"] and (prompt := compose(screen)) != "":
            turn(screen, answer_to(prompt) if prompt else play["steps"])
    finally:
        termios.tcsetattr(0, termios.TCSANOW, old)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
