"""Measures a scan of a real image against gzip, Syft and tar, all in one run. `./dev bench` calls this."""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import advisories
import compare
import containerd
import engine
import registry
import results
import setup
from image import Image, prepare_image
from measure import BenchError, Measures, warm

REPOSITORY = Path(__file__).resolve().parent.parent
BOTH = "vulnerabilities,software"


def arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target" / "bench", metavar="DIR",
                        help="where the image and all else is kept [default: target/bench]")
    parser.add_argument("--lazaret", type=Path, default=REPOSITORY / "target" / "release" / "lazaret", metavar="PATH")
    parser.add_argument("--mirror", default=str(REPOSITORY / "sample" / "advisories"), metavar="URL|DIR",
                        help="advisories in the layout of the OSV bucket [default: sample/advisories]")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each measure [default: 3]")
    parser.add_argument("--syft-runs", type=int, default=1, metavar="N", help="runs of Syft, 0 for none [default: 1]")
    parser.add_argument("--no-docker", action="store_true", help="start no engine")
    parser.add_argument("--diff", action="store_true", help="compare the package lists of Syft and Lazaret")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every run as JSON")
    options = parser.parse_args()
    if options.runs < 1 or options.syft_runs < 0:
        parser.error("--runs is at least 1, --syft-runs at least 0")
    return options


