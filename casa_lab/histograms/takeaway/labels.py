"""Labels that matplotlib can draw, whatever an analyst or a file called something."""

from __future__ import annotations

import re

LONGEST = 60
"""Characters of a name in a picture; the rest is left out."""

LONGEST_TEX = 240
"""The same, where a name has TeX in it, which cannot be cut anywhere."""

_PLAIN_COMMANDS = re.compile(
    r"\\(alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|"
    r"xi|pi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|"
    r"Upsilon|Phi|Psi|Omega|pm|mp|times|cdot|to|rightarrow|leftarrow|Rightarrow|ell|infty|sim|"
    r"approx|equiv|neq|leq|geq|ll|gg|in|sum|int|prod|partial|nabla|ldots|cdots|circ|perp|parallel|"
    r"ast|star|dagger|prime|langle|rangle|mid|hbar|Re|Im|sin|cos|tan|log|ln|exp|min|max|[,;:!%])"
)
_COMMANDS_OF_A_GROUP = re.compile(
    r"\\(mathrm|mathit|mathbf|mathcal|mathsf|text|bar|overline|hat|vec|tilde|dot|sqrt)"
)
_SPACES = frozenset({r"\,", r"\;", r"\:", r"\!"})
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\[,;:!%]|[{}^_]|[a-zA-Z0-9 .,;:!?+\-*/=<>()\[\]|]")


def drawable(label: str) -> str:
    """Return a label for matplotlib: TeX where it is sound, else as typed, in one line.

    Matplotlib refuses a whole picture for one label with a mistake in its
    TeX, so that only what certainly works is left to it.
    """
    text = " ".join(label.split())
    parts = text.split("$")
    if (
        len(parts) > 1
        and len(parts) % 2
        and len(text) <= LONGEST_TEX
        and all(is_sound(part) for part in parts[1::2])
    ):
        return text
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    # A leading underscore would keep a name out of legends.
    if text.startswith("_"):
        text = "\N{ZERO WIDTH SPACE}" + text
    return text.replace("$", r"\$")


def quoted(text: str) -> str:
    """Return text as Python writes it, in double quotes where it can."""
    written = repr(text)
    return written if '"' in written else f'"{written[1:-1]}"'


def is_sound(tex: str) -> bool:
    r"""Say whether TeX between dollar signs is of the plain kind that labels use.

    Examples
    --------
    >>> is_sound(r"m_{\mu\mu}"), is_sound("p_"), is_sound("a_b_c"), is_sound(r"\input{x}")
    (True, False, False, False)
    """
    tokens = _TOKEN.findall(tex)
    if not tex.strip() or "".join(tokens) != tex:
        return False
    reader = _Reader([token for token in tokens if token != " "])
    return reader.sequence() and not reader.left


class _Reader:
    """Reads tokens of TeX as matplotlib would."""

    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens[::-1]

    def sequence(self) -> bool:
        """Read up to a closing brace or the end; at least one thing with its scripts."""
        found = False
        while self.left and self.left[-1] != "}":
            if not self._atom():
                return False
            scripts: set[str] = set()
            while self.left and self.left[-1] in "^_":
                script = self.left.pop()
                if script in scripts or not self.left or self.left[-1] in _SPACES:
                    return False
                if not self._atom():
                    return False
                scripts.add(script)
            found = True
        return found

    def _atom(self) -> bool:
        if not self.left:
            return False
        token = self.left.pop()
        if token == "{":
            return self.sequence() and bool(self.left) and self.left.pop() == "}"
        if token in ("}", "^", "_"):
            return False
        if _COMMANDS_OF_A_GROUP.fullmatch(token):
            return bool(self.left) and self.left[-1] == "{" and self._atom()
        return not token.startswith("\\") or _PLAIN_COMMANDS.fullmatch(token) is not None
