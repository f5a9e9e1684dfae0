"""Answers each byte with a sign it has not shown for a long time, in one and the same cell."""

import os
import sys
import tty


def main(number: str, first: str, signs: str) -> None:
    tty.setraw(0)
    os.write(1, f"ready:{int(number):03}\r\n".encode())
    count = 0
    while data := os.read(0, 4096):
        for _ in data:
            sign = chr(int(first) + count % int(signs))
            os.write(1, f"\r{sign}".encode())
            count += 1


main(*sys.argv[1:])
