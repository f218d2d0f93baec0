"""
The same deals on two workers of Dask: bit for bit those of one process.

Any `concurrent.futures.Executor` will do; on a cluster, give the address of its scheduler to
`Client`. Needs ``pip install "salesflow[fast]" distributed``.
"""

from __future__ import annotations

from distributed import Client

import salesflow as sf
from salesflow.simulation import summarize

DEALS = 400


def main() -> None:
    """Run the deals here and on the workers, and hold the figures against each other."""
    process = sf.load_process("six-step")
    alone = summarize(process, DEALS, seed=1, fast=False)
    # No dashboard, so that no port is taken.
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        # `workers` says into how many parts the deals are cut at least.
        together = summarize(
            process, DEALS, seed=1, fast=False, workers=4, executor=client.get_executor()
        )
        workers = len(client.scheduler_info()["workers"])
    print(f"{workers} workers, {together.opened} deals, {together.won} won")
    print("equal to one process:", alone == together)


if __name__ == "__main__":
    main()
