"""Neural networks on one processor thread, whose next to nothing is nothing.

Numbers below 1e-38 cost a processor a hundred times the work of others: the network that looks for text
spent two thirds of its time on them, most of it in two small layers. The runtime sets the thread that
makes a process's first session to count them as 0, and every process forked from it; other sessions of
the process have no say, so all are made here.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

TINY_IS_NOTHING = "session.set_denormal_as_zero"


def session(model: Path, **settings: bool) -> Any:
    """A session of onnxruntime for the model; `settings` are further attributes of its options."""
    # here, not above: pages read the advice of rooms that have a network, and do without a runtime
    runtime = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry(TINY_IS_NOTHING, "1")
    for name, value in settings.items():
        setattr(options, name, value)
    return runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
