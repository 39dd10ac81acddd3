"""The tables of docs/project/scale.md: what a million stanzas a second would take, from what scripts/bench measured."""

import math

from bench_tables import median, table

RATE = 1_000_000
RECORDS, BYTES, REPLICAS = 2, 250, 3
MOST = 0.6
WORKER_CORES, BROKER_CORES = 4, 8
OUTAGE_HOURS = 72


def figures(data):
    """Microseconds of CPU for a stanza, of each part, and what one Prosody carries."""
    cluster = data["cluster"]
    return {
        "alone": median(cluster["alone"], "cpu_us"),
        "clustered": median(cluster["clustered"], "cpu_us"),
        "edge": median(cluster["apart"], "edge_cpu_us"),
        "worker": median(cluster["apart"], "workers_cpu_us"),
        "brokers": median(cluster["apart"], "brokers_cpu_us"),
        "prosody": median(data["prosody"]["gateway"], "rate")}


def inputs(data):
    have = figures(data)
    run = "`scripts/bench --cluster`, [performance](performance.md#a-cluster)"
    us = lambda name: f"{have[name]:.1f} us"
    return table(("what", "value", "from"), [
        ("CPU for a stanza and its reply: of a gateway without a cluster", us("alone"), run),
        ("of a gateway that is the whole cluster", us("clustered"), "the same"),
        ("of an edge", us("edge"), "the same, one edge and one worker"),
        ("of a worker", us("worker"), "the same"),
        ("of all brokers together (three replicas, `acks=all`)", us("brokers"), "the same"),
        ("records for a stanza with a reply", str(RECORDS), "`PREFIX.in`, `PREFIX.out`"),
        ("bytes of a record", str(BYTES), "a message with a body of 32 bytes"),
        ("the most that one Prosody carries", f"{have['prosody']:,.0f} stanzas/s", "`scripts/bench --prosody`, [performance](performance.md)"),
        ("time without answers after a process dies", "6 s for the session to expire, and about 1 s to assign and connect",
         "6 s is the shortest session that brokers allow by default"),
        ("highest load of a processor that leaves room for a failure", f"{MOST:.0%}", ""),
    ]) + "\nThe first five are figures at full load, of two processors that the load generator, nginx and the brokers share.\n"


def cores(us):
    return RATE * us / 1e6


def machines(us, each):
    return math.ceil(cores(us) / MOST / each)


def used(us):
    return f"{RATE:,} × {us:.1f} us = {cores(us):.0f} cores; at {MOST:.0%}: {cores(us) / MOST:.0f} cores"


def arithmetic(data):
    have = figures(data)
    brokers = machines(have["brokers"], BROKER_CORES)
    workers, edges = (machines(have[name], WORKER_CORES) for name in ("worker", "edge"))
    written = RATE * RECORDS * BYTES * REPLICAS
    kept = RATE * BYTES * REPLICAS * OUTAGE_HOURS * 3600
    return table(("part", f"for {RATE:,} stanzas/s, each with a reply"), [
        ("records", f"{RATE * RECORDS:,}/s"),
        ("brokers' CPU", f"{used(have['brokers'])}, which is {brokers} brokers of {BROKER_CORES} cores. Take {2 * brokers}: then each disk and network"
         " has half the load, and a third of the brokers may be away"),
        ("brokers' disks", f"{RATE * RECORDS:,} × {BYTES} bytes × {REPLICAS} replicas = {written / 1e9:.1f} GB/s, {written / 2e6 / brokers:.0f} MB/s for"
         f" each of {2 * brokers}"),
        ("workers", f"consume, POST, produce: {used(have['worker'])}, which is **{workers} workers of {WORKER_CORES} cores**"),
        ("edges", f"read, append, take replies, write: {used(have['edge'])}, which is **{edges} edges of {WORKER_CORES} cores**"),
        ("partitions", "256 of `PREFIX.in` (see below). `PREFIX.out` has a fixed number of 16 slots. That is too few to spread the load evenly over"
         f" {edges} edges"),
        ("XMPP servers", f"{math.ceil(RATE / have['prosody'])} Prosodys, or a cluster of ejabberd or MongooseIM. **They are the limit**, because one"
         " component has one stream"),
        (f"an outage of the webhook of {OUTAGE_HOURS} h", f"{RATE:,} × {BYTES} bytes × {REPLICAS} replicas × {OUTAGE_HOURS * 3600:,} s ="
         f" {kept / 1e12:.0f} TB, and what Kafka adds. So such a cluster needs a limit in bytes (`retention.bytes`) and a shorter `--retry-for`"),
    ])
