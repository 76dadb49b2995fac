"""faiss over vectors that are searched by inner product: building an HNSW graph, and searching it and exactly, one thread.

usage: hnsw.py <build|query> <folder> <rows> <width> <M> <efConstruction> <k> <recall> <repeats>
The folder holds vectors and queries (f32), and truth (u32, queries × k). `build` times building; `query` reads the graph that it left, or builds it.
Prints one JSON object: name → { value, peakMemoryBytes }; seconds for build, queries a second for query.
"""
import json
import os
import resource
import sys
import time

mode, folder = sys.argv[1:3]
rows, width, m, construction, k = (int(text) for text in sys.argv[3:8])
wanted, repeats = float(sys.argv[8]), int(sys.argv[9])
found = {}


def add(name, value):
    found[name] = {"value": value, "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def median(work):
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return sorted(seconds)[repeats // 2]


try:
    import faiss
    import numpy

    faiss.omp_set_num_threads(1)
    read = lambda name, dtype: numpy.fromfile(f"{folder}/{name}", dtype=dtype)
    vectors = read("vectors", numpy.float32).reshape(rows, width)
    path = f"{folder}/faiss-{m}-{construction}.index"

    def build():
        index = faiss.IndexHNSWFlat(width, m, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = construction
        index.add(vectors)
        faiss.write_index(index, path)

    if mode == "build":
        add(f"faiss {faiss.__version__} HNSW, one thread", median(build))
    else:
        if not os.path.exists(path):
            build()
        index = faiss.read_index(path)
        queries = read("queries", numpy.float32).reshape(-1, width)
        truth = read("truth", numpy.uint32).reshape(-1, k)
        for ef in (16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024):
            index.hnsw.efSearch = ef
            _, ids = index.search(queries, k)
            recall = sum(len(set(a) & set(b)) for a, b in zip(ids.tolist(), truth.tolist())) / truth.size
            if recall >= wanted:
                break
        # One query at a time, as a service is asked; and all at once.
        one = median(lambda: [index.search(queries[i : i + 1], k) for i in range(len(queries))])
        add(f"faiss HNSW at ef {ef}, recall {recall:.4f}, one thread", len(queries) / one)
        exact = faiss.IndexFlatIP(width)
        exact.add(vectors)
        some = queries[:64]
        add("faiss exact search, in batches of 64, one thread", len(some) / median(lambda: exact.search(some, k)))
except ImportError:
    pass
print(json.dumps(found))
