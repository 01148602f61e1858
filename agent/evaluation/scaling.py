"""What a build takes as a log grows: seconds and memory of every stage, and how they grow.

    python -m agent.evaluation.scaling --users 1000 --users 10000 --users 100000

simulates a shop of each size, builds it in a process of its own, and prints for every stage

    s        seconds; `all` is the whole build's, in which map and index go on side by side
    MB       the most memory held during the stage, everything that stayed from before included
             (the workers that evidence and profiles start on more than one core are not counted)
    growth   the exponent between the two largest sizes: 1 is in step with the users, 2 quadratic
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from agent.behaviour.demo import write_demo
from agent.inputs import Inputs
from agent.pipeline import STAGE_VERSIONS, build_run
from agent.progress import Silent
from agent.records import Record
from agent.settings import BuildSettings

PEAK = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")
WHOLE = "all"


class StageCost(Record):
    """What one stage took."""

    seconds: float
    mb: float


class Meter(Silent):
    """Measures each stage; Linux only, for it resets the kernel's own high-water mark."""

    def __init__(self) -> None:
        self.costs: dict[str, StageCost] = {}

    def start(self, stage: str) -> None:
        """Let the high-water mark begin anew."""
        del stage
        RESET.write_text("5")

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None:
        """Read it."""
        del reused
        (line,) = (row for row in PEAK.read_text().splitlines() if row.startswith("VmHWM:"))
        self.costs[stage] = StageCost(seconds=seconds, mb=int(line.split()[1]) / 1024)


def measure(shop: Path, run: Path) -> dict[str, StageCost]:
    """Build a simulated shop in this process with the extractive writer; the whole comes last."""
    inputs = Inputs(
        events=(shop / "events.csv",),
        items=shop / "items.csv",
        attributes=shop / "attributes.csv",
        ties=shop / "ties.csv",
    )
    meter, begun = Meter(), time.monotonic()
    build_run(inputs, run, BuildSettings(), reporter=meter)
    costs = {stage: meter.costs[stage] for stage in STAGE_VERSIONS}
    most = max(cost.mb for cost in costs.values())
    return {**costs, WHOLE: StageCost(seconds=time.monotonic() - begun, mb=most)}


def measure_apart(users: int, seed: int) -> dict[str, StageCost]:
    """The same in a process of its own, which has no memory of other sizes."""
    with tempfile.TemporaryDirectory(prefix="folkmap-scaling-") as folder:
        shop = Path(folder) / "shop"
        write_demo(shop, users=users, seed=seed)
        command = [sys.executable, "-m", __spec__.name, "--shop", str(shop)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    return {stage: StageCost.model_validate(cost) for stage, cost in told.items()}


def growth(small: tuple[int, float], large: tuple[int, float]) -> float:
    """The exponent k of cost ~ users^k between two (users, cost)."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def tell(found: dict[int, dict[str, StageCost]]) -> str:
    """The table: a row a stage and the whole, two columns a size, the growth of the seconds."""
    sizes = sorted(found)
    lines = [f"{'users':<10}" + "".join(f"{size:>18,}" for size in sizes)]
    lines.append(f"{'':<10}" + f"{'s':>9}{'MB':>9}" * len(sizes) + f"{'growth':>9}")
    for stage in found[sizes[0]]:
        costs = {size: found[size][stage] for size in sizes}
        line = f"{stage:<10}" + "".join(
            f"{costs[size].seconds:>9.1f}{costs[size].mb:>9,.0f}" for size in sizes
        )
        if len(sizes) > 1:
            small, large = sizes[-2:]
            told = growth((small, costs[small].seconds), (large, costs[large].seconds))
            line += f"{told:>9.2f}"
        lines.append(line)
    return "\n".join(lines)


def main(
    users: Annotated[
        list[int] | None, typer.Option(help="Size of a shop; repeat for more.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the shops.")] = 0,
    shop: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure builds of several sizes and print how each stage grows."""
    if shop is not None:
        costs = measure(shop, shop.parent / "run")
        print(json.dumps({stage: cost.model_dump() for stage, cost in costs.items()}))
        return
    found = {}
    for size in users or [1_000, 10_000, 100_000]:
        print(f"{size:,} users …", file=sys.stderr, flush=True)
        found[size] = measure_apart(size, seed)
    print(tell(found))


if __name__ == "__main__":
    typer.run(main)
