"""Embeddings of all products by full-graph propagation in PyTorch, as Oneway's inference defines them: sums over neighbours and the mean of
all walks, hop by hop, as products of normalised sparse matrices (CSR) with the tables.

usage: refresh.py <graph file> <width> <hops> <repeats>        (graph file: see train.py)
Prints one JSON object: name → { value: median seconds, peakMemoryBytes }.
"""
import json
import resource
import sys
import time

import numpy as np
import torch

STAY, FILL = 0.33, 8.0
path, width, hops, repeats = sys.argv[1], *(int(text) for text in sys.argv[2:])
data = np.fromfile(path, np.uint32)
count, size = int(data[0]), int(data[1])
source, target = (data[4 + k * size : 4 + (k + 1) * size].astype(np.int64) for k in (0, 1))
torch.manual_seed(1)


def csr(rows, columns):
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    offsets = np.zeros(count + 1, np.int64)
    offsets[1:] = np.cumsum(np.bincount(rows, minlength=count))
    own, other = np.bincount(rows, minlength=count)[rows], np.bincount(columns, minlength=count)[columns]
    parts = (torch.from_numpy(offsets.astype(np.int32)), torch.from_numpy(columns.astype(np.int32)))
    values = torch.from_numpy((1 / np.sqrt(own * other)).astype(np.float32))
    plain = torch.from_numpy((1 / np.sqrt(own)).astype(np.float32))
    make = lambda weights: torch.sparse_csr_tensor(*parts, weights, (count, count))
    return make(values), make(plain), torch.from_numpy(np.bincount(rows, minlength=count)).float()


def reach(out, into, own_s, own_t, gates, on_source, profile):
    s, t = torch.zeros_like(own_s), torch.zeros_like(own_t)
    for hop in range(hops, -1, -1):
        if hop == hops:
            forwards = backwards = None
        else:
            forwards, backwards = out @ t, into @ s
        if hop == 0:
            return (1 - STAY) * forwards + STAY * backwards if on_source else (1 - STAY) * backwards + STAY * forwards
        s, t = profile[hop - 1] * gates[0] * own_s, profile[hop - 1] * gates[1] * own_t
        if forwards is not None:
            s = s.add_(forwards, alpha=1 - STAY).add_(backwards, alpha=STAY)
            t = t.add_(backwards, alpha=1 - STAY).add_(forwards, alpha=STAY)


with torch.no_grad():
    weight, profile = 1.0, []
    for hop in range(1, hops + 1):
        weight *= (hops - hop + 1) / hop / (1 - STAY)
        profile.append(weight)
    out, near_s, out_degrees = csr(source, target)
    into, near_t, in_degrees = csr(target, source)
    tables = [torch.randn(count, width) * 0.05 for _ in range(6)]
    own_s, own_t, say_s, say_t, across_s, across_t = tables
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        s = own_s + near_s @ say_s + near_t @ across_s
        t = own_t + near_t @ say_t + near_s @ across_t
        if hops > 1:
            s += (FILL / (FILL + out_degrees))[:, None] * reach(out, into, own_s, own_t, (0.5, 0.5), True, profile)
            t += (FILL / (FILL + in_degrees))[:, None] * reach(out, into, own_s, own_t, (0.5, 0.5), False, profile)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"PyTorch full-graph sparse": {"value": sorted(seconds[1:])[repeats // 2], "peakMemoryBytes": peak}}))
