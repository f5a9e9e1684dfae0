"""The checkout, and a copy of the package to plant violations in."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A copy of package and pyproject.toml that a test may spoil."""
    leave_out = shutil.ignore_patterns("__pycache__", "*_cache")
    shutil.copytree(ROOT / "agentmux", tmp_path / "agentmux", ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path
