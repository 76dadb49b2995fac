"""The training step of Oneway's model in PyTorch: dual encoder, sampled neighbourhoods and walks, whole-row logistic loss with the
leave-one-out of near messages, Adam on the rows of the batch. Written to be fast: neighbourhoods by vectorised operations, sums as
products with sparse matrices, rows of tables gathered once per step, gradients and Adam on these rows alone. It takes less on itself than
ours: walks over a pair's own edge are not taken out, and neighbours beyond the sample are drawn with replacement.

usage: train.py <settings> steps <graph file> <width> <hops> <steps> <steps before>
       train.py <settings> quality <graph file> <width> <hops> <epochs> <goal> …
Settings are a JSON object of our defaults: batchSize, negatives, walks, fill, stay, minimum (neighbours drawn at most), learningRate, warmUpSteps,
penalty, beta2.
Prints one JSON object: name → { value, peakMemoryBytes }. steps: median seconds of a step. quality: seconds of training until Hits@100
reaches each goal, -1 where it does not. A graph file is of u32: products, edges, test edges, test non-edges, then sources and targets of each.
"""
import json
import math
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

SETTINGS = json.loads(sys.argv[1])
BATCH, NEGATIVES, WALKS, FILL, STAY, SMALLEST = (
    SETTINGS[name] for name in ("batchSize", "negatives", "walks", "fill", "stay", "minimum")
)
RATE, WARM_UP, PENALTY, BETA2 = (SETTINGS[name] for name in ("learningRate", "warmUpSteps", "penalty", "beta2"))
torch.manual_seed(1)


def ranges(starts, counts):
    """start, start + 1, …, start + count − 1 of every row, one after the other, and the row of each."""
    rows = torch.repeat_interleave(torch.arange(len(counts)), counts)
    first = torch.cumsum(counts, 0) - counts
    return starts[rows] + torch.arange(len(rows)) - first[rows], rows


class Rows:
    def __init__(self, source, target, count):
        order = np.lexsort((target, source))
        self.nodes = torch.from_numpy(target[order].astype(np.int64))
        self.degrees = torch.from_numpy(np.bincount(source, minlength=count).astype(np.int64))
        self.starts = torch.cumsum(self.degrees, 0) - self.degrees


class Graph:
    def __init__(self, source, target, count):
        keys = np.unique(source.astype(np.int64) * count + target)
        source, target = keys // count, keys % count
        keep = source != target
        source, target = source[keep], target[keep]
        self.count, self.edges = count, len(source)
        self.out, self.into = Rows(source, target, count), Rows(target, source, count)


def draw(rows, nodes):
    """Neighbours: all, or as many as the largest sample with replacement. Returns nodes, the batch row of each, and sqrt(degree) / drawn."""
    degrees = rows.degrees[nodes]
    drawn = degrees.clamp(max=SMALLEST)
    places, of = ranges(rows.starts[nodes], drawn)
    many = degrees[of] > drawn[of]
    if many.any():
        some = of[many]
        places[many] = rows.starts[nodes[some]] + (torch.rand(len(some)) * degrees[some]).long()
    return rows.nodes[places], of, torch.sqrt(degrees.float()) / drawn.clamp(min=1)


