#!/usr/bin/env python3
"""Measures the server over load data that `seed` makes: lists, the update of advisories, memory; on both databases."""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from measure import BenchError
from setup import say

REPOSITORY = Path(__file__).resolve().parent.parent
PATIENCE = 1800
# The goals of p99 in milliseconds, by database.
GOALS = {"postgres": 100, "sqlite": 200}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "release"
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target" / "bench-server", metavar="DIR")
    parser.add_argument("--lazaret", type=Path, default=target / "lazaret", metavar="PATH")
    parser.add_argument("--seed", type=Path, default=target / "examples" / "seed", metavar="PATH")
    parser.add_argument("--images", type=int, default=100_000, metavar="N")
    parser.add_argument("--asks", type=int, default=200, metavar="N", help="requests of each kind [default: 200]")
    parser.add_argument("--databases", default="sqlite,postgres", metavar="LIST")
    parser.add_argument("--no-update", action="store_true", help="leave the advisories as they are")
    return parser.parse_args()


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """The address of a database in a cluster of the bench's own, which ends with the block."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise BenchError("PostgreSQL is not installed (apt-get install postgresql)")
    programs = found[-1].parent
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.geteuid() == 0 else []
    data = directory / "data"
    if not data.exists():
        directory.mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(directory, "postgres")
        subprocess.run([*user, programs / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                        "-N", "-D", data], check=True, stdout=subprocess.DEVNULL, cwd="/")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "shared_buffers=256MB", "max_wal_size=4GB"]
    command = [*user, programs / "postgres", "-D", data, "-k", directory]
    for setting in settings:
        command += ["-c", setting]
    with open(directory.parent / "postgres.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        try:
            while subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode:
                if process.poll() is not None:
                    raise BenchError(f"PostgreSQL ended; see {directory.parent / 'postgres.log'}")
                time.sleep(0.2)
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


class Server:
    """`lazaret serve` over a directory, asked as an administrator."""

    def __init__(self, lazaret: Path, directory: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.token = (directory / "token").read_text().strip()
        self.log = open(directory / "serve.log", "wb")
        self.process = subprocess.Popen(
            [lazaret, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", directory, "--database", database,
             "--no-engines", "--no-update"], stdout=self.log, stderr=self.log)
        for _ in range(600):
            try:
                self.ask("GET", "/health", api="")
                break
            except OSError:
                if self.process.poll() is not None:
                    raise BenchError(f"the server ended; see {directory / 'serve.log'}") from None
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: object = None, api: str = "/api/v1") -> object:
        connection = getattr(self, "connection", None) or http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        connection.request(method, api + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise BenchError(f"{method} {path}: {answer.status} {content[:300]!r}")
        kind = answer.headers.get("content-type", "")
        return json.loads(content) if "json" in kind else content

    def memory(self, which: str) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(which):
                return int(line.split()[1]) / 1024
        raise BenchError("cannot read the server's memory")

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()


def kinds_of_requests(dice: random.Random, images: int) -> dict[str, object]:
    """What is asked, by name: each call gives one path, another every time."""
    severity = ["critical", "high", "medium"]
    sorts = ["scanned", "name", "risk", "size", "built"]
    query = lambda path, **parameters: f"{path}?{urlencode(parameters)}"  # noqa: E731
    npm = lambda: f"node-{dice.randrange(6000)}"  # noqa: E731
    return {
        "images, newest": lambda: query("/images", limit=50),
        "images, sorted": lambda: query("/images", limit=50, sort=dice.choice(sorts)),
        "images, by severity": lambda: query("/images", limit=50, risk=dice.choice(severity), kind="local"),
        "images, by name": lambda: query("/images", limit=50, search=f"service-{dice.randrange(4001)}"),
        "images, focus": lambda: query("/images", limit=50, focus="true"),
        "images, with a CVE": lambda: query("/images", limit=50, vulnerability=f"CVE-2026-{10_000 + dice.randrange(38_000)}"),
        "images, of a host": lambda: query("/images", limit=50, host_name=f"node-{dice.randrange(max(1, images // 250))}"),
        "summary": lambda: "/images/summary",
        "image": lambda: f"/images/{1 + dice.randrange(images)}",
        "image, findings": lambda: f"/images/{1 + dice.randrange(images)}/findings?limit=50",
        "image, packages": lambda: f"/images/{1 + dice.randrange(images)}/packages?limit=50",
        "risks": lambda: query("/risks", limit=50, kind="vulnerabilities"),
        "risk, images": lambda: f"/risks/vulnerabilities/CVE-2026-{10_000 + dice.randrange(38_000)}/images?limit=50",
        "components": lambda: query("/components", name=npm(), version=f"<2.{dice.randrange(1, 12)}.0"),
        "component, images": lambda: query("/components/images", name=npm(), version=f"<2.{dice.randrange(1, 12)}.0"),
    }


def measure_lists(server: Server, images: int, asks: int, goal: int) -> bool:
    held = True
    print(f"{'request':<24}{'p50 ms':>10}{'p99 ms':>10}{'goal':>8}")
    for name, make in kinds_of_requests(random.Random(7), images).items():
        times = []
        for _ in range(asks):
            path = make()
            start = time.perf_counter()
            try:
                server.ask("GET", path)
            except BenchError as error:
                if " 404 " not in str(error):
                    raise
            times.append((time.perf_counter() - start) * 1000)
        times.sort()
        p50, p99 = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]
        held &= p99 <= goal
        print(f"{name:<24}{p50:>10.1f}{p99:>10.1f}{goal:>8}{'' if p99 <= goal else '  MISSED'}")
    return held


def update(server: Server, mirror: Path) -> float:
    """Has the advisories of a mirror read, and waits until everything shown is true again."""
    settings = server.ask("GET", "/advisories")["settings"]
    server.ask("PUT", "/advisories/settings", {**settings, "mirror": str(mirror), "feeds": []})
    start = time.perf_counter()
    server.ask("POST", "/advisories/update")
    while time.perf_counter() - start < PATIENCE:
        time.sleep(0.25)
        text = server.ask("GET", "/metrics", api="").decode()
        left = [line for line in text.splitlines()
                if line.startswith("lazaret_jobs{") and ('state="waiting"' in line or 'state="running"' in line)
                and not line.endswith(" 0")]
        if not left:
            break
    return time.perf_counter() - start


def measure_update(server: Server, directory: Path) -> bool:
    """An update by which 500 advisories are new."""
    took = update(server, directory / "mirror-after")
    events = len(server.ask("GET", "/events?limit=200")["items"])
    print(f"update of 500 advisories: {took:.1f} s (goal 60), {events} events on the first page")
    return took <= 60


def main() -> int:
    options = arguments()
    held = True
    for kind in options.databases.split(","):
        directory = options.work.resolve() / f"{kind}-{options.images}"
        directory.mkdir(parents=True, exist_ok=True)
        with postgres(directory / "cluster") if kind == "postgres" else sqlite(directory) as database:
            if not (directory / "token").exists():
                say(f"making load data: {options.images} images on {kind}")
                subprocess.run([options.seed, "--images", str(options.images), "--directory", directory,
                                "--database", database], check=True)
            server = Server(options.lazaret, directory, database)
            try:
                print(f"\n{kind}, {options.images} images")
                if not (directory / "judged").exists():
                    print(f"all packages judged, all counts settled: {update(server, directory / 'mirror'):.1f} s")
                    (directory / "judged").touch()
                held &= measure_lists(server, options.images, options.asks, GOALS[kind])
                if not options.no_update:
                    held &= measure_update(server, directory)
                peak = server.memory("VmHWM")
                print(f"memory: {server.memory('VmRSS'):.0f} MiB, at most {peak:.0f} MiB (goal 500)")
                held &= peak <= 500
            finally:
                server.end()
    return 0 if held else 1


@contextmanager
def sqlite(directory: Path) -> Iterator[str]:
    yield f"sqlite:{directory / 'lazaret.sqlite'}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
