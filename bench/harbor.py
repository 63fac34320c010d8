#!/usr/bin/env python3
"""Measures the server as Harbor's scanner: scans of many images asked for at once, and what each call takes."""

import argparse
import base64
import http.client
import json
import os
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

from fleet import Played, first_token
from measure import BenchError
from server import REPOSITORY, Server, postgres, sqlite, update
from setup import say

REQUEST = "application/vnd.scanner.adapter.scan.request+json; version=1.0"
REPORT = "application/vnd.security.vulnerability.report; version=1.1"
MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
# Harbor asks for the first report after two seconds, and gives a call five.
FIRST, PATIENCE = 2, 5
GOAL = 200


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "release"
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target" / "bench-harbor", metavar="DIR")
    parser.add_argument("--lazaret", type=Path, default=target / "lazaret", metavar="PATH")
    parser.add_argument("--fleet", type=Path, default=target / "fleet", metavar="PATH")
    parser.add_argument("--scans", type=int, default=1000, metavar="N")
    parser.add_argument("--at-once", type=int, default=50, metavar="N", help="calls in flight [default: 50]")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    return parser.parse_args()


def images(registry: str, count: int) -> list[tuple[str, str]]:
    """So many images of the registry, by repository and digest; what stands for several platforms is left out."""
    found, repositories = [], json.load(urlopen(f"{registry}/v2/_catalog?n=10000"))["repositories"]
    for repository in repositories:
        for tag in json.load(urlopen(f"{registry}/v2/{repository}/tags/list?n=1000"))["tags"]:
            with urlopen(Request(f"{registry}/v2/{repository}/manifests/{tag}", headers={"accept": MANIFESTS})) as told:
                if "index" not in told.headers["content-type"] and "list" not in told.headers["content-type"]:
                    found.append((repository, told.headers["docker-content-digest"]))
            if len(found) == count:
                return found
    raise BenchError(f"the registry has {len(found)} images only")


class Harbor:
    """What Harbor asks of its scanner, one connection for each of its workers."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.own = threading.local()
        self.times: dict[str, list[float]] = {"scan": [], "report": []}

    def call(self, kind: str, method: str, path: str, body: str | None, headers: dict[str, str]):
        # The server closes what nobody has used for a while.
        if time.monotonic() - getattr(self.own, "used", 0) > 2:
            self.own.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        start = time.perf_counter()
        headers = {"authorization": f"Bearer {self.server.token}", **headers}
        self.own.connection.request(method, f"/harbor/api/v1{path}", body, headers)
        answer = self.own.connection.getresponse()
        self.own.used = time.monotonic()
        text = answer.read()
        self.times[kind].append((time.perf_counter() - start) * 1000)
        return answer.status, answer.headers, text

    def submit(self, registry: str, repository: str, digest: str) -> str:
        # Harbor sends its robot along; the played registry lets everybody in.
        robot = base64.b64encode(b"robot$bench:none").decode()
        body = {"registry": {"url": registry, "authorization": f"Basic {robot}"},
                "artifact": {"repository": repository, "digest": digest,
                             "mime_type": "application/vnd.oci.image.manifest.v1+json"}}
        status, _, text = self.call("scan", "POST", "/scan", json.dumps(body), {"content-type": REQUEST})
        if status != 202:
            raise BenchError(f"a scan was refused: {status} {text.decode()}")
        return json.loads(text)["id"]

    def poll(self, scan: str) -> int:
        """After how many seconds to ask again; none when the report was there."""
        status, headers, text = self.call("report", "GET", f"/scan/{scan}/report", None, {"accept": REPORT})
        if status not in (200, 302):
            raise BenchError(f"a scan failed: {status} {text.decode()}")
        return int(headers["refresh-after"]) if status == 302 else 0


def at(times: list[float], share: float) -> float:
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))]


def measure(options: argparse.Namespace, server: Server, played: Played) -> int:
    update(server, REPOSITORY / "sample" / "advisories")
    wanted = images(played.url, options.scans)
    harbor, start = Harbor(server), time.perf_counter()
    with ThreadPoolExecutor(options.at_once) as workers:
        scans = list(workers.map(lambda image: harbor.submit(played.url, *image), wanted))
        submitted = time.perf_counter() - start
        due = {scan: time.monotonic() + FIRST for scan in scans}
        while due:
            now = time.monotonic()
            asked = [scan for scan, at_time in due.items() if at_time <= now]
            for scan, again in zip(asked, workers.map(harbor.poll, asked), strict=True):
                if again:
                    due[scan] = time.monotonic() + again
                else:
                    del due[scan]
            time.sleep(0.05)
    print(f"\n{options.database}: {len(scans)} scans asked for in {submitted:.1f} s, {options.at_once} calls at once; "
          f"all reports after {time.perf_counter() - start:.1f} s")
    held = True
    for kind, times in harbor.times.items():
        held &= at(times, 0.99) <= GOAL
        print(f"{kind:<8}{len(times):>7} calls   p50 {at(times, 0.5):6.1f} ms   p99 {at(times, 0.99):6.1f} ms   "
              f"goal {GOAL}{'' if at(times, 0.99) <= GOAL else '  MISSED'}")
    return 0 if held else 1


def main() -> int:
    options = arguments()
    directory = options.work.resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with postgres(directory / "cluster") if options.database == "postgres" else sqlite(directory) as database:
        say("starting a server and a registry")
        first_token(options.lazaret, directory, database)
        played = Played(options.fleet, options.scans * 2)
        server = Server(options.lazaret, directory, database)
        try:
            return measure(options, server, played)
        finally:
            played.end()
            server.end()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        say(f"error: {error}")
        sys.exit(1)
