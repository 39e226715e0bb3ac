"""``casa-lab clusters`` and ``stop``: which clusters there are, and ending what goes on."""

from __future__ import annotations

import argparse
from typing import Any

from casa_lab.wording import age

from .choosing import one_of
from .codes import DONE
from .tables import print_table


def add_clusters(commands: Any) -> None:
    """Add ``clusters`` to the command line."""
    parser = commands.add_parser("clusters", help="list the clusters, newest first")
    parser.set_defaults(execute=list_clusters)


def add_stop(commands: Any) -> None:
    """Add ``stop`` to the command line."""
    parser = commands.add_parser(
        "stop",
        help="stop a run or a cluster",
        description="Stop a run, which keeps what it has processed, or a cluster.",
    )
    parser.add_argument("id", metavar="ID", help="the id, or as much of its end as makes it unique")
    parser.set_defaults(execute=stop)


def list_clusters(_: argparse.Namespace) -> int:
    """Print the clusters."""
    from casa_lab.clusters import manager

    rows = [
        (
            cluster.id,
            cluster.title,
            cluster.state,
            f"{len(cluster.workers)} of {cluster.desired_workers}",
            age(cluster.created),
        )
        for cluster in manager.list_clusters()
    ]
    if rows:
        print_table(("Id", "Profile", "State", "Workers", "Started"), rows)
    else:
        print("No clusters.")
    return DONE


def stop(options: argparse.Namespace) -> int:
    """Stop the run or cluster of an id."""
    from casa_lab.clusters import manager as clusters
    from casa_lab.clusters.states import ENDED_STATES
    from casa_lab.runs import manager as runs
    from casa_lab.runs.states import ENDED

    found_runs = runs.run_ids()
    found_clusters = {cluster.id: cluster for cluster in clusters.list_clusters()}
    chosen = one_of(options.id, [*found_runs, *found_clusters], "run or cluster")
    if chosen in found_runs:
        run = runs.get(chosen)
        if run.state in ENDED:
            print(f"The run {run.id} is {run.state} already.")
        else:
            runs.stop(run.id)
            print(f"The run {run.id} is stopping; what it has processed is kept.")
    else:
        cluster = found_clusters[chosen]
        if cluster.state in ENDED_STATES:
            print(f"The cluster {cluster.id} is {cluster.state} already.")
        else:
            clusters.stop(cluster.id)
            print(f"The cluster {cluster.id} is stopping.")
    return DONE
