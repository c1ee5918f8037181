#!/usr/bin/env python3
"""Runs compare.py with what this repository adds to it, and writes the figures as JSON: called by bench/run.

- The raw load generator (bench/load.ts) as workloads of their own: the client's cost is out of the way.
- Of a system whose command has {metrics}, the delay of the broker's event loop under each workload, from the difference of two
  pages of its metrics. {metrics} is replaced by a free port. The loop's thread has a core, and the clients have the others: where
  they share, a loop that wants to run waits up to 100 ms for stock producers that keep all cores busy. Beside it how much of that
  core a virtual machine was not given: a loop waits for that too.

  workloads.py --shared DIR --json F compare.py's arguments...
"""
import json, os, re, subprocess, sys, time, types, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def argument(name):
    i = sys.argv.index(name)
    value = sys.argv[i + 1]
    del sys.argv[i:i + 2]
    return value


def load_compare(path):
    """compare.py as a module: it is a script that runs as soon as it is imported."""
    with open(path) as file:
        source = re.sub(r"\nmain\(\)\s*$", "\n", file.read())
    module = types.ModuleType("compare")
    module.__file__ = path
    exec(compile(source, path, "exec"), module.__dict__)
    return module


compare = load_compare(os.path.join(argument("--shared"), "bench", "compare.py"))


ALL_CORES = os.sched_getaffinity(0)
LOOPS_CORE = {min(ALL_CORES)}
CLIENTS_CORES = ALL_CORES - LOOPS_CORE or ALL_CORES


class Broker(compare.Broker):
    def __init__(self, name, command):
        self.metrics = compare.free_port() if "{metrics}" in command else None
        if self.metrics is None:
            super().__init__(name, command)
            return
        super().__init__(name, command.replace("{metrics}", str(self.metrics)))
        # This is the thread of its event loop alone. Those that compile, collect and write may run anywhere: kept to the same core
        # they took it from the loop for 20 ms and more.
        os.sched_setaffinity(compare.tree(self.p.pid)[-1], LOOPS_CORE)
        # A process has the cores of the one that starts it.
        os.sched_setaffinity(0, CLIENTS_CORES)
        # What answers the first page is loaded with it.
        buckets(self)

    def stop(self):
        os.sched_setaffinity(0, ALL_CORES)
        super().stop()


def buckets(broker):
    """Upper bounds in ms with how many waited no longer, since the broker's first page."""
    if broker.metrics is None:
        return []
    with urllib.request.urlopen(f"http://127.0.0.1:{broker.metrics}/metrics", timeout=10) as page:
        text = page.read().decode()
    found = re.findall(r'^ottla_event_loop_delay_seconds_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)
    return [(float(le) * 1000, float(count)) for le, count in found]


def loop_delay(before, after):
    counts = [(bound, count - earlier) for (bound, count), (_, earlier) in zip(after, before)]
    total = counts[-1][1] if counts else 0
    at = lambda part: next(bound for bound, count in counts if count >= total * part)
    names = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1}
    return {f"loop delay {name} ms, at most": at(part) for name, part in names.items()} if total else {}


def stolen():
    """How long, in seconds, a virtual machine was not given the loop's core though it wanted it."""
    with open("/proc/stat") as stat:
        line = next(line for line in stat if line.startswith(f"cpu{min(LOOPS_CORE)} "))
    return int(line.split()[8]) / compare.TICK


def watched(workload):
    def run(libs, broker):
        before, stolen_before, began = buckets(broker), stolen(), time.monotonic()
        figures = workload(libs, broker) | loop_delay(before, buckets(broker))
        if broker.metrics is not None:
            part = (stolen() - stolen_before) / (time.monotonic() - began)
            figures["loop delay core stolen %"] = round(part * 100, 1)
        return figures
    return run


def raw(what, topic, partitions, *options):
    def run(libs, broker):
        # By the stock tool, which takes its time: the partitions of a topic just made may have no leaders yet.
        if what == "produce":
            compare.create(libs, broker, topic, partitions)
        # A script that starts the broker is not the broker.
        pid = compare.tree(broker.p.pid)[-1]
        command = ["node", "--import", "tsx", os.path.join(HERE, "load.ts"), what, "--port", str(broker.port), "--pid", str(pid),
                   "--topic", topic, "--partitions", str(partitions), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
        figures = json.loads(done.stdout)
        kept = ["p50 ms", "p99 ms", "p99.9 ms"]
        kept += ["requests/s", "broker cpu us/request"] if "--records-per-batch" in options else ["MB/s", "broker cpu s/GB"]
        return {name: figures[name] for name in kept}
    return run


compare.Broker = Broker
compare.WORKLOADS.update({
    "raw produce 1 KiB x 12 partitions, 4 connections": raw("produce", "raw", 12, "--connections", "4"),
    "raw consume 1 KiB x 12 partitions, 2 connections": raw("consume", "raw", 12, "--connections", "2"),
    "raw produce one 1 KiB record each, 1 connection": raw(
        "produce", "one", 1, "--in-flight", "1", "--records-per-batch", "1"),
    "raw produce one 1 KiB record each, 100 connections": raw(
        "produce", "many", 12, "--connections", "100", "--in-flight", "1", "--records-per-batch", "1"),
})
for name, workload in list(compare.WORKLOADS.items()):
    compare.WORKLOADS[name] = watched(workload)
compare.main()
