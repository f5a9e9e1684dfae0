"""Clears its whole screen and paints it anew 20 times a second, the frame's number in each row."""

import os
import sys
import time

RATE = 20


def frame(count: int) -> bytes:
    size = os.get_terminal_size(1)
    words = f"{count:06} " * (size.columns // 7 - 1)
    rows = [f"\x1b[38;5;{16 + (count + y) % 200}m{words}" for y in range(size.lines)]
    return ("\x1b[H\x1b[2J" + "\r\n".join(rows)).encode()


def main(number: str) -> None:
    os.write(1, f"ready:{int(number):03}\r\n".encode())
    time.sleep(1.0)
    due = time.monotonic()
    count = 0
    while True:
        rest = memoryview(frame(count))
        while rest:
            rest = rest[os.write(1, rest) :]
        count += 1
        due += 1 / RATE
        time.sleep(max(0.0, due - time.monotonic()))


main(*sys.argv[1:])
