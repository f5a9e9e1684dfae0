"""The layers of configuration, laid over one another: who decides what, and who may not.

From the lowest: built-in defaults, the person's `config.toml`, the repository's `.agentmux.toml`
from its root down to the current folder, its `.agentmux.local.toml` likewise, the environment.
What in a repository's file starts a program, sets the environment or leads out of the tree counts
only once the person trusts exactly that content; the rest counts at once.
"""

import difflib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from agentmux.config.lines import line_of
from agentmux.config.settings import Config
from agentmux.config.source import Source, at, load_own, load_repository
from agentmux.config.values import (
    Key,
    UnknownKey,
    WrongValue,
    build,
    flatten,
    nearest_key,
    settings_of,
)
from agentmux.core.text import clean
from agentmux.errors import ConfigError, NotFound
from agentmux.paths import Places

REPOSITORY_FILES = (".agentmux.toml", ".agentmux.local.toml")
"""Shared with everyone, and private to this checkout; the second wins."""
NEED_TRUST: tuple[Key, ...] = (
    ("hooks",), ("profiles",), ("worktree", "root"), ("budget",), ("prices",),
)  # fmt: skip
"""What a repository may not decide by itself."""
BUILT_IN = "built-in"
EXAMPLES = {
    "a string": '"..."',
    "a list of strings": '["...", "..."]',
    "a number": "2.5",
    "a number of 0 or more": "2.5",
}
"""What is wanted → how it is written, for settings that are unset at first."""


@dataclass(frozen=True)
class Untrusted:
    """A repository's file of which a part is held back."""

    path: Path
    sha256: str
    """What to trust, should the person agree."""
    keys: tuple[str, ...]
    """The settings held back, `hooks.setup`."""
    text: str
    """The content that has this hash, uncleaned: what the person is to read."""


@dataclass(frozen=True)
class Explained:
    """One setting, its value, and who decided it."""

    key: str
    value: object
    origin: str
    """A file, `AGENTMUX_THEME`, or `built-in`."""


@dataclass(frozen=True)
class Loaded:
    """The configuration for one place, and where each part of it comes from."""

    config: Config
    origins: Mapping[str, str] = field(default_factory=dict)
    """Setting → who decided it; what is not here is built in."""
    untrusted: tuple[Untrusted, ...] = ()
    files: tuple[Path, ...] = ()
    """The files that were read, lowest first."""

    def explain(self, key: str = "") -> tuple[Explained, ...]:
        """The setting `key`, or all settings below it; NotFound names the nearest one."""
        rows = tuple(
            Explained(name, value, self.origins.get(name, BUILT_IN))
            for name, value in ((dotted(k), v) for k, v in settings_of(self.config))
        )
        wanted = tuple(r for r in rows if not key or f"{r.key}.".startswith(f"{key}."))
        if not wanted:
            near = difflib.get_close_matches(key, [r.key for r in rows], 1)
            hint = f"Did you mean {near[0]}?" if near else "`agentmux config show` lists them."
            raise NotFound(f"There is no setting {key!r}.", hint)
        return wanted

    @contextmanager
    def about(self, key: Key) -> Iterator[None]:
        """Give a ConfigError about `key`, found by whom the setting is for, its file and line."""
        try:
            yield
        except ConfigError as error:
            name = dotted(key)
            deciding = (o for k, o in self.origins.items() if f"{k}.".startswith(f"{name}."))
            place = Path(next(deciding, BUILT_IN))
            if not place.is_file():
                raise
            line = line_of(place.read_text(encoding="utf-8"), key)
            raise ConfigError(f"{at(place, line)}: {error.message}", error.hint) from error


def dotted(key: Key) -> str:
    """A key as people write it: `panes.size`."""
    return ".".join(key)


