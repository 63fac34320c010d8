"""A Docker engine of the bench's own, holding the bench image, and nothing of the machine's."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import recipe
from image import Image
from measure import BenchError
from setup import run, say


def missing_engine() -> str | None:
    """Why there can be no measure in place, if there is a reason."""
    if shutil.which("dockerd") is None or shutil.which("docker") is None:
        return "no Docker engine is installed (apt-get install docker.io)"
    if os.geteuid() != 0:
        return "only root can start an engine and read its directories"
    return None


class Engine:
    """An engine that answers on a socket."""

    def __init__(self, socket: Path) -> None:
        self.host = f"unix://{socket}"

    def docker(self, *words: object) -> str:
        """What one docker command prints."""
        return run(["docker", "-H", self.host, *words]).strip()

    def load(self, image: Image) -> list[Path]:
        """Loads the image unless it is there, and gives its overlay directories, the lowest first."""
        driver = self.docker("info", "--format", "{{.Driver}}")
        if driver != "overlay2":
            raise BenchError(f"the engine keeps images with `{driver}`, not with overlay2")
        try:
            diff_ids = self.docker("image", "inspect", "--format", "{{join .RootFS.Layers \" \"}}", recipe.NAME)
        except BenchError:
            diff_ids = ""
        if diff_ids.split() != [f"sha256:{layer['diff_id']}" for layer in image.facts["layers"]]:
            say("loading the image into the engine")
            self.docker("load", "--input", image.archive)
        data = "{{.GraphDriver.Data.LowerDir}}:{{.GraphDriver.Data.UpperDir}}"
        lower_and_upper = self.docker("image", "inspect", "--format", data, recipe.NAME).split(":")
        # The lower directories are named from the top down.
        return [Path(folder) for folder in reversed(lower_and_upper[:-1])] + [Path(lower_and_upper[-1])]


@contextmanager
def running_engine(data: Path) -> Iterator[Engine]:
    """An engine that ends with the block; its images stay in `data`."""
    # Sockets have short names, so they do not lie in the work folder.
    state = Path(tempfile.mkdtemp(prefix="lazaret-bench-"))
    socket = state / "docker.sock"
    log = (state / "log").open("wb")
    process = subprocess.Popen(
        ["dockerd", "--iptables=false", "--bridge=none", "--data-root", str(data), "--exec-root", str(state / "exec"),
         "--pidfile", str(state / "pid"), "-H", f"unix://{socket}"],
        stdout=log, stderr=log)
    try:
        engine = Engine(socket)
        wait_for(engine, process, state / "log")
        yield engine
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()
        shutil.rmtree(state, ignore_errors=True)


def wait_for(engine: Engine, process: subprocess.Popen, log: Path) -> None:
    """Waits until the engine answers."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            engine.docker("version")
            return
        except BenchError:
            time.sleep(0.1)
    last = log.read_text(errors="replace").strip().splitlines()[-3:]
    raise BenchError("cannot start a Docker engine\n" + "\n".join(last))
