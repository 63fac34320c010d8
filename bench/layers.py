"""The four layers of the bench image, as plain tar files: a Debian base, what apt adds, npm packages, PyPI packages."""

import hashlib
import os
import platform
import shutil
import sys
import tarfile
from pathlib import Path, PurePosixPath

import recipe
from setup import mirror, run, say


def build_layers(folder: Path) -> list[Path]:
    """Builds what is missing of the four layers in `folder`, the lowest first."""
    folder.mkdir(parents=True, exist_ok=True)
    steps = [("base.tar", build_base), ("apt.tar", build_apt), ("npm.tar", build_npm), ("pypi.tar", build_pypi)]
    for name, build in steps:
        layer = folder / name
        if not layer.exists():
            say(f"building layer {name}")
            part = layer.with_suffix(".part")
            build(part)
            part.rename(layer)
    return [folder / name for name, _ in steps]


def build_base(layer: Path) -> None:
    """The smallest Debian that has apt."""
    bootstrap(layer, [])


def build_apt(layer: Path) -> None:
    """What installing the Debian packages changes: the system with them, less what the base already holds alike."""
    full = layer.with_name("full.tar")
    if not full.exists():
        part = full.with_suffix(".part")
        bootstrap(part, recipe.DEBIAN)
        part.rename(full)
    with tarfile.open(layer.with_name("base.tar")) as base:
        known = {member.name: fingerprint(base, member) for member in base}
    with tarfile.open(full) as system, tarfile.open(layer, "w") as difference:
        for member in system:
            if known.pop(member.name, None) != fingerprint(system, member):
                content = system.extractfile(member) if member.isreg() else None
                difference.addfile(member, content)
        for gone in known:
            path = PurePosixPath(gone)
            difference.addfile(tarfile.TarInfo(str(path.with_name(f".wh.{path.name}"))))
    full.unlink()


def bootstrap(tar: Path, packages: list[str]) -> None:
    """A Debian system as a tar file."""
    include = [f"--include={','.join(packages)}"] if packages else []
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=tar", *include,
               recipe.RELEASE, tar, mirror(recipe.RELEASE)]
    run(command, env={**os.environ, "SOURCE_DATE_EPOCH": str(recipe.EPOCH)})


def fingerprint(archive: tarfile.TarFile, member: tarfile.TarInfo) -> tuple:
    """What must be alike for a file to be in the lower layer already."""
    digest = ""
    if member.isreg():
        digest = hashlib.file_digest(archive.extractfile(member), "sha256").hexdigest()
    return (member.type, member.mode, member.uid, member.gid, member.linkname, member.size, digest)


def build_npm(layer: Path) -> None:
    """An application with its node_modules."""
    root = layer.with_name("npm")
    shutil.rmtree(root, ignore_errors=True)
    app = root / recipe.APP
    app.mkdir(parents=True)
    (app / "package.json").write_text('{"name": "bench", "version": "1.0.0", "private": true}\n')
    run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", *recipe.NPM], cwd=app)
    pack(root, layer)


def build_pypi(layer: Path) -> None:
    """Wheels of the image's Python, whichever this one is."""
    root = layer.with_name("pypi")
    shutil.rmtree(root, ignore_errors=True)
    wheels = [f"--platform=manylinux{glibc}_{platform.machine()}" for glibc in ("2014", "_2_17", "_2_28")]
    run([sys.executable, "-m", "pip", "install", "--quiet", "--target", root / recipe.SITE, "--only-binary=:all:",
         f"--python-version={recipe.PYTHON}", *wheels, *recipe.PYPI])
    pack(root, layer)


def pack(root: Path, layer: Path) -> None:
    """A folder as a tar file, in the order of its names and owned by root; the folder goes."""
    def owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = recipe.EPOCH
        return member

    with tarfile.open(layer, "w") as archive:
        for path in sorted(root.iterdir()):
            archive.add(path, arcname=path.name, filter=owned_by_root)
    shutil.rmtree(root)
