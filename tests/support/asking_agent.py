"""Stands for an agent in a pane: reports its state in band, shows a menu, obeys its keys alone.

Arguments: the questions, each a line above a menu of Yes, Always and No. For each it works, asks,
and takes `1`, `2` or `3`; then it is done. `deaf` as the first argument: it never takes a key.
"""

import os
import sys
import termios
import tty

MENU = "\r\n ❯ 1. Yes\r\n   2. Yes, and don't ask again\r\n   3. No\r\n\r\n Esc to cancel\r\n"


def say(text: str) -> None:
    os.write(1, text.encode())


def status(state: str) -> None:
    say(f"\x1b]7501;state={state}:app=test\x1b\\")


def main() -> None:
    own = sys.argv[1:]  # an adapter's options follow
    questions = own[: next((at for at, arg in enumerate(own) if arg.startswith("--")), len(own))]
    is_deaf = questions[:1] == ["deaf"]
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        status("idle")
        for question in questions[is_deaf:]:
            status("working")
            say(f"\x1b[2J\x1b[H{question}\r\n Do you want to proceed?{MENU}")
            status("blocked:kind=permission")
            while (key := os.read(0, 1)) not in (b"1", b"2", b"3") or is_deaf:
                say(f"[{key!r}]")
            status("working")
            say(f"\r\nanswered {key.decode()} to {question}\r\n")
        status("done")
        while os.read(0, 1) != b"q":
            pass
    finally:
        termios.tcsetattr(0, termios.TCSANOW, before)


if __name__ == "__main__":
    main()
