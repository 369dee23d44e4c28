"""A PostgreSQL cluster to be copied into homes: a copy costs a fifth of what its making does."""

import subprocess
from pathlib import Path

from attrs import evolve

from boocode.adapters.postgres.cluster import Cluster
from boocode.adapters.processes.spawn import full_command


def make_cluster(home: Path) -> None:
    """A fresh one, as a first start leaves it before its server runs."""
    cluster = Cluster(home)
    initdb = cluster.prepare()
    assert initdb is not None
    command = full_command(evolve(initdb, command=(*initdb.command, "--no-sync")))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=initdb.env)
    cluster.initialised()
    cluster.release()


def copy_cluster(made: Path, home: Path) -> None:
    """From one home to another, which has none."""
    subprocess.run(["cp", "-a", str(made / "postgres"), str(home)], check=True)
