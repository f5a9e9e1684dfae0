"""Draws one screen and then waits for ever, as an agent does that has asked something."""

import signal
import sys


def main(number: str) -> None:
    for row in range(12):
        print(f"\x1b[3{row % 8}mrow {row:2}\x1b[0m  nothing happens here")
    print(f"\x1b[1mready:{int(number):03}\x1b[0m", end="", flush=True)
    while True:
        signal.pause()


main(*sys.argv[1:])
