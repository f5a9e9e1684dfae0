"""How much room a checkout takes, told from the tree alone."""

from agentmux.git.repo import Repo
from agentmux.git.run import look


def checkout_bytes(repo: Repo) -> int:
    """Bytes of all files of HEAD as git stores their content; 0 while HEAD has no commit."""
    listed = look(repo.git_dir, "ls-tree", "-r", "-l", "-z", "HEAD", ok=(0, 128))
    return sum(_size(line) for line in listed.split(b"\0") if line)


def _size(line: bytes) -> int:
    """The fourth column, a dash for a submodule."""
    size = line.split(maxsplit=4)[3]
    return int(size) if size.isdigit() else 0
