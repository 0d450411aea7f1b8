"""The command line: python -m config.translations update | check | compile."""

import argparse
import sys
from pathlib import Path

from config.translations.catalogs import UnreadableFile, compile_all, update_all
from config.translations.findings import find_all
from config.utf8 import restart_in_utf8

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run one action on the project in ``root``; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.translations")
    parser.add_argument("action", choices=["update", "check", "compile"])
    action = parser.parse_args(arguments).action
    try:
        if action == "check":
            return check(root)
        for file in update_all(root) if action == "update" else compile_all(root):
            print(f"Wrote {file.relative_to(root)}", file=sys.stderr)
    except (UnreadableFile, SyntaxError) as refusal:  # a syntax error: of a template or of code
        print(f"Error: {refusal}", file=sys.stderr)
        return 1
    return 0


def check(root: Path) -> int:
    """Print every finding on standard error; return the exit status."""
    findings = find_all(root)
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        print(f"Translations: {len(findings)} to mend.", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    restart_in_utf8()
    sys.exit(main())
