"""The wheel, as `pip install .` makes it: themes inside, and the command works on its own."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest


def run(*argv: str | Path, cwd: Path) -> str:
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def environment(root: Path, tmp_path: Path) -> Path:
    """An environment with our wheel; the dependencies come from the one that runs the tests."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=root)
    (wheel,) = tmp_path.glob("agentmux-*.whl")
    made = tmp_path / "environment"
    run(sys.executable, "-m", "venv", made, cwd=tmp_path)
    install = ("-m", "pip", "install", "--no-deps", "--no-index", wheel)
    run(made / "bin/python", *install, cwd=tmp_path)
    (site,) = made.glob("lib/python3*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return made


@pytest.mark.timeout(120)
def test_an_installed_agentmux_works(environment: Path, root: Path, tmp_path: Path) -> None:
    (package,) = environment.glob("lib/python3*/site-packages/agentmux")
    themes = {path.name for path in (root / "themes").glob("*.toml")}
    assert {path.name for path in (package / "_themes").iterdir()} == themes

    said = run(
        environment / "bin/python", "-c", "import agentmux as a; print(a.__file__)", cwd=tmp_path
    )
    assert said == f"{package / '__init__.py'}\n"

    program = environment / "bin/agentmux"
    assert run(program, "--version", cwd=tmp_path).startswith("agentmux ")
    assert '"sessions": []' in run(program, "ls", "--json", cwd=tmp_path)
    listed = run(program, "themes", cwd=tmp_path)
    assert all(name.removesuffix(".toml") in listed for name in themes)
