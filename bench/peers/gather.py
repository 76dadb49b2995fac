"""Mean of random rows of a float table, one thread: TensorFlow's SparseSegmentMean and PyTorch's embedding_bag, those that are there.

usage: gather.py <table rows> <width> <output rows> <rows per mean> <repeats>
Prints one JSON object: name → median processor seconds.
"""
import json
import os
import sys
import time

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

rows, width, count, degree, repeats = (int(text) for text in sys.argv[1:6])


def median(work):
    work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return sorted(seconds)[repeats // 2]


found = {}
try:
    import tensorflow as tf

    table = tf.random.normal([rows, width])
    indices = tf.random.uniform([count * degree], 0, rows, tf.int32)
    segments = tf.repeat(tf.range(count), degree)
    found["TensorFlow SparseSegmentMean"] = median(lambda: tf.sparse.segment_mean(table, indices, segments).numpy())
    del table
except ImportError:
    pass
try:
    import torch

    torch.set_num_threads(1)
    values = torch.randn(rows, width)
    names = torch.randint(0, rows, (count * degree,))
    offsets = torch.arange(0, count * degree, degree)
    with torch.no_grad():
        bag = torch.nn.functional.embedding_bag
        found["PyTorch embedding_bag, mean"] = median(lambda: bag(names, values, offsets, mode="mean"))
except ImportError:
    pass
print(json.dumps(found))
