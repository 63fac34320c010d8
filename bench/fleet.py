#!/usr/bin/env python3
"""Measures a first and a second full scan of a registry of many images, which `fleet` plays on this machine."""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import BenchError
from server import REPOSITORY, Server, postgres, sqlite, update
from setup import say

PATIENCE = 4 * 3600


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "release"
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target" / "bench-fleet", metavar="DIR")
    parser.add_argument("--lazaret", type=Path, default=target / "lazaret", metavar="PATH")
    parser.add_argument("--fleet", type=Path, default=target / "fleet", metavar="PATH")
    parser.add_argument("--images", type=int, default=20_000, metavar="N")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    return parser.parse_args()


class Played:
    """The registry: where it is, and what it was asked for."""

    def __init__(self, program: Path, images: int) -> None:
        self.process = subprocess.Popen([program, str(images)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def served(self) -> dict[str, int]:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def processor(self) -> float:
        return processor(self.process.pid)

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def processor(pid: int) -> float:
    """The seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_token(lazaret: Path, directory: Path, database: str) -> None:
    """Starts the server for the first time, and keeps a token of its administrator."""
    server = None
    (directory / "token").write_text("none")
    try:
        server = Server(lazaret, directory, database)
        told = (directory / "serve.log").read_text()
        found = re.search(r"password: (\S+)", told)
        if not found:
            raise BenchError("the server made no administrator")
        server.token = ""
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/api/v1/session", json.dumps({"login": "admin", "password": found[1]}),
                           {"content-type": "application/json"})
        answer = connection.getresponse()
        cookie = answer.headers["set-cookie"].split(";")[0]
        csrf = json.loads(answer.read())["csrf_token"]
        headers = {"content-type": "application/json", "cookie": cookie, "x-csrf-token": csrf}
        connection.request("PUT", "/api/v1/me/password", json.dumps({"current": found[1], "new": "a bench of fleets 1"}), headers)
        answer = connection.getresponse()
        answer.read()
        connection.request("POST", "/api/v1/tokens", json.dumps({"name": "bench", "role": "administrator"}), headers)
        made = connection.getresponse()
        (directory / "token").write_text(json.loads(made.read())["value"])
    finally:
        if server:
            server.end()


def wait(server: Server, task: int, memory: list[float], stop_at: float = 1.1) -> dict:
    """The task once it has ended, or is so far; notes the server's memory on the way."""
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE:
        found = server.ask("GET", f"/tasks/{task}")
        memory.append(server.memory("VmRSS"))
        done = (found["succeeded"] + found["failed"]) / max(1, found["total"])
        if found.get("finished") or done >= stop_at:
            return found
        time.sleep(0.5)
    raise BenchError("the task did not end")


def main() -> int:
    options = arguments()
    directory = options.work.resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with postgres(directory / "cluster") if options.database == "postgres" else sqlite(directory) as database:
        say("starting a server and a registry")
        first_token(options.lazaret, directory, database)
        played = Played(options.fleet, options.images)
        server = Server(options.lazaret, directory, database)
        try:
            return measure(options, directory, database, server, played)
        finally:
            played.end()


NEW = "GHSA-2222-3333-4444"


def add_advisory(server: Server, registry: int, mirror: Path) -> str:
    """Adds an advisory about a package of the npm registry that an image has; gives its name."""
    for image in server.ask("GET", f"/images?registry={registry}&limit=50")["items"]:
        for package in server.ask("GET", f"/images/{image['id']}/packages?limit=200")["items"]:
            if package["type"] != "npm":
                continue
            record = {"id": NEW, "modified": "2026-11-22T00:00:00Z", "published": "2026-11-22T00:00:00Z",
                      "summary": "an advisory of the bench", "affected": [{
                          "package": {"ecosystem": "npm", "name": package["name"]},
                          "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}
            (mirror / "npm" / f"{NEW}.json").write_text(json.dumps(record))
            return package["name"]
    raise BenchError("no image has a package of the npm registry")


def rate(what: str, images: int, seconds: float, server: float, registry: float) -> None:
    print(f"{what:<28}{seconds:>8.1f} s {images / seconds:>8.0f} images/s   processors: server "
          f"{server / seconds:.2f}, registry {registry / seconds:.2f}")


def measure(options, directory: Path, database: str, server: Server, played: Played) -> int:
    held, memory = True, []
    sample = REPOSITORY / "sample" / "advisories"
    update(server, sample)
    settings = {"address": played.url, "nightly": False}
    registry = server.ask("POST", "/registries", {"name": "fleet", "kind": "oci", "settings": settings})["id"]
    before, start = (processor(server.process.pid), played.processor()), time.perf_counter()
    task = server.ask("POST", "/registries/sync", {"registries": [registry]})["id"]
    wait(server, task, memory)
    took = time.perf_counter() - start
    print(f"\n{options.database}, {options.images} images")
    rate("listed for the first time", options.images, took, processor(server.process.pid) - before[0],
         played.processor() - before[1])
    after_list = played.served()
    print(f"  asked for {after_list['heads']} digests, {after_list['manifests']} manifests, {after_list['configs']} "
          f"configurations, {after_list['layers']} layers")
    held &= after_list["layers"] == 0

    before, start = (processor(server.process.pid), played.processor()), time.perf_counter()
    task = server.ask("POST", "/scans", {"filter": {"registry": [registry]}})["id"]
    wait(server, task, memory, 0.3)
    rate("scanned, the first 30 %", int(options.images * 0.3), time.perf_counter() - start,
         processor(server.process.pid) - before[0], played.processor() - before[1])
    first_part = max(memory)
    server.end()
    server = Server(options.lazaret, directory, database)
    memory, before, start = [], (processor(server.process.pid), played.processor()), time.perf_counter()
    found = wait(server, task, memory)
    left = int(options.images * 0.7)
    rate("scanned, after a restart", left, time.perf_counter() - start,
         processor(server.process.pid) - before[0], played.processor() - before[1])
    print(f"  {found['total']} images: {found['succeeded']} scanned, {found['failed']} failed")
    held &= found["failed"] == 0 and found["succeeded"] == found["total"]
    served = played.served()
    print(f"  pulled {served['layers']} layers, {served['bytes'] / 1e6:.0f} MB in all")
    memory.sort()
    print(f"  memory of the server: at most {first_part:.0f} MiB in the first part, {memory[-1]:.0f} MiB in the second")
    held &= memory[-1] <= max(500, first_part * 1.5)

    extended = directory / "advisories"
    shutil.copytree(sample, extended)
    package = add_advisory(server, registry, extended)
    print(f"update with an advisory about {package}: {update(server, extended):.1f} s, now in "
          f"{server.ask('GET', f'/images/count?registry={registry}&vulnerability={NEW}')['total']} images")
    before, start = (processor(server.process.pid), played.processor()), time.perf_counter()
    task = server.ask("POST", "/scans", {"filter": {"registry": [registry]}})["id"]
    found = wait(server, task, [])
    again = played.served()
    pulled = {name: again[name] - served[name] for name in ("manifests", "configs", "layers")}
    rate("scanned again", options.images, time.perf_counter() - start, processor(server.process.pid) - before[0],
         played.processor() - before[1])
    print(f"  pulled: {pulled}")
    held &= not any(pulled.values()) and found["failed"] == 0
    server.end()
    return 0 if held else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        say(f"error: {error}")
        sys.exit(1)