class Bench:
    """One run of the bench: what it measures, and where it keeps what the programs write."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.work = options.work.resolve()
        self.reports = self.work / "reports"
        self.measures = Measures()
        self.notes: list[str] = []
        self.image: Image | None = None
        self.source = 0
        self.stored = 0

    def prepare(self) -> None:
        """Sets up all that is not measured."""
        self.work.mkdir(parents=True, exist_ok=True)
        self.reports.mkdir(exist_ok=True)
        for report in self.reports.iterdir():
            # Syft's stays for `--syft-runs 0 --diff`.
            if report.name != "syft.json":
                report.unlink()
        setup.install_missing()
        self.image = prepare_image(self.work)
        warm([*self.image.blobs, self.image.archive])

    def measure(self) -> None:
        """Makes every measure; what is compared lies close together in time."""
        self.measure_syft()
        if not self.options.lazaret.is_file():
            self.measure_gzip()
            raise BenchError(f"cannot find `{self.options.lazaret}`\nhint: cargo build --release -p lazaret")
        self.update_database()
        for turn in range(self.options.runs):
            setup.say(f"measuring, turn {turn + 1} of {self.options.runs}")
            self.measure_gzip()
            self.measure_scans()
        self.measure_pulls()
        self.measure_in_place()
        self.measure_containerd()

    def measure_gzip(self) -> None:
        """One process that unpacks all layers, one after the other."""
        self.measures.run("gzip", ["gzip", "-dc", *self.image.blobs])

    def measure_syft(self) -> None:
        """Syft lists the software of the layout."""
        if self.options.syft_runs == 0:
            self.notes.append("not measured: Syft, not asked for")
            return
        binary = setup.install_syft(self.work / "syft")
        version = setup.run([binary, "version", "-o", "json"])
        self.notes.append(f"Syft is {json.loads(version)['version']}")
        for _ in range(self.options.syft_runs):
            setup.say("measuring Syft")
            self.measures.run("syft", [binary, "scan", "--quiet", "-o", "json", f"oci-dir:{self.image.layout}"],
                              self.reports / "syft.json", {"SYFT_CHECK_FOR_APP_UPDATE": "false"})

    def update_database(self) -> None:
        """Makes the advisory database anew."""
        setup.say(f"reading the advisories in {self.options.mirror}")
        shutil.rmtree(self.work / "db", ignore_errors=True)
        update = [self.options.lazaret, "db", "update", "--quiet", "--mirror", self.options.mirror,
                  "--db", self.work / "db"]
        self.measures.run("db", update)
        self.measures.run("db-again", update)
        mirror = Path(self.options.mirror)
        if not mirror.is_dir():
            self.notes.append("not measured: size of the database and packages judged, the mirror is no directory")
            return
        self.source = advisories.source_bytes(mirror)
        self.stored = sum(file.stat().st_size for file in (self.work / "db" / "segments").iterdir())
        self.notes.append(f"advisories: {self.source / 1e6:.1f} MB of JSON, {self.stored / 1e6:.1f} MB as the database")
        listing = self.work / "packages.cdx.json"
        self.notes.append(f"packages judged: {advisories.write_sbom(mirror, listing)}, each named by an advisory, one of ten as old as can be")
        for _ in range(self.options.runs):
            self.measures.run("judge", [
                self.options.lazaret, "scan", "--quiet", "--db", self.work / "db", "--checks", "vulnerabilities",
                "--format", "json", "--output", self.reports / "judge.json", "--sbom", listing,
            ])

    def database(self) -> float | None:
        """The size of the database as a share of its source."""
        return self.stored / self.source if self.source else None

    def measure_scans(self) -> None:
        """Scans of both forms of the image, each with an empty cache and then with what that scan kept."""
        layout, archive = f"oci-layout:{self.image.layout}", f"docker-archive:{self.image.archive}"
        self.scan("software", layout, checks="software", fresh=True)
        self.scan("layout", layout, fresh=True)
        self.scan("layout-again", layout, fresh=False)
        self.scan("all", layout, checks="all", fresh=True)
        self.scan("all-again", layout, checks="all", fresh=False)
        self.scan("archive", archive, fresh=True)
        self.scan("archive-again", archive, fresh=False)

    def scan(self, name: str, source: str, fresh: bool, checks: str = BOTH, env: dict | None = None) -> None:
        """Measures one scan."""
        cache = self.work / "cache"
        if fresh:
            shutil.rmtree(cache, ignore_errors=True)
        self.measures.run(name, [
            self.options.lazaret, "scan", "--quiet", "--db", self.work / "db", "--cache-dir", cache, "--checks", checks,
            "--format", "json", "--output", self.reports / f"{name}.json", source,
        ], env=env)

    def measure_pulls(self) -> None:
        """Scans the image in a registry on this machine, each time beside the layout that was pushed."""
        missing = registry.missing_registry()
        if missing:
            self.notes.append(f"not measured: pulls, {missing}")
            return
        try:
            with registry.running_registry(self.work / "registry", self.image) as name:
                for turn in range(self.options.runs + 1):
                    setup.say(f"measuring pulls, turn {turn + 1} of {self.options.runs + 1}")
                    self.scan("beside", f"oci-layout:{self.image.layout}", fresh=True)
                    self.scan("pull", name, fresh=True)
        except BenchError as error:
            self.notes.append(f"not measured: pulls, {error}")

    def measure_containerd(self) -> None:
        """Scans the image in containerd, and packs the directories it was unpacked to."""
        missing = "not asked for" if self.options.no_docker else containerd.missing_containerd()
        if missing:
            self.notes.append(f"not measured: containerd, {missing}")
            return
        try:
            with containerd.running_containerd(self.work / "containerd", self.image) as (socket, name, folders):
                pack = ["sh", "-c", 'tar -cP "$@" | cat >/dev/null', "sh", *folders]
                setup.run(pack)
                for turn in range(self.options.runs):
                    setup.say(f"measuring containerd, turn {turn + 1} of {self.options.runs}")
                    self.measures.run("containerd-tar", pack)
                    self.scan("containerd", f"containerd:default/{name}", fresh=True, env={"CONTAINERD_ADDRESS": socket})
        except BenchError as error:
            self.notes.append(f"not measured: containerd, {error}")

    def measure_in_place(self) -> None:
        """Scans the image in a Docker engine, and packs the engine's directories of it."""
        missing = "not asked for" if self.options.no_docker else engine.missing_engine()
        if missing:
            self.notes.append(f"not measured: in place, {missing}")
            return
        try:
            with engine.running_engine(self.work / "docker") as docker:
                folders = docker.load(self.image)
                # One read of the directories for the page cache, as the layers had theirs.
                pack = ["sh", "-c", 'tar -cP "$@" | cat >/dev/null', "sh", *folders]
                setup.run(pack)
                for turn in range(self.options.runs):
                    setup.say(f"measuring in place, turn {turn + 1} of {self.options.runs}")
                    self.measures.run("tar", pack)
                    self.scan("docker", "docker:bench:latest", fresh=True, env={"DOCKER_HOST": docker.host})
                    self.scan("docker-again", "docker:bench:latest", fresh=False, env={"DOCKER_HOST": docker.host})
        except BenchError as error:
            self.notes.append(f"not measured: in place, {error}")

    def parts(self) -> dict[str, dict]:
        """Lazaret's own account of each last scan."""
        reports = [name for name in self.measures.runs if (self.reports / f"{name}.json").exists() and name != "syft"]
        return {name: json.loads((self.reports / f"{name}.json").read_text())["stats"] for name in reports}

    def difference(self) -> dict[str, dict] | None:
        """How the package lists of Syft and Lazaret differ."""
        syft, lazaret = self.reports / "syft.json", self.reports / "layout.json"
        if not self.options.diff:
            return None
        if not (syft.exists() and lazaret.exists()):
            raise BenchError("cannot compare: there is no report of Syft, or none of Lazaret")
        return compare.compare(compare.read_syft(syft), compare.read_lazaret(lazaret))


def main() -> int:
    """Exit code 0 when all was measured, whether the promises are met or not; 1 when not."""
    bench = Bench(arguments())
    error = None
    try:
        bench.prepare()
        bench.measure()
    except BenchError as failed:
        error = failed
    if bench.measures.runs:
        results.print_results(bench.image.facts, bench.measures, bench.parts(), bench.notes, bench.database())
    try:
        difference = bench.difference() if error is None else None
    except BenchError as failed:
        difference, error = None, failed
    if difference:
        compare.print_comparison(difference)
    if bench.options.json and bench.measures.runs:
        document = {"image": bench.image.facts, "processors": os.cpu_count(), "runs": bench.measures.as_json(),
                    "promises": results.judge(bench.measures, bench.database(), bench.parts()), "parts": bench.parts(), "notes": bench.notes,
                    "difference": difference}
        bench.options.json.write_text(json.dumps(document, indent=2) + "\n")
    if error:
        print(f"error: {error}", file=sys.stderr)
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main())
