"""A containerd of the bench's own, holding the bench image unpacked, and nothing of the machine's."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from image import Image
from measure import BenchError
from setup import run, say


def missing_containerd() -> str | None:
    """Why there can be no measure in place, if there is a reason."""
    if shutil.which("containerd") is None or shutil.which("ctr") is None:
        return "no containerd is installed (apt-get install containerd)"
    if os.geteuid() != 0:
        return "only root can start containerd and read its directories"
    return None


@contextmanager
def running_containerd(data: Path, image: Image) -> Iterator[tuple[str, str, list[Path]]]:
    """The socket of a containerd that ends with the block, the name of the image in it, and where it was unpacked to."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    state = Path(tempfile.mkdtemp(prefix="lazaret-bench-"))
    socket = state / "grpc.sock"
    config = state / "config.toml"
    config.write_text(f'version = 2\nroot = "{data}"\nstate = "{state / "state"}"\n'
                      'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
                      f'[grpc]\naddress = "{socket}"\n[ttrpc]\naddress = "{state / "ttrpc.sock"}"\n')
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(["containerd", "--config", str(config)], stdout=log, stderr=log)
        try:
            wait_for(socket, process)
            name = load(socket, image, state)
            folders = sorted((data / "io.containerd.snapshotter.v1.overlayfs" / "snapshots").glob("*/fs"))
            yield str(socket), name, folders
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(state, ignore_errors=True)


def load(socket: Path, image: Image, state: Path) -> str:
    """Imports the layout and unpacks it; gives the name it has then."""
    say("loading the image into containerd")
    archive = state / "layout.tar"
    run(["tar", "-C", image.layout, "-cf", archive, "."])
    run(["ctr", "--address", socket, "images", "import", archive])
    archive.unlink()
    return run(["ctr", "--address", socket, "images", "list", "--quiet"]).split()[0]


def wait_for(socket: Path, process: subprocess.Popen) -> None:
    """Waits until it answers."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            run(["ctr", "--address", socket, "version"])
            return
        except BenchError:
            time.sleep(0.1)
    raise BenchError("cannot start containerd")
