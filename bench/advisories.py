"""What is measured of the advisory database: the size of its source, and packages that it is asked about."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = 1000
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


def package_url(ecosystem: str, name: str) -> str | None:
    """The URL of a package of a version that is as old as can be, so that most records hold it."""
    if ecosystem == DEBIAN:
        return f"pkg:deb/debian/{name}@0.0.1?arch=amd64&distro=debian-12"
    kind = LANGUAGES.get(ecosystem)
    if kind is None:
        return None
    name = name.replace(":", "/") if kind == "maven" else name.replace("@", "%40")
    return f"pkg:{kind}/{name}@{'v' if kind == 'golang' else ''}0.0.1"


def write_sbom(mirror: Path, file: Path) -> int:
    """Writes an SBOM of packages that advisories name, evenly over what the mirror has; answers how many."""
    urls: set[str] = set()
    for _, record in records(mirror):
        for affected in json.loads(record).get("affected") or []:
            package = affected.get("package") or {}
            url = package_url(package.get("ecosystem", ""), package.get("name", ""))
            if url and "%" not in url.removeprefix("pkg:npm/%40"):
                urls.add(url)
    step = max(1, len(urls) // PACKAGES)
    chosen = sorted(urls)[::step][:PACKAGES]
    components = [{"type": "library", "name": url, "purl": url} for url in chosen]
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}))
    return len(chosen)
