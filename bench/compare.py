"""Compares the packages that Syft and Lazaret list, type by type."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

SHOWN = 20

# Our word for a type, by Syft's and by Lazaret's.
SYFT_TYPES = {"deb": "deb", "npm": "npm", "python": "python", "java-archive": "java", "jenkins-plugin": "java",
              "go-module": "go", "apk": "apk"}
LAZARET_TYPES = {"deb": "deb", "npm": "npm", "pypi": "python", "maven": "java", "golang": "go", "apk": "apk"}


@dataclass
class Listing:
    """What one program lists of one type: names with their versions, and in how many places."""

    versions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    places: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: int = 0

    def add(self, name: str, version: str, paths: list[str]) -> None:
        """One package of a report."""
        self.versions[name].add(version)
        self.places[name, version].update(path.lstrip("/") for path in paths)
        self.rows += 1


def canonical(kind: str, name: str) -> str:
    """A name as both programs can be compared by: Syft names a jar without its group."""
    if kind == "python":
        return re.sub(r"[-_.]+", "-", name).lower()
    if kind == "java":
        return name.rpartition(":")[2]
    return name


def read_syft(report: Path) -> dict[str, Listing]:
    """The packages of a Syft report by type; types that Lazaret does not know keep Syft's word."""
    listings: dict[str, Listing] = defaultdict(Listing)
    for package in json.loads(report.read_text())["artifacts"]:
        kind = SYFT_TYPES.get(package["type"], package["type"])
        paths = [location["path"] for location in package.get("locations", [])]
        listings[kind].add(canonical(kind, package["name"]), package["version"], paths)
    return listings


def read_lazaret(report: Path) -> dict[str, Listing]:
    """The packages of a Lazaret report by type."""
    listings: dict[str, Listing] = defaultdict(Listing)
    for package in json.loads(report.read_text())["packages"]:
        kind = LAZARET_TYPES.get(package["type"], package["type"])
        listings[kind].add(canonical(kind, package["name"]), package["version"], package.get("paths", []))
    return listings


def compare(syft: dict[str, Listing], lazaret: dict[str, Listing]) -> dict[str, dict]:
    """The differences by type."""
    result = {}
    for kind in sorted({*syft, *lazaret}):
        ours, theirs = lazaret.get(kind, Listing()), syft.get(kind, Listing())
        both = ours.versions.keys() & theirs.versions.keys()
        result[kind] = {
            "syft": {"rows": theirs.rows, "packages": len(theirs.places)},
            "lazaret": {"rows": ours.rows, "packages": len(ours.places)},
            "only_syft": only(theirs, ours),
            "only_lazaret": only(ours, theirs),
            "versions_differ": [
                {"name": name, "only_syft": sorted(theirs.versions[name] - ours.versions[name]),
                 "only_lazaret": sorted(ours.versions[name] - theirs.versions[name])}
                for name in sorted(both) if theirs.versions[name] != ours.versions[name]
            ],
        }
    return result


def only(one: Listing, other: Listing) -> list[dict]:
    """The names that only `one` has, each with a place where it lies."""
    rows = []
    for name in sorted(one.versions.keys() - other.versions.keys()):
        version = sorted(one.versions[name])[0]
        rows.append({"name": name, "version": version, "path": min(one.places[name, version], default="")})
    return rows


def print_comparison(result: dict[str, dict]) -> None:
    """Prints counts, and the first names that only one of the two has."""
    print("\nPackages (name and version; rows are as listed, once for each place)")
    print(f"{'type':<16}{'Syft rows':>10}{'packages':>10}{'Lazaret rows':>14}{'packages':>10}"
          f"{'only Syft':>11}{'only Lazaret':>14}{'versions':>10}")
    for kind, row in result.items():
        print(f"{kind:<16}{row['syft']['rows']:>10}{row['syft']['packages']:>10}"
              f"{row['lazaret']['rows']:>14}{row['lazaret']['packages']:>10}"
              f"{len(row['only_syft']):>11}{len(row['only_lazaret']):>14}{len(row['versions_differ']):>10}")
    for kind, row in result.items():
        for key, title in (("only_syft", "only Syft"), ("only_lazaret", "only Lazaret")):
            for entry in shown(f"{kind}: {title}", row[key]):
                print(f"  {entry['name']} {entry['version']}  {entry['path']}")
        for entry in shown(f"{kind}: other versions", row["versions_differ"]):
            print(f"  {entry['name']}  Syft {', '.join(entry['only_syft']) or '-'}"
                  f"  Lazaret {', '.join(entry['only_lazaret']) or '-'}")


def shown(title: str, entries: list[dict]) -> list[dict]:
    """Prints a title when there is something below it, and gives what is shown of it."""
    if entries:
        more = f", the first {SHOWN} of {len(entries)}" if len(entries) > SHOWN else ""
        print(f"\n{title}{more}")
    return entries[:SHOWN]
