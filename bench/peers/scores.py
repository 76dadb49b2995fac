"""Inner products of some rows of a float table with all of another's, 64 at a time, one thread: PyTorch's and numpy's matrix products.

usage: scores.py <rows> <width> <queries> <repeats>
Prints one JSON object: name → { value: processor seconds, median; peakMemoryBytes }.
"""
import json
import os
import resource
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
rows, width, queries, repeats = (int(text) for text in sys.argv[1:5])
found = {}


def measure(name, work):
    work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found[name] = {"value": sorted(seconds)[repeats // 2], "peakMemoryBytes": peak}


def blocks(multiply, left, right, out):
    def work():
        for first in range(0, queries, 64):
            multiply(left[first : first + 64], right.T, out=out[: min(64, queries - first)])

    return work


try:
    import torch

    torch.set_num_threads(1)
    side = lambda: torch.rand(rows, width) - 0.5
    measure(f"PyTorch {torch.__version__}", blocks(torch.mm, side(), side(), torch.empty(64, rows)))
except ImportError:
    pass
try:
    import numpy

    random = numpy.random.default_rng(1)
    side = lambda: random.random((rows, width), numpy.float32) - 0.5
    measure(f"numpy {numpy.__version__}", blocks(numpy.matmul, side(), side(), numpy.empty((64, rows), numpy.float32)))
except ImportError:
    pass
print(json.dumps(found))
