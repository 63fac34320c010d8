"""What is measured of the advisory database: the size of its source, and packages that it is asked about."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = 1000
# One package of ten is as old as can be, so that most records about it hold; the others are newer than any record.
OLD, NEW, EVERY = "0.0.1", "99999.0.0", 10
# How package URLs call what OSV calls so; the distribution of a system package is in its qualifiers.
LANGUAGES = {"npm": "npm", "PyPI": "pypi", "Go": "golang", "crates.io": "cargo", "RubyGems": "gem",
             "Packagist": "composer", "Maven": "maven"}
DEBIAN = "Debian:12"


def records(mirror: Path) -> Iterator[tuple[str, bytes]]:
    """Every record of a mirror in a directory: its ecosystem and its JSON."""
    for folder in sorted(path for path in mirror.iterdir() if path.is_dir()):
        for file in sorted(folder.glob("*.json")):
            yield folder.name, file.read_bytes()
        archive = folder / "all.zip"
        if archive.is_file():
            with zipfile.ZipFile(archive) as members:
                for name in members.namelist():
                    if name.endswith(".json"):
                        yield folder.name, members.read(name)


def source_bytes(mirror: Path) -> int:
    """The bytes of all records, unpacked."""
    return sum(len(record) for _, record in records(mirror))


def package_url(ecosystem: str, name: str, version: str) -> str | None:
    """The URL of a package."""
    if ecosystem == DEBIAN:
        return f"pkg:deb/debian/{name}@{version}?arch=amd64&distro=debian-12"
    kind = LANGUAGES.get(ecosystem)
    if kind is None:
        return None
    name = name.replace(":", "/") if kind == "maven" else name.replace("@", "%40")
    return f"pkg:{kind}/{name}@{'v' if kind == 'golang' else ''}{version}"


def write_sbom(mirror: Path, file: Path) -> int:
    """Writes an SBOM of packages that advisories name, evenly over what the mirror has; answers how many."""
    names: set[tuple[str, str]] = set()
    for _, record in records(mirror):
        for affected in json.loads(record).get("affected") or []:
            package = affected.get("package") or {}
            name = package.get("ecosystem", ""), package.get("name", "")
            if package_url(*name, NEW) and "%" not in name[1]:
                names.add(name)
    chosen = sorted(names)[::max(1, len(names) // PACKAGES)][:PACKAGES]
    urls = [package_url(*name, OLD if number % EVERY == 0 else NEW) for number, name in enumerate(chosen)]
    components = [{"type": "library", "name": url, "purl": url} for url in urls]
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}))
    return len(urls)