def walk(graph, nodes, on_source, hops, profile):
    """Ends of walks by side: nodes, batch rows and weights."""
    near = (graph.out if on_source else graph.into).degrees[nodes]
    share = FILL / (FILL + near.float())
    counts = torch.where(near > 0, (WALKS * share).round().long(), 0)
    of = torch.repeat_interleave(torch.arange(len(nodes)), counts)
    at, source, weight = nodes[of], torch.full((len(of),), on_source), (share / counts.clamp(min=1))[of]
    alive, ends = torch.ones(len(of), dtype=torch.bool), {True: [], False: []}
    for hop in range(hops):
        crosses = torch.rand(len(of)) >= STAY
        forwards = source == crosses
        degrees = torch.where(forwards, graph.out.degrees[at], graph.into.degrees[at])
        alive = alive & (degrees > 0)
        place = (torch.rand(len(of)) * degrees).long()
        out = graph.out.nodes[(graph.out.starts[at] + place).clamp(max=graph.edges - 1)]
        into = graph.into.nodes[(graph.into.starts[at] + place).clamp(max=graph.edges - 1)]
        at = torch.where(alive, torch.where(forwards, out, into), at)
        back = torch.where(forwards, graph.into.degrees[at], graph.out.degrees[at])
        weight = weight * torch.sqrt(degrees.clamp(min=1).float() / back.clamp(min=1).float())
        source = ~forwards
        for side in (True, False):
            here = alive & (source == side)
            ends[side].append((at[here], of[here], profile[hop] * weight[here]))
    return {side: tuple(torch.cat(parts) for parts in zip(*found)) for side, found in ends.items()}


def sums(table, columns, rows, weights, count):
    """Sparse matrix times table; rows need not be sorted."""
    order = torch.argsort(rows, stable=True) if len(rows) > 1 and not bool((rows[1:] >= rows[:-1]).all()) else None
    if order is not None:
        columns, rows, weights = columns[order], rows[order], weights[order]
    offsets = torch.zeros(count + 1, dtype=torch.int64)
    offsets[1:] = torch.cumsum(torch.bincount(rows, minlength=count), 0)
    return F.embedding_bag(columns, table, offsets[:-1], mode="sum", per_sample_weights=weights)


