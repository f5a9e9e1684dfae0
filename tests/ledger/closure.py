"""Which modules of `core` one module rests on, read from the import lines alone."""

import ast
from pathlib import Path


def rests_on(root: Path, module: str) -> set[str]:
    """Paths below `root` (the package) of `module` and of all modules of `core` it imports."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or not (root / name).is_file():
            continue
        found.add(name)
        for node in ast.walk(ast.parse((root / name).read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("agentmux.core"):
                parts = (node.module or "").split(".")[2:]
                names = parts or [alias.name for alias in node.names]
                waiting += [f"core/{one}.py" for one in names]
    return found
