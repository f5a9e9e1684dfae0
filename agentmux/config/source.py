"""One configuration file: opened warily, parsed, and able to say on which line a key stands.

A repository is not trusted to be harmless: there a link, a pipe or a giant file is refused rather
than followed (`docs/design/safety.md` 4). The person's own file may be a link, as dotfile managers
make them, but nobody else may be able to write it.
"""

import errno
import hashlib
import os
import shlex
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from agentmux.config.lines import key_at, line_of
from agentmux.config.syntax import explain_syntax
from agentmux.config.values import Key
from agentmux.core.text import clean
from agentmux.errors import ConfigError

MOST_BYTES = 128 * 1024
PLAIN = "Put a plain file in its place, or remove it."


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
        return _error(self.path, line_of(self.text, key), key, what, hint)


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
        if error.errno == errno.ELOOP:
            raise _unreadable(path, "it is a link", PLAIN) from error
        fix = f"chmod u+r {shlex.quote(str(path))}" if error.errno == errno.EACCES else None
        raise _unreadable(path, error.strerror, fix) from error
    seen = os.fstat(opened)
    if not stat.S_ISREG(seen.st_mode):
        os.close(opened)
        raise _unreadable(path, "it is not a regular file", PLAIN)
    with os.fdopen(opened, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        hint = "Settings need far less: look whether it is the right file."
        raise _unreadable(path, f"it is larger than {MOST_BYTES} bytes", hint)
    return data, seen


def parse_source(path: Path, data: bytes) -> Source:
    """The content of a file; ConfigError with its line when it is not TOML."""
    try:
        text = data.decode()
        table = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, data, error.start) from error
    except RecursionError as error:
        deepest = "No setting stands deeper than profiles.NAME.env.VARIABLE."
        raise ConfigError(f"{_shown(path)}: its tables are nested too deeply.", deepest) from error
    except ValueError as error:  # also a number of thousands of digits, a plain ValueError
        line, key, what, hint = explain_syntax(str(error), text)
        raise _error(path, line, key, f"cannot be read as TOML: {what}", hint) from error
    return Source(path, table, text, hashlib.sha256(data).hexdigest())


def _unreadable(path: Path, why: str | None, hint: str | None) -> ConfigError:
    return ConfigError(f"{_shown(path)} cannot be read: {why}.", hint)


def _not_utf8(path: Path, data: bytes, start: int) -> ConfigError:
    """The error about the first byte that is no UTF-8."""
    line = data.count(b"\n", 0, start) + 1
    key = key_at(data.decode(errors="replace"), line)
    saved = shlex.quote(str(path))
    hint = f"Save it as UTF-8, for example: iconv -f latin1 -t utf-8 {saved}"
    return _error(path, line, key, f"is not UTF-8 (byte {data[start]:#04x})", hint)


def _error(
    path: Path, line: int | None, key: Key | None, what: str, hint: str | None
) -> ConfigError:
    """What is wrong with `key`, with file and line; without one, with what stands there."""
    name = clean(".".join(key), one_line=True) if key else "this"
    return ConfigError(f"{at(path, line)}: {name} {what}.", hint)


def at(path: Path, line: int | None) -> str:
    """File and line as messages begin with them."""
    return _shown(path) if line is None else f"{_shown(path)}, line {line}"


def _shown(path: Path) -> str:
    return clean(str(path), one_line=True)
