"""``make bench``: run the benchmarks in a database of their own, print a table, keep the figures.

BENCH names one of them, BENCH_SCALE shrinks or grows all (0.1: a tenth of the rows).
"""

import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from dev.embedded.state_folder import SUPERUSER
from tests.bench.registry import BENCHMARKS, Result
from tests.database import as_superuser, sessions_of_the_application
from tests.migrated import ensure_migrated_database

MODULES = (
    "tests.bench.loading",
    "tests.bench.pressing",
    "tests.bench.totals",
    "tests.bench.drawing",
    "tests.bench.paying",
    "tests.bench.desk",
)
DATABASE = "dodonto_bench"
# The owner makes the tables of the baselines, and the application fills them.
BARE_TABLES = """
ALTER DEFAULT PRIVILEGES FOR ROLE dodonto_owner GRANT ALL ON TABLES TO dodonto_app;
ALTER DEFAULT PRIVILEGES FOR ROLE dodonto_owner GRANT ALL ON SEQUENCES TO dodonto_app"""


def main() -> None:
    """Run the benchmarks that were requested."""
    django.setup()
    for module in MODULES:
        import_module(module)
    name, scale = os.environ.get("BENCH", ""), float(os.environ.get("BENCH_SCALE") or 1)
    if name and name not in BENCHMARKS:
        sys.exit(f"There is no benchmark {name}; there are: {', '.join(BENCHMARKS)}.")
    wanted = [name] if name else list(BENCHMARKS)
    with own_database():
        results = [result for one in wanted for result in run(one, scale)]
    print_table(results)
    write(results, Path(settings.LOCAL_STATE_DIR) / "bench.json")


def run(name: str, scale: float) -> Iterable[Result]:
    """Run one benchmark and say so."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    return BENCHMARKS[name](scale)


@contextmanager
def own_database() -> Iterator[None]:
    """Provide a fresh database beside the real one, and drop it."""
    connection.settings_dict["USER"] = SUPERUSER
    connection.settings_dict["TEST"]["TEMPLATE"] = ensure_migrated_database()
    real = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = DATABASE
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with sessions_of_the_application():
            with as_superuser(), connection.cursor() as cursor:
                cursor.execute(BARE_TABLES)
            yield
    finally:
        connection.creation.destroy_test_db(str(real), verbosity=0)


def machine() -> str:
    """Describe the machine in a few words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return (
        f"{os.cpu_count()} processors, {memory} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def print_table(results: Iterable[Result]) -> None:
    """Print the results for people."""
    print(f"{'benchmark':<24}{'seconds':>10}{'ratio':>8}{'asked':>8}  baseline (seconds)")
    for result in results:
        mark = "" if result.ratio <= result.asked else "  MISSED"
        print(
            f"{result.name:<24}{result.seconds:>10.2f}{result.ratio:>8.2f}{result.asked:>8.2f}"
            f"  {result.baseline} ({result.baseline_seconds:.2f}){mark}"
        )


def write(results: Iterable[Result], file: Path) -> None:
    """Write the results as JSON."""
    lines = [
        {
            "name": result.name,
            "seconds": result.seconds,
            "baseline": result.baseline,
            "baseline_seconds": result.baseline_seconds,
            "ratio": result.ratio,
            "asked": result.asked,
        }
        for result in results
    ]
    text = json.dumps({"machine": machine(), "results": lines}, ensure_ascii=False, indent=2)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dev.settings")
    main()
