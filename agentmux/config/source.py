"""One configuration file: opened warily, parsed, and able to say on which line a key stands.

A repository is not trusted to be harmless: there a link, a pipe or a giant file is refused rather
than followed (`docs/design/safety.md` 4). The person's own file may be a link, as dotfile managers
make them, but nobody else may be able to write it.
"""

import errno
import hashlib
import os
import re
import shlex
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agentmux.config.values import Key
from agentmux.core.text import clean
from agentmux.errors import ConfigError

MOST_BYTES = 128 * 1024


@dataclass(frozen=True)
class Source:
    """A file that has been read."""

    path: Path
    table: Mapping[str, object]
    text: str
    sha256: str
    """Hash of exactly these bytes: what trust is given to."""

    def error(self, key: Key, what: str, hint: str | None = None) -> ConfigError:
        """The error about `key`, with file and line."""
        name = clean(".".join(key), one_line=True)
        return ConfigError(f"{_at(self.path, line_of(self.text, key))}: {name} {what}.", hint)


def load_own(path: Path) -> Source | None:
    """The person's own file; None when there is none, ConfigError when others may write it."""
    read = _read(path, os.O_RDONLY)
    if read is None:
        return None
    data, seen = read
    if seen.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"{_shown(path)} belongs to another user: its settings are not used.",
            "Copy it, remove it, and move the copy into its place.",
        )
    if seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(
            f"{_shown(path)} may be written by others: its settings are not used.",
            f"chmod go-w {shlex.quote(str(path))}",
        )
    return parse_source(path, data)


def load_repository(path: Path) -> Source | None:
    """A file of a repository; None when there is none, ConfigError when it is no plain file."""
    read = _read(path, os.O_RDONLY | os.O_NOFOLLOW)
    return None if read is None else parse_source(path, read[0])


def _read(path: Path, flags: int) -> tuple[bytes, os.stat_result] | None:
    try:
        opened = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise ConfigError(f"{_shown(path)} cannot be read: {why}.") from error
    seen = os.fstat(opened)
    if not stat.S_ISREG(seen.st_mode):
        os.close(opened)
        raise ConfigError(f"{_shown(path)} cannot be read: it is not a regular file.")
    with os.fdopen(opened, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{_shown(path)} cannot be read: it is larger than {MOST_BYTES} bytes.")
    return data, seen


def parse_source(path: Path, data: bytes) -> Source:
    """The content of a file; ConfigError with its line when it is not TOML."""
    try:
        text = data.decode()
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{_at(path, line)}: this is not UTF-8.") from error
    except RecursionError as error:
        raise ConfigError(f"{_shown(path)}: its tables are nested too deeply.") from error
    except ValueError as error:  # also a number of thousands of digits, a plain ValueError
        what, number = _what_and_line(str(error), text)
        raise ConfigError(f"{_at(path, number)}: {what}.") from error
    return Source(path, table, text, hashlib.sha256(data).hexdigest())


def _what_and_line(message: str, text: str) -> tuple[str, int | None]:
    """tomllib's message in its two parts; it has no attribute for the line before Python 3.14."""
    found = _POSITION.fullmatch(message)
    if found:
        return clean(found[1], one_line=True), int(found[2])
    what = clean(message.removesuffix(_AT_END), one_line=True)
    return what, text.count("\n") + 1 if message.endswith(_AT_END) else None


_POSITION = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
_AT_END = " (at end of document)"


def line_of(text: str, key: Key) -> int | None:
    """The line on which `key`, or else the table that holds it, is written."""
    best, found = 0, None
    for number, written in _written_keys(text):
        shared = len(written) if key[: len(written)] == written else 0
        if written[: len(key)] == key:
            return number
        if shared > best:
            best, found = shared, number
    return found


def _written_keys(text: str) -> Iterator[tuple[int, Key]]:
    """Line and full key of every table header and assignment.

    A line inside a multi-line string can look like one: that costs a wrong line number, no more.
    """
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, table + _parts(assignment[1])


_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"({_PART}(?:\s*\.\s*{_PART})*)"
_HEADER = re.compile(rf"\s*\[\[?\s*{_DOTTED}\s*\]")
_ASSIGNMENT = re.compile(rf"\s*{_DOTTED}\s*=")


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _at(path: Path, line: int | None) -> str:
    return _shown(path) if line is None else f"{_shown(path)}, line {line}"


def _shown(path: Path) -> str:
    return clean(str(path), one_line=True)
