"""What stands in the repository: nothing of one machine, and a lock that fits pyproject.toml."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Written in pieces, so that this file does not name them either.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"(?<![\w.])/wor" + r"k/",
            r"\.\./shar" + r"ed\b",
            r"pypi\." + r"org",
            r"files\.pythonho" + r"sted",
            r"registry\.np" + r"mjs",
            r"deb\.deb" + r"ian",
            r"/roo" + r"t/",
        ]
    )
)
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.M
)


def foreign_words(text: str) -> list[str]:
    """Paths of one machine and addresses of registries in `text`."""
    return FORBIDDEN.findall(text)


def lock_faults(pyproject: str, lock: str) -> list[str]:
    """Where `lock` does not carry out what `pyproject` asks, one line each."""
    project = tomllib.loads(pyproject)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    pins = {canonicalize_name(found["name"]): found for found in PIN.finditer(lock)}
    faults = [f"{name} has no hash" for name, pin in pins.items() if "--hash=" not in pin["rest"]]
    for requirement in map(Requirement, wanted):
        found = pins.get(canonicalize_name(requirement.name))
        if found is None or not requirement.specifier.contains(found["version"]):
            faults.append(f"{requirement} is not met")
    if "://" in lock:
        faults.append("an address")
    return faults


def test_no_file_names_this_machine_or_a_registry(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    )
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            text = (root / name).read_text(errors="replace")
            found += [f"{name}: {word}" for word in foreign_words(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "cd /wor" + "k/main",
        "see ../shar" + "ed/design",
        "--index-url https://pypi." + "org/simple",
        "open('/roo" + "t/.config')",
    ],
)
def test_a_planted_foreign_word_is_seen(text: str) -> None:
    assert len(foreign_words(text)) == 1


def test_the_lock_carries_out_pyproject(root: Path) -> None:
    pyproject = (root / "pyproject.toml").read_text()
    assert lock_faults(pyproject, (root / "requirements.lock").read_text()) == []


PYPROJECT = """
[project]
dependencies = ["rich>=15,<16"]
[dependency-groups]
dev = ["pytest>=9"]
"""
LOCK = "rich==15.0.0 \\\n    --hash=sha256:00\npytest==9.2.0 \\\n    --hash=sha256:00\n"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("rich==15.0.0", "rich==16.0.0", "rich<16,>=15 is not met"),
        ("pytest==9.2.0", "pytezt==9.2.0", "pytest>=9 is not met"),
        ("9.2.0 \\\n    --hash=sha256:00", "9.2.0", "pytest has no hash"),
        ("rich==", "--index-url https://x.invalid\nrich==", "an address"),
    ],
)
def test_a_planted_fault_in_the_lock_is_seen(old: str, new: str, fault: str) -> None:
    assert lock_faults(PYPROJECT, LOCK) == []
    assert old in LOCK
    assert lock_faults(PYPROJECT, LOCK.replace(old, new)) == [fault]
