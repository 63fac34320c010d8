#!/usr/bin/env python3
"""Measures the console in a browser, over the load data of the server's bench: how soon each list is shown, how it scrolls."""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

from measure import BenchError
from server import REPOSITORY, Server, sqlite, update
from setup import say


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "release"
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target" / "bench-server", metavar="DIR")
    parser.add_argument("--lazaret", type=Path, default=target / "lazaret", metavar="PATH")
    parser.add_argument("--seed", type=Path, default=target / "examples" / "seed", metavar="PATH")
    parser.add_argument("--images", type=int, default=100_000, metavar="N")
    return parser.parse_args()


def seeded(options: argparse.Namespace) -> Path:
    """The directory of the load data, which are made where they are not there."""
    directory = options.work.resolve() / f"sqlite-{options.images}"
    if not (directory / "token").exists():
        say(f"making load data: {options.images} images")
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run([options.seed, "--images", str(options.images), "--directory", directory], check=True)
    return directory


def main() -> int:
    options = arguments()
    directory = seeded(options)
    with sqlite(directory) as database:
        server = Server(options.lazaret, directory, database)
        try:
            if not (directory / "judged").exists():
                say("judging all packages for the first time")
                update(server, directory / "mirror")
                (directory / "judged").touch()
            login, password = f"bench-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
            server.ask("POST", "/accounts", {"login": login, "password": password, "role": "administrator",
                                             "must_change_password": False})
            environment = {**os.environ, "SERVER": f"http://127.0.0.1:{server.port}", "LOGIN": login, "PASSWORD": password}
            return subprocess.run(["npx", "--no-install", "playwright", "test", "--config", "bench"],
                                  cwd=REPOSITORY / "console", env=environment).returncode
        finally:
            server.end()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
