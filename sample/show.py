#!/usr/bin/env python3
"""Starts a server with the sample image in it, and tells where its console is; the server ends with this program."""

import argparse
import http.client
import json
import re
import secrets
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

PATIENCE = 120


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lazaret", type=Path, required=True, metavar="PATH")
    parser.add_argument("--sample", type=Path, required=True, metavar="DIR", help="with the directories image and db")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="ADDRESS")
    return parser.parse_args()


class Server:
    """The server, and a session of its administrator."""

    def __init__(self, options: argparse.Namespace) -> None:
        directory = options.sample / "server"
        self.process = subprocess.Popen(
            [options.lazaret, "serve", "--data-dir", directory, "--listen", options.listen, "--no-update",
             "--advisories", options.sample / "db"],
            stdout=subprocess.PIPE, stderr=open(options.sample / "server.log", "wb"), text=True)
        told = ""
        while "answers at" not in told:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"error: the server did not start; see {options.sample / 'server.log'}")
            told += line
        self.address = re.search(r"answers at (\S+)", told)[1]
        self.host = self.address.split("://")[-1].rstrip("/")
        self.headers: dict[str, str] = {}
        self.password = re.search(r"password: (\S+)", told)[1]

    def ask(self, method: str, path: str, body: bytes | dict | None = None, media: str = "application/json"):
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        payload = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.request(method, f"/api/v1{path}", payload, {**self.headers, "content-type": media})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"error: {method} {path}: {answer.status} {text.decode()}")
        if cookie := answer.headers["set-cookie"]:
            self.headers["cookie"] = cookie.split(";")[0]
        return json.loads(text) if text else None

    def sign_in(self) -> str:
        """Signs in, and gives the administrator another password, as the server asks for."""
        me = self.ask("POST", "/session", {"login": "admin", "password": self.password})
        self.headers["x-csrf-token"] = me["csrf_token"]
        password = secrets.token_urlsafe(12)
        self.ask("PUT", "/me/password", {"current": self.password, "new": password})
        return password

    def scan(self, archive: Path) -> None:
        uploaded = self.ask("POST", "/images/upload?name=shop:sample", archive.read_bytes(), "application/octet-stream")
        task, end = uploaded["task"]["id"], time.monotonic() + PATIENCE
        while not self.ask("GET", f"/tasks/{task}").get("finished") and time.monotonic() < end:
            time.sleep(0.2)


def pack(options: argparse.Namespace) -> Path:
    archive = options.sample / "shop.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(options.sample / "image", arcname=".")
    return archive


def main() -> int:
    options = arguments()
    # Whoever ends this program ends the server, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(options)
    try:
        password = server.sign_in()
        server.scan(pack(options))
        print(f"\nthe console: {server.address}\n  account: admin\n  password: {password}\n"
              "the sample image is under CI/CD and archives; those of this machine's engines under Local images\n"
              "Ctrl-C ends the server", flush=True)
        return server.process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait()


if __name__ == "__main__":
    sys.exit(main())
