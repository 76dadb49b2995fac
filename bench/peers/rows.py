"""Rows both ways of random edges: scipy's CSR with parallel edges summed, and its CSC. One thread.

usage: rows.py <edges> <repeats>
Prints one JSON object: name → { value: processor seconds, median; peakMemoryBytes }.
"""
import json
import resource
import sys
import time

edges, repeats = int(sys.argv[1]), int(sys.argv[2])
nodes = -(-edges // 10)
found = {}
try:
    import numpy
    import scipy
    from scipy.sparse import coo_array

    random = numpy.random.default_rng(1)
    end = lambda: (nodes * random.random(edges) ** 2).astype(numpy.int32)
    source, target, weight = end(), end(), numpy.ones(edges, numpy.float32)
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        rows = coo_array((weight, (source, target)), shape=(nodes, nodes)).tocsr()
        rows.sum_duplicates()
        rows.tocsc()
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found[f"scipy {scipy.__version__}, CSR and CSC without counts"] = {"value": sorted(seconds)[repeats // 2], "peakMemoryBytes": peak}
except ImportError:
    pass
print(json.dumps(found))