def load_config(
    places: Places,
    repo_root: Path | None,
    cwd: Path | None,
    trusted: Callable[[Path, str], bool],
    env: Mapping[str, str] | None = None,
) -> Loaded:
    """The configuration for someone who stands in `cwd` of the repository at `repo_root`.

    `trusted` is asked about a repository's file and its SHA-256. ConfigError names file, line, key
    and, for a key that does not exist, the nearest one that does.
    """
    env = os.environ if env is None else env
    values: dict[Key, object] = {}
    origins: dict[str, str] = {}
    untrusted: list[Untrusted] = []
    files: list[Path] = []
    for source, is_own in _sources(places, repo_root, cwd, env):
        files.append(source.path)
        found = read_settings(source)
        held = () if is_own else tuple(key for key in found if needs_trust(key))
        if held and not trusted(source.path, source.sha256):
            keys = tuple(map(dotted, held))
            untrusted.append(Untrusted(source.path, source.sha256, keys, source.text))
            found = {key: value for key, value in found.items() if key not in held}
        values |= found
        origins |= {dotted(key): str(source.path) for key in found}
    if env.get("AGENTMUX_THEME"):
        values["theme",], origins["theme"] = env["AGENTMUX_THEME"], "AGENTMUX_THEME"
    return Loaded(build(Config, values), origins, tuple(untrusted), tuple(files))


def needs_trust(key: Key) -> bool:
    """Whether a repository needs the person's trust to decide `key`."""
    return any(key[: len(held)] == held for held in NEED_TRUST)


def read_settings(source: Source) -> dict[Key, object]:
    """The settings in a file; the first mistake raises ConfigError."""
    settings: dict[Key, object] = {}
    for key, value in flatten(Config, source.table):
        if isinstance(value, UnknownKey):
            raise _unknown(source, key)
        if isinstance(value, WrongValue):
            got = clean(json.dumps(value.value, default=_plain), one_line=True)
            got = got if len(got) <= 60 else f"{got[:57]}..."
            raise source.error(
                key, f"must be {value.wanted}, not {got}", _example(key, value.wanted)
            )
        settings[key] = value
    return settings


def _example(key: Key, wanted: str) -> str | None:
    """How the setting is written: as it is built in, or by its type."""
    if wanted == "a table":
        return f"Its settings stand below a line of its own: [{dotted(key)}]"
    value = dict(settings_of(Config())).get(key)
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        value = "x".join(map(str, value))
    written = json.dumps(value) if value not in (None, (), {}) else EXAMPLES.get(wanted)
    return f"For example: {dotted(key)} = {written}" if written else None


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _unknown(source: Source, key: Key) -> ConfigError:
    meant = dotted(nearest_key(Config, key) or key[:-1])
    return source.error(key, "is not a setting", f"Did you mean {meant}?")


def _sources(
    places: Places, repo_root: Path | None, cwd: Path | None, env: Mapping[str, str]
) -> Iterator[tuple[Source, bool]]:
    """What is there to read, lowest first, each with whether it is the person's own."""
    own = _own(places, env)
    if own is not None:
        yield own, True
    folders = [] if repo_root is None else list(_folders(repo_root, cwd))
    for name in REPOSITORY_FILES:
        for folder in folders:
            source = load_repository(folder / name)
            if source is not None:
                yield source, False


def _own(places: Places, env: Mapping[str, str]) -> Source | None:
    named = env.get("AGENTMUX_CONFIG")
    source = load_own(Path(named).absolute() if named else places.config_file)
    if named and source is None:
        shown = clean(named, one_line=True)
        raise ConfigError(
            f"AGENTMUX_CONFIG names {shown}, and there is no such file.",
            "Unset it, or name one that is there.",
        )
    return source


def _folders(root: Path, cwd: Path | None) -> Iterator[Path]:
    """From the root down to `cwd`; only the root for someone who stands elsewhere."""
    yield root
    if cwd is not None and (here := cwd.resolve()).is_relative_to(root.resolve()):
        for part in here.relative_to(root.resolve()).parts:
            root = root / part
            yield root
