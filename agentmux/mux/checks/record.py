"""What agentmux keeps and reads: folders, ledger, configuration, trust."""

import os
import shlex
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from agentmux.ledger.store import Ledger
from agentmux.mux.checks.check import Check, Subject
from agentmux.mux.surroundings import load_for, untrusted_programs
from agentmux.paths import is_writable, make_private

KIB = 1 << 10


def check_folders(subject: Subject) -> Iterator[Check]:
    """Ours, closed to others, and writable."""
    where = subject.places
    folders = {"data": where.data, "state": where.state, "runtime": where.runtime}
    found = [(name, check) for name, path in folders.items() if (check := _fault(name, path))]
    yield from (check for _, check in found)
    if not found:
        home = where.home or where.state
        yield Check("folders", "ok", f"The folders below {home} are yours alone and writable.")


def _fault(name: str, folder: Path) -> Check | None:
    """What is wrong with a folder, or with the one it is to be made in."""
    quoted = shlex.quote(str(folder))
    there = next(path for path in (folder, *folder.parents) if path.exists())
    seen = there.stat()
    if there == folder and seen.st_uid != os.geteuid():
        message = f"The {name} folder {folder} belongs to another user."
        return Check(f"folders.{name}", "fail", message, f"sudo chown -R $(id -un) {quoted}")
    if not is_writable(there):
        message = f"The {name} folder {folder} cannot be written: {there} is read-only for you."
        fix = f"chmod u+rwx {shlex.quote(str(there))}"
        return Check(f"folders.{name}", "fail", message, fix)
    if there == folder and stat.S_IMODE(seen.st_mode) & 0o077:
        message = f"Others may look into the {name} folder {folder}."
        fix = f"chmod 700 {quoted}"
        return Check(f"folders.{name}", "warn", message, fix, _close(folder))
    return None


def _close(folder: Path) -> Callable[[], str]:
    def close() -> str:
        make_private(folder)
        return f"closed {folder} to others"

    return close


def check_runtime(subject: Subject) -> Iterator[Check]:
    """Which folder holds the socket, and why it is not the expected one."""
    where = subject.places
    message = f"Sockets are in {where.runtime}"
    if where.too_long is not None:
        message += f", for {where.too_long} would make the socket's path too long"
    yield Check("runtime", "ok", f"{message}.")


def check_ledger(subject: Subject) -> Iterator[Check]:
    """Every row read and held against its chain; and whether the disk was full."""
    path = subject.places.ledger
    if not path.exists():
        yield Check("ledger", "ok", "There is no ledger yet; the first session begins it.")
        return
    with Ledger.open(path, create=False, read_only=True) as ledger:
        damage = ledger.verify()
        spent = ledger.reserve_spent
    if damage:
        more = f", and {len(damage) - 1} more" if len(damage) > 1 else ""
        message = f"The ledger {path} is damaged: {damage[0].message}{more}."
        quoted = shlex.quote(str(path))
        yield Check("ledger", "fail", message, f"agentmux down --all; mv {quoted} {quoted}.damaged")
    else:
        size = path.stat().st_size // KIB
        yield Check("ledger", "ok", f"The ledger {path} is whole ({size} KiB).")
    if spent:
        message = "The disk was full, and the ledger's reserve is given up: `new` is refused."
        fix = f"df -h {shlex.quote(str(path.parent))}"
        yield Check("ledger.reserve", "fail", message, fix)


def check_configuration(subject: Subject) -> Iterator[Check]:
    """Whether every file can be used (a ConfigError becomes the failed check) and is trusted."""
    loaded = load_for(subject.places, subject.fleet, subject.repo, subject.folder, subject.env)
    files = ", ".join(map(str, loaded.files)) or "no file, all settings are built in"
    yield Check("config", "ok", f"The configuration is in order: {files}.")
    programs = untrusted_programs(subject.fleet, subject.repo) if subject.repo else ()
    for file in (*loaded.untrusted, *programs):
        message = f"{file.path} is not trusted: {', '.join(file.keys)} are not used."
        yield Check("config.trust", "warn", message, "agentmux trust")
