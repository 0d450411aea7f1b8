"""Every benchmark runs, on a thousandth of its rows; what it measures there means nothing."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from django.conf import settings

from tests.bench.__main__ import MODULES
from tests.bench.registry import BENCHMARKS
from tests.outside import ROOT


@pytest.mark.slow
def test_every_benchmark_runs() -> None:
    for module in MODULES:
        import_module(module)

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench"],
        cwd=ROOT,
        env={
            **os.environ,
            "BENCH": "",
            "BENCH_SCALE": "0.001",
            "DJANGO_SETTINGS_MODULE": "dev.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    results = json.loads((settings.LOCAL_STATE_DIR / "bench.json").read_text())["results"]
    measured = " ".join(result["name"] for result in results)
    assert [name for name in BENCHMARKS if name not in measured] == []
