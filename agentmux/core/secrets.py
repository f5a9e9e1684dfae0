"""Secrets in text from outside are blotted out before it is kept or exported.

First the values that are known to be secret, then whatever looks like a token of a known kind.
A pattern can miss and can hit too much; it protects the record, it does not make it public.
"""

import re
from collections.abc import Collection, Mapping

BLOT = "[secret]"
SHORTEST = 8
"""Shorter values are words, not secrets: blotting them out would make text unreadable."""

_NAMES = re.compile(
    r"(?i)(token|secret|passw|passphrase|_pass$|_pwd$|api_?key|credential|private_?key"
    r"|auth(?!or(_|ity|$)|_sock))"  # an author, .Xauthority and the agent's socket are no secrets
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic; no "task-force-of-nineteen"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
    r"|glpat-[A-Za-z0-9_-]{16,}"
    r"|AKIA[0-9A-Z]{16}"
    r"|AIza[0-9A-Za-z_-]{30,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # JSON web token
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of an address
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]{1,8192}?-----END [A-Z ]*PRIVATE KEY-----)?"
)


def secret_values(env: Mapping[str, str]) -> frozenset[str]:
    """Values of the variables whose names say that they are secret."""
    return frozenset(v for k, v in env.items() if _NAMES.search(k) and len(v) >= SHORTEST)


def redact(text: str, known: Collection[str] = ()) -> str:
    """`text` with every known secret value and everything shaped like a token blotted out."""
    patterns = [_TOKEN, *(re.compile(re.escape(value)) for value in known if value)]
    parts, end = [], 0
    # Found in the text as it came: what one hit leaves of another would be readable.
    for first, last in sorted(hit.span() for pattern in patterns for hit in pattern.finditer(text)):
        if first >= end:
            parts += [text[end:first], BLOT]
        end = max(end, last)
    return "".join([*parts, text[end:]])
