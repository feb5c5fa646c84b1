"""OpenVINO: the only module that imports it.

OpenVINO is imported without its converter and its telemetry: these take most of the import's time, and importing the
telemetry sends a message to Intel over the network.
"""

from __future__ import annotations

import importlib
import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from index.models.options import Precision

_TELEMETRY = "openvino_telemetry"
_CONVERTER = ("openvino.tools.ovc", "openvino.frontend.tensorflow")
_STREAMS = 4  # at most; each has memory of its own, and on more than 4 cores a stream has several threads
_importing = threading.Lock()


class Runtime:
    """OpenVINO on the CPU.

    Args:
        threads: How many of the processor's threads to use.

    Raises:
        ImportError: OpenVINO is not installed, or not for this platform.
    """

    def __init__(self, threads: int) -> None:
        with _importing, _without(_TELEMETRY, *_CONVERTER):
            self._openvino: Any = importlib.import_module("openvino")
        self._core = self._openvino.Core()
        self._threads = threads

    @property
    def description(self) -> str:
        """The library's version, the processor's name and features: a compiled model fits no other."""
        abilities = " ".join(sorted(self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")))
        return (
            f"OpenVINO {self._openvino.__version__}, {self._core.get_property('CPU', 'FULL_DEVICE_NAME')}, {abilities}"
        )

    def load(self, compiled: npt.NDArray[np.uint8], precision: str) -> Any:
        """Load what `compile` returned.

        Raises:
            RuntimeError: OpenVINO cannot read it.
        """
        tensor = self._openvino.Tensor(compiled, shared_memory=True)
        return self._core.import_model(tensor, "CPU", self._options(precision))

    def compile(self, network: Any, example: dict[str, Any], precision: str) -> bytes:
        """Convert and compile a torch module; its weights become half precision unless float32 is asked for.

        Args:
            network: The module.
            example: Input to trace it with.
            precision: A value of `Precision`.
        """
        with _importing, _without(_TELEMETRY):
            convert_model = importlib.import_module("openvino.tools.ovc").convert_model
        converted = convert_model(network, example_input=example)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.xml"
            self._openvino.save_model(converted, path, compress_to_fp16=precision != Precision.F32)
            compiled = self._core.compile_model(path, "CPU", self._options(precision))
            stream = io.BytesIO()
            compiled.export_model(stream)
            return stream.getvalue()

    def _options(self, precision: str) -> dict[str, Any]:
        # subtle: a stream of one thread waits for no other thread. Two threads in a stream save a query half a
        # millisecond on an idle machine and cost it twenty on a busy one; threads pinned to cores wait for those cores.
        options = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": str(min(self._threads, _STREAMS)),
            "INFERENCE_NUM_THREADS": self._threads,
            "ENABLE_CPU_PINNING": False,
        }
        return {**options, "INFERENCE_PRECISION_HINT": "f32"} if precision == Precision.F32 else options


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Make the import of some modules fail inside the block; OpenVINO works without them."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            if sys.modules.get(name, name) is None:
                del sys.modules[name]
