"""The table of results, and the promises beside what was measured."""

import os

from measure import Measures

MIB = 1 << 20

TITLES = {
    "gzip": "gzip -dc of the layers",
    "syft": "Syft, software, layout",
    "db": "Lazaret db update",
    "db-again": "Lazaret db update, unchanged",
    "judge": "Lazaret, 1000 packages of an SBOM",
    "software": "Lazaret, software, layout, first",
    "layout": "Lazaret, both, layout, first",
    "layout-again": "Lazaret, both, layout, again",
    "all": "Lazaret, all checks, layout, first",
    "all-again": "Lazaret, all checks, layout, again",
    "archive": "Lazaret, both, archive, first",
    "archive-again": "Lazaret, both, archive, again",
    "beside": "Lazaret, both, layout, before a pull",
    "pull": "Lazaret, both, registry, first",
    "tar": "tar -c of the overlay directories",
    "docker": "Lazaret, both, Docker, first",
    "docker-again": "Lazaret, both, Docker, again",
    "containerd-tar": "tar -c of containerd's directories",
    "containerd": "Lazaret, both, containerd, first",
}
SCANS = ("software", "layout", "layout-again", "all", "all-again", "archive", "archive-again", "docker", "docker-again",
         "pull", "containerd")


def judge(measures: Measures, share: float | None, parts: dict[str, dict]) -> list[dict]:
    """Each promise with what was measured; `measured` is absent where it could not be."""
    def ratio(one: str, other: str) -> float | None:
        first, second = measures.cost(one), measures.cost(other)
        return first.wall / second.wall if first and second else None

    again, all_again = measures.cost("layout-again"), measures.cost("all-again")
    update, update_again = measures.cost("db"), measures.cost("db-again")
    judged = sum(part["wall_ms"] for part in parts["judge"]["parts"]) if "judge" in parts else None
    peaks = [cost.peak for cost in map(measures.cost, SCANS) if cost]
    promises = [
        ("first scan / Syft", ratio("layout", "syft"), 1 / 8, "×"),
        ("first scan / gzip -dc", ratio("layout", "gzip"), 0.4, "×"),
        ("all eight checks / gzip -dc", ratio("all", "gzip"), 0.8, "×"),
        ("peak memory of any scan", max(peaks) / MIB if peaks else None, 256, "MiB"),
        ("second scan", again.wall if again else None, 0.15, "s"),
        ("second scan, all checks", all_again.wall if all_again else None, 0.15, "s"),
        ("database built", update.wall if update else None, 60, "s"),
        ("database built, peak memory", update.peak / MIB if update else None, 1024, "MiB"),
        ("database unchanged", update_again.wall if update_again else None, 1, "s"),
        ("database / its JSON", share, 0.25, "×"),
        ("database opened, 1000 packages judged", judged, 20, "ms"),
        ("pulled from this machine / layout", ratio("pull", "beside"), 1.15, "×"),
        ("in place / tar -c, Docker", ratio("docker", "tar"), 1, "×"),
        ("in place / tar -c, containerd", ratio("containerd", "containerd-tar"), 1, "×"),
    ]
    return [{"promise": name, "measured": measured, "limit": limit, "unit": unit,
             "met": None if measured is None else measured <= limit}
            for name, measured, limit, unit in promises]


def print_results(image: dict, measures: Measures, parts: dict[str, dict], notes: list[str],
                  share: float | None) -> None:
    """Prints everything that was measured."""
    print(f"image: {len(image['layers'])} layers, {image['files']} files, {image['unpacked'] / MIB:.0f} MiB unpacked, "
          f"{image['compressed'] / MIB:.0f} MiB gzip; {os.cpu_count()} processors")
    print(f"\n{'median of the runs':<36}{'runs':>5}{'wall s':>10}{'cpu s':>10}{'peak MiB':>10}")
    for name in sorted(measures.runs, key=list(TITLES).index):
        cost = measures.cost(name)
        print(f"{TITLES[name]:<36}{len(measures.runs[name]):>5}{cost.wall:>10.3f}{cost.cpu:>10.3f}"
              f"{cost.peak / MIB:>10.1f}")
    print_promises(judge(measures, share, parts))
    print_parts(parts)
    print()
    for note in notes:
        print(note)


def print_promises(promises: list[dict]) -> None:
    """Prints the promises."""
    print(f"\n{'promise':<40}{'measured':>15}{'limit':>15}")
    for row in promises:
        measured = "-" if row["measured"] is None else f"{row['measured']:.3f} {row['unit']}"
        met = {None: "not measured", True: "met", False: "MISSED"}[row["met"]]
        limit = f"{row['limit']:g} {row['unit']}"
        print(f"{row['promise']:<40}{measured:>15}{limit:>15}  {met}")


def print_parts(parts: dict[str, dict]) -> None:
    """Prints Lazaret's own account of its last scans."""
    if parts:
        print("\nLazaret's parts, last scan")
    for name, stats in parts.items():
        words = [f"{part['name']} {part['wall_ms']:.1f} ms" + (f" ({part['bytes'] / MIB:.0f} MiB)" if part["bytes"] else "")
                 for part in stats["parts"]]
        print(f"{TITLES[name]:<36} total {stats['wall_ms']:.1f} ms: {', '.join(words)}")
