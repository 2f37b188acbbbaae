"""Start and round trip of a sandboxed kernel, as ratios to a bare jupyter_client kernel.

    python tests/benchmarks/kernel.py [--rounds 15] [--cells 200] [--sandbox auto]

The sides take turns, so that both meet the same load; each figure is the median of the rounds'
ratios, with the quartiles. Both sides count from the call that launches the kernel to the output
of a first cell, in a process that has imported everything and tried the tiers already. The peer is
`jupyter_client.manager.start_new_kernel` with its stock kernelspec. `processor` is the processor
time of the kernel's process up to its second cell, which a loaded machine hardly changes. `wait`
is what a first cell takes longer than the median cell of its kernel when it comes a second after
the launch, as it does when a model is asked meanwhile; `reach` is called then, as the agent does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dynasaur.kernel.client import JupyterKernel


def ours(sandbox: str) -> tuple[JupyterKernel, float]:
    """A kernel of ours that has run a cell, and the seconds that took."""
    started = time.perf_counter()
    kernel = JupyterKernel(Path(tempfile.mkdtemp()), sandbox=sandbox)
    kernel.start()
    assert kernel.execute("1").output == "1\n"
    return kernel, time.perf_counter() - started


def theirs() -> tuple[Any, Any, float]:
    """A stock kernel that has run a cell, and the seconds that took."""
    from jupyter_client.manager import start_new_kernel

    started = time.perf_counter()
    manager, client = start_new_kernel()
    client.execute_interactive("1", output_hook=lambda _: None)
    return manager, client, time.perf_counter() - started


PROCESSOR = "import time; time.process_time()"
"""The processor time that the kernel's process has used so far."""


def processor_of(client: Any) -> float:
    """The processor time of a stock kernel."""
    heard: list[str] = []

    def hear(message: Any) -> None:
        if message["msg_type"] == "execute_result":
            heard.append(message["content"]["data"]["text/plain"])

    client.execute_interactive(PROCESSOR, output_hook=hear)
    return float(heard[0])


def end_theirs(manager: Any, client: Any) -> None:
    """End a stock kernel; killed, as ours are."""
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def seconds_of(run: Callable[[], object], times: int) -> float:
    """The median time of one run."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def show(name: str, ratios: list[float], target: str) -> None:
    """One line: median and quartiles."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"{name:<34} {middle:6.2f}  ({low:.2f} to {high:.2f})  target {target}")


def waited(options: argparse.Namespace) -> float:
    """Seconds by which a first cell, a second after the launch, is slower than the others."""
    kernel = JupyterKernel(Path(tempfile.mkdtemp()), sandbox=options.sandbox)
    kernel.start()
    kernel.reach()
    time.sleep(1.0)
    first = seconds_of(lambda: kernel.execute("1"), 1)
    rest = seconds_of(lambda: kernel.execute("1"), options.cells)
    kernel.close()
    return first - rest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--sandbox", default="auto")
    options = parser.parse_args()
    starts: list[float] = []
    trips: list[float] = []
    waits: list[float] = []
    costs: list[float] = []
    for number in range(options.rounds + 1):
        kernel, our_start = ours(options.sandbox)
        manager, client, their_start = theirs()
        cost = float(kernel.execute(PROCESSOR).output) / processor_of(client)
        mine = seconds_of(lambda kernel=kernel: kernel.execute("1"), options.cells)  # type: ignore[misc]
        stock = seconds_of(
            lambda client=client: client.execute_interactive("1", output_hook=lambda _: None),  # type: ignore[misc]
            options.cells,
        )
        kernel.close()
        end_theirs(manager, client)
        wait = waited(options)
        if number:  # the first round only warms up
            costs.append(cost)
            starts.append(our_start / their_start)
            trips.append(mine / stock)
            waits.append(wait * 1000)
    show("start to first output / stock", starts, "0.8")
    show("processor of a start / stock", costs, "0.8")
    show("round trip of a cell / stock", trips, "1.2")
    show("wait after 1 s of model, ms", waits, "0")


if __name__ == "__main__":
    main()
