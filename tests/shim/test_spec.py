"""The spec file: read once, and refused with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from agentmux.shim.spec import SpecError, load_spec

GOOD: dict[str, Any] = {
    "argv": ["sh", "-c", "true"],
    "cwd": "/",
    "env": {"PATH": "/bin", "TMUX": "x", "TMUX_PANE": "%1", "ODD": "\udcff"},
    "spool": "/s",
    "modes": "/m",
    "terminal": "/t",
}


def write(path: Path, fields: Any) -> str:
    path.write_text(json.dumps(fields))
    return str(path)


def test_a_spec_is_read_and_unlinked(tmp_path: Path) -> None:
    path = tmp_path / "spec"
    spec = load_spec(write(path, GOOD | {"quiet_s": 1}))

    assert spec.argv == ["sh", "-c", "true"]
    assert spec.env == {"PATH": "/bin", "ODD": "\udcff"}
    assert (spec.quiet_s, spec.grace_s, spec.oom_score) == (1.0, 5.0, 500)
    assert not path.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "no JSON object"),
        (GOOD | {"argv": []}, "'argv'"),
        (GOOD | {"argv": ["a", 1]}, "'argv'"),
        (GOOD | {"cwd": ""}, "'cwd'"),
        (GOOD | {"env": {"A": 1}}, "'env'"),
        (GOOD | {"spool": None}, "'spool'"),
        (GOOD | {"quiet_s": "2"}, "'quiet_s'"),
        (GOOD | {"grace_s": -1}, "'grace_s'"),
    ],
)
def test_a_wrong_spec_is_refused_and_gone(tmp_path: Path, fields: Any, message: str) -> None:
    path = tmp_path / "spec"
    with pytest.raises(SpecError, match=message):
        load_spec(write(path, fields))

    assert not path.exists()


def test_a_spec_starts_its_agent_once(tmp_path: Path) -> None:
    path = write(tmp_path / "spec", GOOD)
    load_spec(path)
    with pytest.raises(SpecError, match="starts its agent once"):
        load_spec(path)


def test_what_is_no_json_or_a_link_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff{")
    with pytest.raises(SpecError, match="not JSON"):
        load_spec(str(broken))
    target = tmp_path / "target"
    write(target, GOOD)
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(str(tmp_path / "link"))
    assert target.exists()
