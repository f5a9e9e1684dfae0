"""Reading one file: only a plain one, only what is safe, and with the line of every mistake."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.config.source import (
    MOST_BYTES,
    Source,
    load_own,
    load_repository,
    parse_source,
)
from agentmux.errors import ConfigError
from tests.support.modes import modes_apply

LOADERS = [load_own, load_repository]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("load", LOADERS)
def test_a_file_is_read_with_its_hash(load: Callable[[Path], Source | None], path: Path) -> None:
    source = load(write(path, 'theme = "x"\n'))
    assert source is not None
    assert source.table == {"theme": "x"}
    assert source.sha256 == hashlib.sha256(b'theme = "x"\n').hexdigest()


@pytest.mark.parametrize("load", LOADERS)
def test_no_file_is_none(load: Callable[[Path], Source | None], path: Path) -> None:
    assert load(path) is None
    assert load(write(path, "") / "below") is None


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_plain_file_is_refused_and_never_waited_for(
    load: Callable[[Path], Source | None], kind: str, path: Path
) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    target = Path("/dev/zero") if kind == "device" else path
    with pytest.raises(ConfigError, match="is not a regular file") as raised:
        load(target)
    assert raised.value.hint == "Put a plain file in its place, or remove it."


def test_a_link_is_followed_for_the_person_and_never_in_a_repository(path: Path) -> None:
    target = write(path.with_name("dotfile.toml"), 'theme = "x"')
    path.symlink_to(target)
    own = load_own(path)
    assert own is not None and own.table == {"theme": "x"}
    with pytest.raises(ConfigError, match="it is a link"):
        load_repository(path)


@pytest.mark.parametrize("load", LOADERS)
def test_a_giant_file_is_refused(load: Callable[[Path], Source | None], path: Path) -> None:
    most = "#" * (MOST_BYTES - 1) + "\n"
    assert load(write(path, most)) is not None
    with pytest.raises(ConfigError, match=f"larger than {MOST_BYTES} bytes"):
        load(write(path, most + "#"))


def test_a_file_that_may_not_be_read_is_one_sentence(path: Path) -> None:
    write(path, "", mode=0o000)
    with (
        modes_apply(),
        pytest.raises(ConfigError, match="cannot be read: Permission denied") as raised,
    ):
        load_own(path)
    assert raised.value.hint == f"chmod u+r {path}"


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_an_own_file_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    write(path, "", mode=mode)
    with pytest.raises(ConfigError, match="may be written by others") as raised:
        load_own(path)
    assert raised.value.hint == f"chmod go-w {path}"
    assert load_repository(path) is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_an_own_file_of_another_user_is_refused(path: Path) -> None:
    os.chown(write(path, ""), 12345, -1)
    with pytest.raises(ConfigError, match="belongs to another user"):
        load_own(path)


def test_what_is_not_toml_is_told_with_line_key_and_hint() -> None:
    with pytest.raises(ConfigError) as raised:
        parse_source(Path("/x/config.toml"), b"[panes]\nsyze = 120x40\n")
    told = "/x/config.toml, line 2: panes.syze cannot be read as TOML: "
    assert raised.value.message.startswith(told)
    assert raised.value.hint == 'A text stands in quotes: "120x40". Did you mean panes.size?'


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'a = 1\nb = "\xff"\n', "config.toml, line 2: b is not UTF-8 (byte 0xff)."),
        (b"\xfftheme", "config.toml, line 1: this is not UTF-8 (byte 0xff)."),
        (b"a = " + b"[" * 50_000, "config.toml: its tables are nested too deeply."),
        (b"a = " + b"1" * 5_000, "config.toml: this cannot be read as TOML: Exceeds the limit"),
    ],
    ids=["bytes", "no key", "depth", "digits"],
)
def test_hostile_content_is_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_source(Path("config.toml"), data)
    assert raised.value.message.startswith(told)
    assert raised.value.message.isprintable()
    assert raised.value.hint


def test_nothing_in_a_message_reaches_the_terminal_raw(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"a\x1b[31m\xff")
    folder.mkdir()
    with pytest.raises(ConfigError) as raised:
        load_repository(write(folder / "x.toml", '"\\u001b[0m\n" = 1\n'))
    assert raised.value.message.isprintable()
    error = Source(Path("x"), {}, "", "").error(("a\x1b",), "is wrong")
    assert error.message == "x: a\\x1b is wrong."
