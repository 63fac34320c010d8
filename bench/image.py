"""The bench image in the two forms that are scanned: an OCI layout of gzip layers and a docker archive of plain ones."""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import recipe
from layers import build_layers
from measure import BenchError
from setup import say

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass
class Image:
    """The image on disk."""

    layout: Path
    archive: Path
    # The gzip layers, the lowest first.
    blobs: list[Path]
    # What `image.json` says: sizes and counts.
    facts: dict


def prepare_image(work: Path) -> Image:
    """The image below `work`, built when it is not there or its recipe is another."""
    stamp, layout, archive = work / "image.json", work / "layout", work / "image.tar"
    digest = hashlib.sha256(Path(recipe.__file__).read_bytes()).hexdigest()
    if not stamp.exists() or json.loads(stamp.read_text())["recipe"] != digest:
        stamp.unlink(missing_ok=True)
        facts = build_image(work / "build" / digest[:12], layout, archive)
        stamp.write_text(json.dumps({"recipe": digest, **facts}, indent=2) + "\n")
        shutil.rmtree(work / "build")
    facts = json.loads(stamp.read_text())
    blobs = [layout / "blobs" / "sha256" / layer["digest"] for layer in facts["layers"]]
    return Image(layout, archive, blobs, facts)


def build_image(build: Path, layout: Path, archive: Path) -> dict:
    """Builds the layers and both forms; gives the image's sizes."""
    layers = build_layers(build)
    shutil.rmtree(layout, ignore_errors=True)
    (layout / "blobs" / "sha256").mkdir(parents=True)
    say("compressing the layers")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        facts = list(pool.map(lambda layer: compress_layer(layer, layout), layers))
    config = image_config([layer["diff_id"] for layer in facts])
    write_layout(layout, config, facts)
    say("writing the docker archive")
    write_archive(archive, config, layers, facts)
    return {
        "layers": facts,
        "compressed": sum(layer["compressed"] for layer in facts),
        "unpacked": sum(layer["size"] for layer in facts),
        "files": sum(layer["files"] for layer in facts),
    }


def compress_layer(layer: Path, layout: Path) -> dict:
    """Compresses one layer into the layout, and counts it."""
    blob = layout / layer.name
    with blob.open("wb") as output:
        done = subprocess.run(["gzip", "-6", "-n", "-c", str(layer)], stdout=output)
    if done.returncode != 0:
        raise BenchError(f"cannot compress `{layer}`")
    digest = file_digest(blob)
    compressed = blob.stat().st_size
    blob.rename(layout / "blobs" / "sha256" / digest)
    with tarfile.open(layer) as archive:
        files = sum(member.isreg() for member in archive)
    return {"name": layer.stem, "digest": digest, "diff_id": file_digest(layer), "compressed": compressed,
            "size": layer.stat().st_size, "files": files}


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def image_config(diff_ids: list[str]) -> bytes:
    """The image's configuration."""
    created = datetime.fromtimestamp(recipe.EPOCH, timezone.utc).isoformat().replace("+00:00", "Z")
    return json.dumps({
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": created,
        "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                   "Cmd": ["node", "server.js"], "WorkingDir": f"/{recipe.APP}"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff_id}" for diff_id in diff_ids]},
        "history": [{"created": created, "created_by": line} for line in recipe.HISTORY],
    }).encode()


def write_layout(layout: Path, config: bytes, layers: list[dict]) -> None:
    """Writes all of an OCI layout but its layers."""
    def blob(kind: str, content: bytes) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        (layout / "blobs" / "sha256" / digest).write_bytes(content)
        return {"mediaType": f"application/vnd.oci.image.{kind}.v1+json", "digest": f"sha256:{digest}",
                "size": len(content)}

    manifest = blob("manifest", json.dumps({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob("config", config),
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                    "digest": f"sha256:{layer['digest']}", "size": layer["compressed"]} for layer in layers],
    }).encode())
    manifest["annotations"] = {"org.opencontainers.image.ref.name": recipe.NAME}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def write_archive(path: Path, config: bytes, layers: list[Path], facts: list[dict]) -> None:
    """Writes the image as `docker save` did before it took to OCI layouts."""
    names = [f"{layer['diff_id']}/layer.tar" for layer in facts]
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [recipe.NAME], "Layers": names}]).encode()
    part = path.with_suffix(".part")
    with tarfile.open(part, "w") as archive:
        for layer, name in zip(layers, names):
            archive.add(layer, arcname=name)
        for name, content in ((config_name, config), ("manifest.json", manifest)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    part.rename(path)
