"""A machine with one core, two gigabytes or no AVX-512 answers as any other does."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAID = "client paid but xero says its more than whats outstanding"
GIGABYTE = 1 << 30
# each library is asked in its own way to leave the wide registers alone
NO_AVX512 = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "FAISS_SIMD_LEVEL": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def two_gigabytes() -> None:
    """Limit the addresses, as Linux cannot limit the memory; GPU libraries, if installed, take some and no memory."""
    most = 2 * GIGABYTE + GPU_LIBRARIES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def bytes_of_gpu_libraries() -> int:
    """Return how large the libraries are that PyTorch loads where it was not installed for the processor alone."""
    packages = Path(sysconfig.get_path("purelib"))
    libraries = {*packages.glob("torch/lib/*cuda*.so"), *packages.glob("nvidia/**/*.so*")}
    return sum(path.stat().st_size for path in libraries)


GPU_LIBRARIES = bytes_of_gpu_libraries()


def nothing() -> None:
    """Take nothing away."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can take a core from a process or limit its memory")
@pytest.mark.parametrize(
    ("take_away", "environment"),
    [(one_core, {}), (two_gigabytes, {}), (nothing, NO_AVX512)],
    ids=["one core", "two gigabytes", "no AVX-512"],
)
def test_a_small_machine_builds_and_answers(
    take_away: Callable[[], None], environment: Mapping[str, str], tmp_path: Path
) -> None:
    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "assistant.cli", *arguments, "--index", str(tmp_path / "built")]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment, "ASSISTANT_CACHE": str(tmp_path / "cache")},
            preexec_fn=take_away,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("build")
    answer = json.loads(run("search", PAID, "-k", "1", "--json"))
    found = [hit["entry_id"] for hit in answer["hits"]]
    assert (answer["decision"], found) == ("answer", ["xero-error-messages#payment-exceeds-outstanding"])
