"""Many workers, and what a cluster costs: beside the gateways, three Kafka brokers run on the same machine."""

import pathlib
import re
import tempfile

import bench_turns
import brokers
from bench_bed import Gateway, Load, alternate
from bench_tables import median
from processes import cpu_seconds, free_port

# Brokers that live for long: with both compilers.
BROKER = {"heap": "512m", "options": ("-XX:+UseSerialGC",)}
PARTITIONS = 48
WORKERS = (1, 2, 3)
# What each worker may do is fixed by these two: so many calls at a time, of so many milliseconds each.
CONCURRENCY, DELAY = 64, 200
USERS = 10_000
# Messages without a reply: so many that no worker is idle, and so few that none waits for 10 s, after which it counts as stuck.
WINDOW = 1024
# The same for a webhook that answers at once.
FLOOD_WINDOW = 2048
# Stanzas a second of a gateway that has nearly nothing to do, and how long they are measured.
IDLE, IDLE_SECONDS = 100, 30
# With so few stanzas it takes this long until the JVM has compiled what they need; before, its compilers have more to do than the gateway.
IDLE_WARMUP = 120
# A call may take 200 ms: so many waves of calls are counted that the first and the last one do not matter.
SCALE_SECONDS = 20
BUCKET = re.compile(r'stanzahook_cluster_append_seconds_bucket\{.*le="([^"]+)".*\} (\S+)')


class Cluster:
    """Three brokers, and the gateways that are parts of one cluster."""

    def __init__(self, bed):
        self.bed = bed
        # On the disk that the project is on: temporary files may be in memory.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="brokers-", dir=bed.disk.name))
        self.processes = []
        prepared = brokers.prepare(self.folder, **BROKER)
        self.addresses = brokers.addresses(prepared)
        for broker in prepared:
            log = open(broker.log, "wb")
            self.processes.append(bed.children.start(broker.command, stdout=log, stderr=log))
        brokers.await_all(prepared)

    def flags(self, role="all", prefix="bench"):
        return ["--cluster", f"kafka://{self.addresses}/{prefix}", "--cluster-role", role, "--cluster-partitions", str(PARTITIONS)]

    def broker_ids(self):
        return [process.pid for process in self.processes]

    def close(self):
        """Kills them: a broker that has lost the others would not end in order."""
        for process in self.processes:
            process.kill()
            self.bed.children.stop(process)

    def watch(self, gateway):
        """The brokers' CPU, and how long records took until they were replicated."""
        cpu, buckets = cpu_watch({"brokers": self.broker_ids()}), appended(gateway)
        return lambda count: cpu(count) | append_figures(buckets, appended(gateway))

    def gateway(self, **how):
        """One run of a gateway that is the whole cluster."""
        return self.bed.gateway(flags=self.flags(), watch=self.watch, **how)

    def node(self, role, number, server, webhook, concurrency):
        return Gateway(self.bed, server, webhook, flags=["--concurrency", str(concurrency), *self.flags(role)], name=f"{role}-{number}")

    def spread(self, count, webhook, concurrency=CONCURRENCY, window=WINDOW, seconds=None):
        """One run of so many workers and an edge, which has one stream."""
        bed = self.bed
        server = free_port()
        load = Load(bed, "ServerLoad", port=server, users=USERS, window=window, seconds=seconds or bed.args.seconds)
        load.await_line("ready")
        workers = [self.node("worker", i + 1, server, webhook, concurrency) for i in range(count)]
        for worker in workers:
            worker.await_ready(lambda state: state["cluster"]["partitions"] == PARTITIONS // count)
        # Only now a stream comes, and messages on it.
        edge = self.node("edge", 1, server, webhook, concurrency)
        load.await_line("measuring")
        cpu = cpu_watch({"workers": [worker.pid for worker in workers], "edge": [edge.pid], "brokers": self.broker_ids()})
        result = load.figures()
        result |= cpu(result["count"])
        load.end()
        for worker in workers:
            worker.check()
        for node in (edge, *workers):
            node.process.terminate()
        for node in (edge, *workers):
            bed.children.stop(node.process)
        return result


def cpu_watch(groups):
    """CPU of groups of processes, by name, from now on: for so many stanzas, of each."""
    total = lambda: {name: sum(map(cpu_seconds, pids)) for name, pids in groups.items()}
    before = total()
    return lambda count: {f"{name}_cpu_us": (value - before[name]) * 1e6 / count for name, value in total().items()}


def appended(gateway):
    """How many records took at most so long, in seconds, until they were replicated."""
    return {float(most): float(count) for most, count in BUCKET.findall(gateway.get("/metrics").replace("+Inf", "inf"))}


def append_figures(before, after):
    counts = {most: count - before.get(most, 0) for most, count in sorted(after.items())}
    return {f"append_{name}_us": quantile(counts, share) * 1e6 for name, share in (("p50", 0.5), ("p99", 0.99))}


def quantile(counts, share):
    """Within the bucket that has it, as Prometheus does. counts: by upper bound, each with those below."""
    wanted = share * max(counts.values(), default=0)
    low = below = 0
    for most, count in counts.items():
        if count >= wanted and count > below:
            return low if most == float("inf") else low + (most - low) * (wanted - below) / (count - below)
        low, below = most, count
    return low


def run(bed):
    cluster = Cluster(bed)
    try:
        return measure(bed, cluster)
    finally:
        cluster.close()


def measure(bed, cluster):
    flood = {"users": USERS, "window": FLOOD_WINDOW}
    data = {"concurrency": CONCURRENCY, "delay": DELAY, "partitions": PARTITIONS, "idle": IDLE}
    if not bed.args.short:
        # The brokers live through all runs, and are warm before the first one that counts.
        cluster.gateway(**flood)
    data |= alternate(bed, "flood", {
        "alone": lambda: bed.gateway(**flood), "clustered": lambda: cluster.gateway(**flood),
        "apart": lambda: cluster.spread(1, bed.nginx_port, 256, FLOOD_WINDOW)})
    # In topics of its own: its last messages are not answered.
    data["turns"] = bench_turns.run(bed, "flood", {
        "alone": lambda: bench_turns.gateway(bed, **flood),
        "clustered": lambda: bench_turns.gateway(bed, flags=cluster.flags(prefix="turns"), **flood)})
    half = data["half"] = int(median(data["clustered"], "rate") / 2)
    idle = {} if bed.args.short else {"seconds": IDLE_SECONDS, "warmup": IDLE_WARMUP}
    for name, rate, times in (("calm", half, {}), ("idle", IDLE, idle)):
        how = {"users": USERS, "rate": rate, **times}
        data |= alternate(bed, f"{rate}/s", {
            f"{name}_alone": lambda: bed.gateway(**how), f"{name}_clustered": lambda: cluster.gateway(**how)})
    webhook, port = bed.slow_webhook(delay=DELAY)
    try:
        seconds = bed.args.seconds if bed.args.short else max(SCALE_SECONDS, bed.args.seconds)
        return data | alternate(bed, f"webhook of {DELAY} ms", {
            f"workers_{count}": lambda count=count: cluster.spread(count, port, seconds=seconds) for count in WORKERS})
    finally:
        bed.children.stop(webhook)
