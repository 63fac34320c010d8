"""A registry of the bench's own on this machine, holding the bench image with its gzip layers as they are."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from image import Image
from measure import BenchError
from setup import run, say

NAME = "bench:latest"


def missing_registry() -> str | None:
    """Why there can be no pull, if there is a reason."""
    if shutil.which("docker-registry") is None or shutil.which("skopeo") is None:
        return "no registry is installed (apt-get install docker-registry skopeo)"
    return None


@contextmanager
def running_registry(data: Path, image: Image) -> Iterator[str]:
    """The name of the image in a registry that ends with the block; what was pushed stays in `data`."""
    data.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"localhost:{free.getsockname()[1]}"
    config = data / "config.yml"
    config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {data / 'store'}}}}}\n"
                      f"http: {{addr: {host}}}\n")
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
        try:
            wait_for(host, process)
            say("pushing the image to the registry")
            run(["skopeo", "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false",
                 f"oci:{image.layout}:{NAME}", f"docker://{host}/{NAME}"])
            yield f"registry:{host}/{NAME}"
        finally:
            process.terminate()
            process.wait()


def wait_for(host: str, process: subprocess.Popen) -> None:
    """Waits until somebody listens."""
    name, port = host.split(":")
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection((name, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise BenchError("cannot start a registry")
