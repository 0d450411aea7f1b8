"""``python -m dev.audit``: known vulnerabilities of what production installs, and a list of it.

The tools have an environment of their own, from a lock file of their own. The list is an SBOM in
CycloneDX's JSON. Where the service that knows vulnerabilities is not reached, nothing is audited,
and the last line says so.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from config.env import ROOT, state_folder
from core.utf8 import restart_in_utf8

TOOLS, RUNTIME = ROOT / "requirements-audit.lock", ROOT / "requirements.lock"
# A version with many known vulnerabilities: a service that knows of none audits nothing, as a
# mirror of packages does, which passes every one.
KNOWN_BAD = "django==3.2\n"
AUDIT = ("--strict", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def main(words: list[str]) -> int:
    """Write the SBOM and audit; return the exit code: 1 where a vulnerability is known."""
    if words:
        print("Usage: python -m dev.audit", file=sys.stderr)
        return 2
    state = state_folder()
    try:
        tools = build_environment(state / "audit")
        write_sbom(tools, state / "sbom.json")
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"The audit could not be prepared: {failure}.", file=sys.stderr)
        return 1
    return audit(tools, state / "audit" / "known_bad.txt")


def build_environment(folder: Path) -> Path:
    """Install the tools where the lock file has changed; return the folder of their programs."""
    stamp, programs = folder / ".complete", folder / "bin"
    wanted = hashlib.sha256(TOOLS.read_bytes() + sys.version.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text("utf-8") == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        uv = (sys.executable, "-m", "uv", "--quiet")
        run(*uv, "venv", "--python", sys.executable, folder)
        install = ("pip", "install", "--python", programs / "python", "--no-deps")
        run(*uv, *install, "--require-hashes", "--requirement", TOOLS)
        stamp.write_text(wanted, "utf-8")
    return programs


def write_sbom(tools: Path, file: Path) -> None:
    """Write the SBOM of the runtime's lock file; the same bytes each time."""
    made = ("--output-format", "JSON", "--output-reproducible", "--output-file", file)
    run(tools / "cyclonedx-py", "requirements", *made, RUNTIME)
    count = len(json.loads(file.read_text("utf-8"))["components"])
    print(f"Wrote {file}: {count} packages.")


def audit(tools: Path, known_bad: Path) -> int:
    """Audit the runtime's lock file, where the service names a vulnerability that is known."""
    program = tools / "pip-audit"
    known_bad.write_text(KNOWN_BAD, "utf-8")
    if not find_vulnerable(attempt(program, "--no-deps", "--requirement", known_bad)):
        print(
            "NOT AUDITED: the service of known vulnerabilities is not reached from here, or names "
            f"none of {KNOWN_BAD.strip()}. Run make audit where it is reached."
        )
        return 0
    done = attempt(program, "--require-hashes", "--requirement", RUNTIME)
    if done.returncode == 0:
        print("Audited: no known vulnerability.")
        return 0
    names = ", ".join(find_vulnerable(done))
    print(f"Known vulnerabilities: {names}." if names else "The audit failed.", file=sys.stderr)
    print(done.stderr, file=sys.stderr)
    return 1


def find_vulnerable(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """Return the packages of a report that have known vulnerabilities, with these."""
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):  # it ended without a report
        return []
    return [
        f"{one['name']} {one['version']} ({', '.join(bad['id'] for bad in one['vulns'])})"
        for one in packages
        if one.get("vulns")
    ]


def attempt(program: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run pip-audit until it ends, in whichever way."""
    return subprocess.run(
        [program, *AUDIT, *words], check=False, capture_output=True, encoding="utf-8"
    )


def run(*command: str | Path) -> None:
    """Run one step in the checkout."""
    subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    restart_in_utf8()
    sys.exit(main(sys.argv[1:]))