class Model:
    def __init__(self, graph, width, hops):
        self.graph, self.width, self.hops, self.step_number = graph, width, hops, 0
        weight, self.profile = 1.0, []
        for hop in range(1, hops + 1):
            weight *= (hops - hop + 1) / hop / (1 - STAY)
            self.profile.append(weight)
        names = ["own", "near", "across"]
        self.tables = {f"{side} {name}": torch.randn(graph.count, width) * 0.05 for side in "st" for name in names}
        self.tables |= {f"{side} bias": torch.zeros(graph.count, 1) for side in "st"}
        self.tables["gates"] = torch.tensor([[1.0, 0.5, 0.5, 1.0, 0.5, 0.5]])
        self.tables["offset"] = torch.tensor([[-5.0]])
        self.moments = {name: (torch.zeros_like(t), torch.zeros_like(t)) for name, t in self.tables.items()}
        self.mark = {name: torch.zeros(graph.count, dtype=torch.bool) for name in self.tables}
        self.local = {name: torch.zeros(graph.count, dtype=torch.int64) for name in self.tables}

    def sample(self, nodes, on_source):
        graph = self.graph
        near, across = (graph.out, graph.into) if on_source else (graph.into, graph.out)
        walks = walk(graph, nodes, on_source, self.hops, self.profile) if self.hops > 1 else None
        return {"near": draw(near, nodes), "across": draw(across, nodes), "walks": walks, "nodes": nodes}

    def leaves(self, samples, pairs=None):
        """Rows that the batch touches, renumbered, as leaves of the computation. Pairs (sources, targets) need each other's messages."""
        wanted = {name: [] for name in self.tables}
        if pairs is not None:
            wanted["t near"].append(pairs[0])
            wanted["s near"].append(pairs[1])
        for side, sample in samples.items():
            wanted[f"{side} own"].append(sample["nodes"])
            wanted[f"{side} bias"].append(sample["nodes"])
            wanted[f"{side} near"].append(sample["near"][0])
            wanted[f"{side} across"].append(sample["across"][0])
            if sample["walks"] is not None:
                wanted["s own"].append(sample["walks"][True][0])
                wanted["t own"].append(sample["walks"][False][0])
        rows, leaf = {}, {}
        for name, lists in wanted.items():
            if name in ("gates", "offset"):
                leaf[name] = self.tables[name].clone().requires_grad_()
                continue
            mark = self.mark[name]
            for one in lists:
                mark[one] = True
            rows[name] = mark.nonzero()[:, 0]
            mark[rows[name]] = False
            self.local[name][rows[name]] = torch.arange(len(rows[name]))
            leaf[name] = self.tables[name][rows[name]].requires_grad_()
        return rows, leaf

    def encode(self, leaf, sample, side):
        count, gates = len(sample["nodes"]), leaf["gates"][0]
        base = 0 if side == "s" else 3
        position = self.local[f"{side} own"][sample["nodes"]]
        rest = gates[base] * leaf[f"{side} own"][position]
        columns, of, scale = sample["across"]
        rest = rest + sums(leaf[f"{side} across"], self.local[f"{side} across"][columns], of, scale[of], count)
        columns, of, scale = sample["near"]
        near = sums(leaf[f"{side} near"], self.local[f"{side} near"][columns], of, torch.ones(len(of)), count)
        if sample["walks"] is not None:
            for k, (end, name) in enumerate(((True, "s own"), (False, "t own"))):
                columns, of, weights = sample["walks"][end]
                rest = rest + gates[base + 1 + k] * sums(leaf[name], self.local[name][columns], of, weights, count)
        bias = leaf[f"{side} bias"][self.local[f"{side} bias"][sample["nodes"]]]
        return rest, near, scale, bias

    def step(self, sources, rate):
        graph = self.graph
        self.step_number += 1
        columns = min(NEGATIVES, graph.count)
        negatives = torch.arange(graph.count) if columns == graph.count else torch.randperm(graph.count)[:columns]
        places, pair_source = ranges(graph.out.starts[sources], graph.out.degrees[sources])
        pair_node = graph.out.nodes[places]
        position = torch.full((graph.count,), -1)
        position[negatives] = torch.arange(columns)
        cells = position[pair_node] >= 0
        excluded = (torch.cat([pair_source[cells], torch.arange(len(sources))]), torch.cat([position[pair_node[cells]], position[sources]]))
        keep = excluded[1] >= 0
        excluded = (excluded[0][keep], excluded[1][keep])
        fresh = torch.unique(pair_node[~cells])
        targets = torch.cat([negatives, fresh])
        position[fresh] = columns + torch.arange(len(fresh))
        pair_target = position[pair_node]
        samples = {"s": self.sample(sources, True), "t": self.sample(targets, False)}
        rows, leaf = self.leaves(samples, (sources, pair_node))
        s_rest, s_near, s_scale, s_bias = self.encode(leaf, samples["s"], "s")
        t_rest, t_near, t_scale, t_bias = self.encode(leaf, samples["t"], "t")
        s, t, offset = s_rest + s_scale[:, None] * s_near, t_rest + t_scale[:, None] * t_near, leaf["offset"][0]
        logits = torch.addmm(s_bias + offset, s, t[:columns].T) + t_bias[:columns].T
        negative = F.softplus(logits).sum() - F.softplus(logits[excluded]).sum()

        def pair_end(rest, near, table, position, other, degrees):
            # Where not all neighbours are drawn, the other end is among them with this probability.
            drawn = degrees.clamp(max=SMALLEST)
            share = drawn / degrees
            less = torch.sqrt((degrees - 1).float()) / (drawn - share).clamp(min=1e-9)
            return rest[position] + less[:, None] * (near[position] - share[:, None] * table[other])

        near_s = self.local["s near"][pair_node]
        near_t = self.local["t near"][sources[pair_source]]
        left = pair_end(s_rest, s_near, leaf["s near"], pair_source, near_s, graph.out.degrees[sources[pair_source]])
        right = pair_end(t_rest, t_near, leaf["t near"], pair_target, near_t, graph.into.degrees[pair_node])
        x = (left * right).sum(1) + (s_bias[pair_source] + t_bias[pair_target])[:, 0] + offset
        loss = (graph.count / columns * negative + (F.softplus(x) - x).sum()) / max(len(pair_node), 1)
        loss.backward()
        with torch.no_grad():
            self.adam(rows, leaf, rate)
        return loss.item()

    def adam(self, rows, leaf, rate):
        number, shrink = self.step_number, 2 * PENALTY / self.graph.edges
        rate = rate * math.sqrt(1 - BETA2**number) / (1 - 0.9**number)
        for name, values in leaf.items():
            if values.grad is None:
                continue
            gradient = values.grad if name in ("gates", "offset") or "bias" in name else values.grad.add_(values, alpha=shrink)
            index = rows.get(name)
            mean, variance = (m if index is None else m[index] for m in self.moments[name])
            mean = mean.mul_(0.9).add_(gradient, alpha=0.1)
            variance = variance.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            moved = values.detach().addcdiv_(mean, variance.sqrt().add_(1e-8), value=-rate)
            if index is None:
                self.tables[name].copy_(moved)
            else:
                self.tables[name][index] = moved
                self.moments[name][0][index] = mean
                self.moments[name][1][index] = variance

    def scores(self, source, target):
        with torch.no_grad():
            nodes = torch.arange(self.graph.count)
            samples = {"s": self.sample(nodes, True), "t": self.sample(nodes, False)}
            _, leaf = self.leaves(samples)
            (s, s_near, s_scale, s_bias), (t, t_near, t_scale, t_bias) = (self.encode(leaf, samples[k], k) for k in "st")
            s, t = s + s_scale[:, None] * s_near, t + t_scale[:, None] * t_near
            return (s[source] * t[target]).sum(1) + (s_bias[source] + t_bias[target])[:, 0]


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def read(path):
    data, at, lists = np.fromfile(path, np.uint32), 4, []
    for size in data[1:4]:
        lists.append((data[at : at + size], data[at + size : at + 2 * size]))
        at += 2 * int(size)
    return Graph(*lists[0], int(data[0])), *([torch.from_numpy(part.astype(np.int64)) for part in one] for one in lists[1:])


