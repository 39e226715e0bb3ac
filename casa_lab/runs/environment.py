"""What a run is made with: versions of packages, here and elsewhere, and of the user's code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from threading import Timer

PACKAGES: Mapping[str, str] = {
    "casa-lab": "casa_lab",
    "coffea": "coffea",
    "awkward": "awkward",
    "uproot": "uproot",
    "hist": "hist",
    "numpy": "numpy",
    "dask": "dask",
    "distributed": "distributed",
    "cloudpickle": "cloudpickle",
    "lz4": "lz4",
}
"""Packages whose versions can change a result or break a run, with what they are imported as."""

DIFF_BYTES = 300_000
"""How much of what was not committed is kept with a run."""

GIT_SECONDS = 5.0
"""How long git may take: on a slow file system a launch does not wait for it."""

UNKNOWN = "of unknown version"
"""Stands for the version of what can be imported and does not say which one it is."""

PROBE_SECONDS = 20.0
"""How long another interpreter may take to tell its versions."""

_ASK = "import json, sys; print(json.dumps(eval(sys.argv[1], json.loads(sys.argv[2]))))"

PROBE = """
(lambda find, metadata: {
    "python": __import__("platform").python_version(),
    **{
        package: next((found.version for found in metadata.distributions(name=package)), unknown)
        for package, module in packages.items()
        if find(module) is not None
    },
})(__import__("importlib.util").util.find_spec, __import__("importlib.metadata").metadata)
"""
"""Expression for the versions of Python and of ``packages``, without those that are missing.

Source, because pickled code is read by the Python that wrote it alone, and a
function of Casa's only where Casa is installed: both are to be found out.
"""


def probe(packages: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of Python and packages in this process."""
    return _probe(tuple(packages.items())).copy()


@lru_cache
def _probe(packages: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = eval(PROBE, probe_variables(dict(packages)))
    return found


def probe_variables(packages: Mapping[str, str]) -> dict[str, object]:
    """Return the variables that :data:`PROBE` needs."""
    return {"packages": dict(packages), "unknown": UNKNOWN}


def package_versions(python: str = sys.executable) -> dict[str, str]:
    """Return the versions of Python and of the packages that matter.

    Parameters
    ----------
    python
        Interpreter that a run takes; it takes this one where that is not to be had.
    """
    found = probe(PACKAGES) if python == sys.executable else _probe_elsewhere(python)
    return {name: version for name, version in found.items() if version != UNKNOWN}


def _probe_elsewhere(python: str) -> dict[str, str]:
    variables = json.dumps(probe_variables(PACKAGES))
    try:
        done = subprocess.run(
            [python, "-c", _ASK, PROBE, variables],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=True,
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return probe(PACKAGES)
    return {str(name): str(version) for name, version in found.items()}


def packages_of(modules: frozenset[str]) -> dict[str, str]:
    """Return the packages that modules belong to, with the modules, on top of :data:`PACKAGES`."""
    packages = dict(PACKAGES)
    for module in sorted(modules.difference(PACKAGES.values())):
        packages[_package_of(module)] = module
    return packages


@lru_cache
def _package_of(module: str) -> str:
    if any(True for _ in distributions(name=module)):
        return module
    # It takes half a second, so only for the few that are called otherwise.
    return next(iter(packages_distributions().get(module, ())), module)


@dataclass(frozen=True)
class Difference:
    """A package that is not the same in two places.

    Attributes
    ----------
    package
        Its name, or ``python``.
    expected, found
        Versions; ``found`` is ``None`` where it is missing.
    """

    package: str
    expected: str
    found: str | None

    @property
    def matters(self) -> bool:
        """Whether it may change results or break the run: more than a bug-fix release."""
        return self.found is None or _release(self.expected) != _release(self.found)

    def __str__(self) -> str:
        name = "Python" if self.package == "python" else self.package
        found = f"no {name}" if self.found is None else f"{name} {self.found}"
        return found if self.expected == UNKNOWN else f"{found} instead of {self.expected}"


def compare(expected: Mapping[str, str], found: Mapping[str, str]) -> list[Difference]:
    """Return how what was found differs from what is expected.

    Parameters
    ----------
    expected
        Versions in the driver. What it does not have itself is not compared.
    found
        Versions elsewhere.
    """
    return [
        Difference(package, version, found.get(package))
        for package, version in expected.items()
        if found.get(package) != version
        and not (package in found and UNKNOWN in (version, found[package]))
    ]


@dataclass(frozen=True)
class Requirement:
    """What a run expects of the processes that work for it.

    Attributes
    ----------
    packages
        The packages that are compared, with what they are imported as.
    versions
        Their versions in the driver; those that it lacks itself are left out.
    """

    packages: Mapping[str, str]
    versions: Mapping[str, str]

    @classmethod
    def of_this_process(cls, modules: frozenset[str]) -> Requirement:
        """Require what is here, of Casa's packages and of those that modules belong to."""
        packages = packages_of(modules)
        return cls(packages, probe(packages))

    def unmet_here(self) -> list[Difference]:
        """Return the differences of this process that matter."""
        differences = compare(self.versions, probe(self.packages))
        return [difference for difference in differences if difference.matters]


def _release(version: str) -> list[str]:
    return re.findall(r"\d+", version)[:2]


def git_diff(directory: Path) -> str:
    """Return what differs from the last commit in a directory; empty where nothing does.

    It is cut off behind :data:`DIFF_BYTES`.
    """
    command = [
        "git",
        "-C",
        str(directory),
        "diff",
        "HEAD",
        "--no-color",
        "--no-ext-diff",
        "--",
        ".",
    ]
    try:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            timer = Timer(GIT_SECONDS, process.kill)
            timer.start()
            try:
                data = process.stdout.read(DIFF_BYTES)
            finally:
                timer.cancel()
                process.kill()
    except OSError:
        return ""
    return data.decode(errors="replace")


def git_describe(directory: Path) -> str | None:
    """Return the revision of the code in a directory, ``-dirty`` when it was changed."""
    command = ["git", "-C", str(directory), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
