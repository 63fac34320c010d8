"""What a process costs: wall time, processor time, peak memory."""

import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TIMED = Path(__file__).with_name("timed.py")


class BenchError(Exception):
    """Something that keeps the bench from measuring."""


@dataclass
class Cost:
    """What one run cost: seconds and bytes."""

    wall: float
    cpu: float
    peak: int


class Measures:
    """The runs of each named measure, in the order they were first made."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Cost]] = {}

    def run(self, name: str, command: list, output: Path = Path(os.devnull), env: dict | None = None) -> None:
        """Runs `command` once, its standard output into `output`, and notes what it cost."""
        cost = run(command, output, env)
        self.runs.setdefault(name, []).append(cost)

    def cost(self, name: str) -> Cost | None:
        """The run with the median wall time; of an even number, the faster one in the middle."""
        runs = self.runs.get(name)
        if not runs:
            return None
        wall = statistics.median_low([run.wall for run in runs])
        middle = next(run for run in runs if run.wall == wall)
        # Memory is promised for every run, not for the middle one.
        return Cost(middle.wall, middle.cpu, max(run.peak for run in runs))

    def as_json(self) -> dict:
        """Every run of every measure."""
        return {name: [asdict(run) for run in runs] for name, runs in self.runs.items()}


def run(command: list, output: Path, env: dict | None = None) -> Cost:
    """Runs a command to its end; an exit code other than 0 keeps the bench from measuring."""
    words = [str(word) for word in command]
    helper = [sys.executable, "-S", "-E", str(TIMED), str(output), *words]
    done = subprocess.run(helper, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"cannot measure `{' '.join(words)}`\n{done.stderr.strip()}")
    cost = json.loads(done.stdout.splitlines()[-1])
    status = cost.pop("status")
    if status != 0:
        raise BenchError(f"`{' '.join(words)}` ended with {status}\n{done.stderr.strip()[-2000:]}")
    return Cost(**cost)


def warm(files: list[Path]) -> None:
    """Reads files once, so that the first measure finds them in the page cache as the later ones do."""
    for file in files:
        with file.open("rb", buffering=0) as handle:
            while handle.read(1 << 20):
                pass
