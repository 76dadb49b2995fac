"""Neighbours drawn a second, two hops from batches of seeds: PyTorch's vectorised uniform draws with replacement, and PyG's NeighborLoader where pyg-lib is installed.

usage: sample.py <folder with offsets and targets, u32> <seeds a batch> <fan-out> <batches> <repeats>
Prints one JSON object: name → { value: neighbours a second, median; peakMemoryBytes }. One thread, processor time.
"""
import json
import resource
import sys
import time

folder, (batch, fanout, batches, repeats) = sys.argv[1], (int(text) for text in sys.argv[2:6])
found = {}


def measure(name, draw):
    draw(min(batches, 10))
    rates = []
    for _ in range(repeats):
        start = time.process_time()
        drawn = draw(batches)
        rates.append(drawn / (time.process_time() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found[name] = {"value": sorted(rates)[repeats // 2], "peakMemoryBytes": peak}


try:
    import numpy
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    read = lambda name: torch.from_numpy(numpy.fromfile(f"{folder}/{name}", dtype=numpy.int32))
    offsets32, targets32 = read("offsets"), read("targets")
    nodes = len(offsets32) - 1

    def vectorised(offsets, targets):
        def hop(seeds):
            start = offsets[seeds]
            degree = offsets[seeds + 1] - start
            some = degree > 0
            if not bool(some.all()):
                start, degree = start[some], degree[some]
            draws = (torch.rand(len(start), fanout) * degree[:, None]).to(offsets.dtype)
            return targets[(start[:, None] + draws).reshape(-1)]

        def draw(count):
            drawn = 0
            for _ in range(count):
                first = hop(torch.randint(0, nodes, (batch,)))
                drawn += len(first) + len(hop(first))
            return drawn

        return draw

    with torch.no_grad():
        measure("PyTorch, uniform with replacement, one thread", vectorised(offsets32.long(), targets32.long()))
        measure("PyTorch, uniform with replacement, 32-bit indices, one thread", vectorised(offsets32, targets32))
except ImportError:
    pass
try:
    import pyg_lib  # noqa: F401
    from torch_geometric.data import Data
    from torch_geometric.loader import NeighborLoader

    source = torch.repeat_interleave(torch.arange(nodes), (offsets32[1:] - offsets32[:-1]).long())
    data = Data(edge_index=torch.stack([targets32.long(), source]), num_nodes=nodes)
    loader = NeighborLoader(data, num_neighbors=[fanout, fanout], batch_size=batch, shuffle=True)

    def load(count):
        drawn = 0
        for i, part in enumerate(loader):
            if i == count:
                break
            drawn += part.edge_index.shape[1]
        return drawn

    measure("PyG NeighborLoader, uniform without replacement, one thread", load)
except ImportError:
    pass
print(json.dumps(found))
