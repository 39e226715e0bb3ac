"""Parses the command line, and turns errors into sentences and exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from casa_lab.errors import BadInput, CasaError, NotFound, TooLarge

from . import demo, dry_run, export, failures, history, listing, run
from .codes import BAD_INPUT, FAILED, INTERRUPTED

_EPILOG = """\
exit codes:
  0    done
  1    failed, or done with failures
  2    bad input; nothing was started
  130  stopped; what was processed is kept
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, and exit."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code.

    Parameters
    ----------
    arguments
        The command line without the program's name; ``sys.argv`` by default.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.execute(options)
        sys.stdout.flush()
    except (BadInput, NotFound, TooLarge) as error:
        print(f"casa-lab: {error}", file=sys.stderr)
        return BAD_INPUT
    except CasaError as error:
        print(f"casa-lab: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output (`casa-lab runs | head`) has enough of it. What
        # is still buffered must not raise again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    from casa_lab import __version__

    parser = Parser(
        prog="casa-lab",
        description="A particle-physics analysis facility: datasets, clusters and live runs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"casa-lab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        run.add_command,
        dry_run.add_command,
        demo.add_command,
        history.add_runs,
        history.add_label,
        history.add_rerun,
        export.add_command,
        history.add_export,
        history.add_import,
        failures.add_failures,
        failures.add_retry,
        failures.add_accept,
        listing.add_clusters,
        listing.add_stop,
    ):
        add(commands)
    return parser
