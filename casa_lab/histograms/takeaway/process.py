"""Makes one file and ends: ``python -m casa_lab.histograms.takeaway.process``.

A process of its own, so that matplotlib, hist and uproot stay out of the server, and one
that takes too long or too much memory can be given up. It reads a
:class:`~casa_lab.histograms.takeaway.jobs.Job` from standard input and writes the file to
standard output. A sentence for the user goes to standard error, and then it exits with 2 for
what makes no sense, with 3 for what this environment cannot do.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence

from casa_lab.errors import BadInput, CasaError, Unavailable

from .jobs import Job

TIME_LIMIT = 120.0
"""Seconds that a file may take, the start of Python included."""

MEMORY_LIMIT = 8 * 1024**3
"""Bytes of address space."""

BAD_INPUT, UNAVAILABLE = 2, 3


def make_file_apart(
    job: Job,
    seconds: float | None = TIME_LIMIT,
    command: Sequence[str] = (sys.executable, "-m", "casa_lab.histograms.takeaway.process"),
) -> bytes:
    """Return the contents of a file, made in a process of its own.

    Parameters
    ----------
    job
        What is to be in it.
    seconds
        How long that may take; ``None`` for as long as it takes.
    command
        How to start the process.

    Raises
    ------
    BadInput
        When the format cannot hold what was chosen.
    Unavailable
        When this environment lacks a package, or it took too long.
    """
    try:
        done = subprocess.run(
            list(command),
            input=job.model_dump_json().encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "MPLBACKEND": "agg"},
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"The file was not ready after {seconds:g} s. Choose fewer histograms at once."
        ) from None
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    sentence = lines[-1] if lines else f"The process ended with status {done.returncode}."
    if done.returncode == BAD_INPUT:
        raise BadInput(sentence)
    if done.returncode == UNAVAILABLE:
        raise Unavailable(sentence)
    raise Unavailable(f"The file could not be made: {sentence}")


def main() -> None:
    """Make the file that standard input asks for."""
    # What libraries print must not get into the file.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or hard > MEMORY_LIMIT:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))
        try:
            from .files import make_file

            output.write(make_file(Job.model_validate_json(sys.stdin.buffer.read())))
        except CasaError as error:
            print(error, file=sys.stderr)
            sys.exit(UNAVAILABLE if isinstance(error, Unavailable) else BAD_INPUT)


if __name__ == "__main__":
    main()
