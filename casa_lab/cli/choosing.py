"""Which run or cluster a command is about, as its command line names it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from casa_lab.errors import BadInput, NotFound


def add_run_command(commands: Any, name: str, **texts: str) -> argparse.ArgumentParser:
    """Add a command that is about a run.

    Parameters
    ----------
    commands
        What commands are added to.
    name
        Name of the command.
    **texts
        Its ``help`` and ``description``.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, **texts)
    parser.add_argument(
        "run", metavar="RUN", help="its id, or as much of its end as makes it unique"
    )
    return parser


def run_of(options: argparse.Namespace) -> str:
    """Return the id of the run that a command is about."""
    from casa_lab.runs import manager

    return one_of(options.run, manager.run_ids(), "run")


def one_of(text: str, known: Sequence[str], noun: str) -> str:
    """Return the id that a text is, or is the end of.

    Parameters
    ----------
    text
        What the user typed.
    known
        All ids.
    noun
        What they are ids of.
    """
    if text in known:
        return text
    matches = [name for name in known if name.endswith(text)]
    if not matches:
        lists = "' and '".join(f"casa-lab {each}s" for each in noun.split(" or "))
        raise NotFound(
            f"There is no {noun} '{text}'. '{lists}' {'list' if ' or ' in noun else 'lists'} "
            "what there is."
        )
    if len(matches) > 1:
        raise BadInput(f"'{text}' could be any of {', '.join(matches)}.")
    return matches[0]
