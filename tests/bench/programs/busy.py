"""Redraws the lower part of its screen 20 times a second, as agents do while they think.

Every tenth time a line is left standing above, so that the screen scrolls as well.
"""

import os
import sys
import time

RATE = 20
ROWS = 12


def frames(number: str) -> list[bytes]:
    """A second's worth of redraws, made once: a program that computes would measure itself."""
    made = []
    for at in range(RATE):
        kept = f"\x1b[32m●\x1b[0m step {at} is done\r\n" if at % 10 == 0 else ""
        rows = [
            f"\x1b[38;5;{16 + (row * 7 + at) % 200}mworking\x1b[0m on part {row:2}: "
            f"\x1b[1m{(at * 37 + row * 11) % 1000:4}\x1b[0m of 1000 lines read"
            for row in range(ROWS)
        ]
        rows.append(f"\x1b[34m◐\x1b[0m Thinking… ready:{int(number):03} ({at}s · esc to interrupt)")
        made.append((f"\r\x1b[{ROWS}A\x1b[J{kept}" + "\r\n".join(rows)).encode())
    return made


def main(number: str) -> None:
    drawn = frames(number)
    os.write(1, b"\r\n" * ROWS)
    due = time.monotonic()
    while True:
        for frame in drawn:
            os.write(1, frame)
            due += 1 / RATE
            time.sleep(max(0.0, due - time.monotonic()))


main(*sys.argv[1:])
