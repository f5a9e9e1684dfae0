"""What a person may set: files and environment in, one frozen `Config` out.

`settings` is the list of settings with their defaults, `values` says what TOML each accepts,
`source` reads one file warily, `lines` and `syntax` say where and how it is wrong, and `load` puts
the layers together and holds back what a repository may not decide alone. A `Config` is built once
and passed on; nothing reads settings from anywhere else.
"""

from agentmux.config.load import Explained, Loaded, Untrusted, load_config
from agentmux.config.settings import Budget, Config, Hooks, Panes, Price, Profile, Worktree

__all__ = [
    "Budget",
    "Config",
    "Explained",
    "Hooks",
    "Loaded",
    "Panes",
    "Price",
    "Profile",
    "Untrusted",
    "Worktree",
    "load_config",
]