def steps(path, width, hops, number, warm):
    graph, _, _ = read(path)
    model, seconds = Model(graph, width, hops), []
    for _ in range(number + warm):
        sources = torch.randperm(graph.count)[:BATCH]
        start = time.perf_counter()
        model.step(sources, 0.0001)
        seconds.append(time.perf_counter() - start)
    return {"PyTorch": {"value": sorted(seconds[warm:])[number // 2], "peakMemoryBytes": peak()}}


def rate_at(number, total):
    if number <= WARM_UP:
        return RATE * number / WARM_UP
    return RATE * (1 + math.cos(math.pi * (number - WARM_UP) / (total - WARM_UP))) / 2


def quality(path, width, hops, epochs, goals):
    graph, positives, negatives = read(path)
    model, reached, clock = Model(graph, width, hops), {}, 0.0
    batch = max(1, min(BATCH, math.ceil(graph.count / 10)))
    total, number = epochs * math.ceil(graph.count / batch), 0
    for _ in range(epochs):
        start = time.perf_counter()
        for sources in torch.randperm(graph.count).split(batch):
            number += 1
            model.step(sources, rate_at(number, total))
        clock += time.perf_counter() - start
        bar = torch.topk(model.scores(*negatives), 100).values[-1]
        hits = float((model.scores(*positives) > bar).float().mean())
        for goal in goals:
            if hits >= goal and goal not in reached:
                reached[goal] = clock
        if len(reached) == len(goals):
            break
    return {f"PyTorch {goal}": {"value": reached.get(goal, -1), "peakMemoryBytes": peak()} for goal in goals}


mode, *given = sys.argv[2:]
if mode == "steps":
    print(json.dumps(steps(given[0], *(int(text) for text in given[1:]))))
else:
    print(json.dumps(quality(given[0], *(int(text) for text in given[1:4]), [float(text) for text in given[4:]])))
