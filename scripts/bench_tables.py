"""The tables and plots of docs/project/performance.md, from what scripts/bench measured."""

import statistics

from pages import plot


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(runs, others, key="rate"):
    return median(runs, key) / median(others, key)


def paired(runs, others, key):
    """The median of the ratios of each turn to its neighbour, and the quartiles around it."""
    low, value, high = statistics.quantiles((run[key] / other[key] for run, other in zip(runs, others)), n=4)
    return value, low, high


def turns(data, names):
    """A row for each program that was measured in turns; ratios are to the first one's neighbouring turn."""
    rows = []
    first = next(iter(names))
    for name, title in names.items():
        if name in data:
            runs = data[name]
            ratios = [""] * 2 if name == first else [
                "{:.2f} ({:.2f} to {:.2f})".format(*paired(runs, data[first], key)) for key in ("rate", "cpu_us")]
            rows.append((title, f"{median(runs, 'rate'):,.0f}", f"{median(runs, 'cpu_us'):.1f}", *ratios))
    return rows


def turns_table(title, data, names):
    return "\n" + table((title, "stanzas/s", "CPU per stanza, us", "rate / ceiling", "CPU / ceiling"), turns(data, names))


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def comparison(data):
    ceilings, gateways = data["ceiling"], data["gateway"]
    rows = []
    for title, key, form in (
            ("stanzas (requests) a second", "rate", "{:,.0f}"),
            ("CPU per stanza, us", "cpu_us", "{:.1f}"),
            ("allocation per stanza, bytes", "alloc_bytes", "{:,.0f}")):
        a, b = median(ceilings, key), median(gateways, key)
        rows.append((title, form.format(a), form.format(b), f"{b / a:.2f}"))
    calm_ceilings, calm, large = data["calm_ceiling"], data["calm"], data["calm_large_heap"]
    half = f"{data['half']:,}/s"
    for title, key in (("p50", "p50_us"), ("p99", "p99_us"), ("p99.9", "p999_us")):
        a, b = median(calm_ceilings, key), median(calm, key)
        rows.append((f"{title} at {half}, us", f"{a:,.0f}", f"{b:,.0f}", f"{b / a:.2f}"))
    rows.append((f"time stopped for collections at {half}", f"{median(calm_ceilings, 'gc_share'):.2%}",
                 f"{median(calm, 'gc_share'):.2%}", ""))
    rows.append((f"the longest such pause at {half}, ms", "", f"{max(run['gc_max_ms'] for run in calm):.1f}", ""))
    rows.append((f"p99 at {half} with a young generation of 600 MB, us", "", f"{median(large, 'p99_us'):,.0f}", ""))
    rows.append((f"most time that one of its threads waited for a processor, at {half}", "",
                 f"{median(calm, 'wait_share'):.2%}", ""))
    rows.append(("RSS, MiB", "", f"{median(gateways, 'rss_mib'):.0f}", ""))
    text = table(("what", "ceiling", "gateway", "gateway / ceiling"), rows)
    names = {"ceiling": "the ceiling, requests", "gateway": "the gateway, 256 in flight", "auto": "`--concurrency auto`",
             "before": "256 in flight, the version before"}
    for part, title in (("turns", "in turns"), ("crowded_turns", "in turns, beside a neighbour that fills the caches")):
        if part in data:
            text += turns_table(title, data[part], names)
    return text


def batch_sizes(data):
    """Of each size that was measured, its runs."""
    return [(int(name[len("batch_"):]), runs) for name, runs in data.items() if name.startswith("batch_")]


def batches(data):
    ceiling, plain = data["ceiling"], data["plain"]
    programs = [("the ceiling, requests", ceiling), ("one by one, 256 in flight", plain)]
    programs += [(title, data[name]) for name, title in (
        ("plain_auto", "one by one, `--concurrency auto`"), ("before", "one by one, 256 in flight, the version before batches")) if name in data]
    programs += [(f"`--batch {size}`", runs) for size, runs in batch_sizes(data)]
    rows = []
    for title, runs in programs:
        size = f"{median(runs, 'batch_size'):.1f}" if "batch_size" in runs[0] else ""
        rows.append((
            title, f"{median(runs, 'rate'):,.0f}", f"{ratio(runs, plain):.2f}", f"{ratio(runs, ceiling):.2f}",
            f"{median(runs, 'cpu_us'):.1f}", f"{ratio(runs, plain, 'cpu_us'):.2f}", f"{median(runs, 'alloc_bytes'):,.0f}", size))
    text = table(("what", "stanzas/s", "/ one by one", "/ ceiling", "CPU per stanza, us", "/ one by one",
                  "allocation per stanza, bytes", "stanzas in a call"), rows)
    rows = [(f"{title} at 1,000/s, us", *(f"{median(data[name], key):,.0f}" for name in ("trickle_plain", "trickle_50")),
             f"{ratio(data['trickle_50'], data['trickle_plain'], key):.2f}")
            for title, key in (("p50", "p50_us"), ("p99", "p99_us"))]
    text += "\n" + table(("what", "one by one", "`--batch 50`", "ratio"), rows)
    if "turns" in data:
        text += turns_table("in turns", data["turns"], {
            "ceiling": "the ceiling, requests", "plain": "one by one, 256 in flight",
            "before": "one by one, 256 in flight, the version before batches", "batch_50": "`--batch 50`"})
    return text


def auto(data):
    kinds = data["kinds"]
    limits = sorted({limit for runs in kinds.values() for limit in runs}, key=lambda limit: (limit == "auto", limit.zfill(6)))
    rows = []
    for kind, runs in kinds.items():
        rates = {limit: run["rate"] for limit, run in runs.items()}
        best = max(rate for limit, rate in rates.items() if limit != "auto")
        shown = lambda rate: f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"
        rows.append((kind, *(shown(rates[limit]) if limit in rates else "" for limit in limits), f"{runs['auto']['limit']:.0f}",
                     f"{rates['auto'] / best:.2f}"))
    return table(("webhook", *(f"{limit} in flight, /s" for limit in limits), "limit that auto found", "auto / best fixed"), rows)


def prosody(data):
    names = {
        "direct": "the gateway alone, with the load as its server (no Prosody)", "gateway": "Prosody and the gateway",
        "module": "Prosody with mod_component_http", "bot": "Prosody and a slixmpp + aiohttp bot"}
    rows = []
    for key, title in names.items():
        runs = data.get(key)
        if not runs:
            rows.append((title, "not measured", "", ""))
            continue
        own = "cpu_us" if key == "direct" else "answerer_cpu_us"
        rows.append((
            title, f"{median(runs, 'rate'):,.0f}", f"{median(runs, own):.1f}" if own in runs[0] else "",
            f"{median(runs, 'prosody_cpu_us'):.0f}" if "prosody_cpu_us" in runs[0] else ""))
    return table(("what", "stanzas/s", "CPU per stanza of gateway or bot, us", "of Prosody, us"), rows)


BENCHMARKS = {
    "WireBenchmark.framer": "framer, one of many 150-byte messages in a read",
    "WireBenchmark.decoder": "decoder (framer and parser together), the same",
    "WebhookBenchmark.requestJson": "request JSON of that message, written",
    "WebhookBenchmark.replyReader": "reply JSON of 29 bytes, read",
    "WireBenchmark.encoder": "reply stanza, written",
    "OrderBenchmark.keyedOrder": "order per key: one in, the oldest of 256 done, 768 waiting",
    "OrderBenchmark.flatMap": "the same by flatMap, without order",
    "OrderBenchmark.groupBy": "the same by groupBy, without a bound",
    "DispatchBenchmark.immediate": "dispatcher: in, called, answered at once, reply out",
    "DispatchBenchmark.batched": "dispatcher: in, 50 together in one call, each answered, a stanza",
    "BatchBenchmark.requestJson": "request JSON of 50 such messages, written, a stanza",
    "BatchBenchmark.response": "response to 50, read and made into replies, a stanza",
    "DispatchBenchmark.waiting": "dispatcher: 256 calls in flight, 768 stanzas waiting",
}


def spool(data):
    plain, spooled, outage = data["plain"], data["spooled"], data["outage"]
    extra = median(spooled, "cpu_us") - median(plain, "cpu_us")
    lost = 1 - ratio(spooled, plain)
    caught_up = outage["total"] / (outage["seconds"] - outage["hang"])
    rows = [
        ("stanzas a second, without and with a spool",
         f"{median(plain, 'rate'):,.0f}, {median(spooled, 'rate'):,.0f}", ""),
        ("lost throughput", f"{lost:.0%}", "at most 25%"),
        ("additional CPU per stanza, us", f"{extra:.1f}", "at most 20"),
        ("additional allocation per stanza, bytes",
         f"{median(spooled, 'alloc_bytes') - median(plain, 'alloc_bytes'):,.0f}", ""),
        (f"{outage['megabytes']} MB ({outage['total']:,} stanzas) and a webhook that hangs for {outage['hang']} s: "
         "lost, answered twice or with an error", "0", "0"),
        (f"the same: maximum RSS with a heap of {outage['heap_mib']} MiB", f"{outage['peak_mib']:.0f} MiB", ""),
        ("the same: stanzas a second from the webhook's return until all were answered", f"{caught_up:,.0f}", "")]
    return table(("what", "measured", "target"), rows)


WORKERS = "workers_"


def worker_counts(data):
    """Of each number of workers that was measured, its runs."""
    return [(int(name[len(WORKERS):]), runs) for name, runs in data.items() if name.startswith(WORKERS)]


def added(runs, others, key):
    """The median of the differences between each turn and its neighbour, and the quartiles around it."""
    low, value, high = statistics.quantiles((run[key] - other[key] for run, other in zip(runs, others)), n=4)
    return value, low, high


def millis(runs, key):
    return f"{median(runs, key) / 1e3:.1f}"


def cluster(data):
    alone, clustered, apart, turns = data["alone"], data["clustered"], data["apart"], data["turns"]
    by_count = worker_counts(data)
    one = by_count[0][1]
    rows = [(str(count), f"{median(runs, 'rate'):,.0f}", f"{ratio(runs, one):.2f}", millis(runs, "p50_us"),
             *(f"{median(runs, key + '_cpu_us'):,.0f}" for key in ("workers", "edge", "brokers")))
            for count, runs in by_count]
    text = table((f"workers, {data['concurrency']} calls of {data['delay']} ms each", "stanzas/s", "/ one worker", "p50, ms",
                  "CPU per stanza of the workers, us", "of the edge", "of the brokers"), rows)

    rows = []

    def row(title, first, second, key, form="{:,.1f}", scale=1.0):
        a, b = median(data[first], key) / scale, median(data[second], key) / scale
        rows.append((title, form.format(a), form.format(b), form.format(b - a)))

    def brokers(title, runs):
        rows.append((title, "", f"{median(data[runs], 'brokers_cpu_us'):,.1f}", ""))

    row("stanzas a second at full load", "alone", "clustered", "rate", "{:,.0f}")
    row("CPU per stanza at full load, us", "alone", "clustered", "cpu_us")
    a, b = median(turns["alone"], "cpu_us"), median(turns["clustered"], "cpu_us")
    value, low, high = added(turns["clustered"], turns["alone"], "cpu_us")
    rows.append(("the same in turns", f"{a:.1f}", f"{b:.1f}", f"{value:.1f} ({low:.1f} to {high:.1f})"))
    brokers("CPU per stanza of the three brokers at full load, us", "clustered")
    row("allocation per stanza at full load, bytes", "alone", "clustered", "alloc_bytes", "{:,.0f}")
    rate = f"{data['half']:,}/s"
    row(f"CPU per stanza at {rate}, us", "calm_alone", "calm_clustered", "cpu_us")
    brokers(f"CPU per stanza of the three brokers at {rate}, us", "calm_clustered")
    for name, at in (("calm", rate), ("idle", f"{data['idle']}/s")):
        for key in ("p50", "p99"):
            row(f"{key} from a message to its reply at {at}, ms", f"{name}_alone", f"{name}_clustered", f"{key}_us", scale=1e3)
        rows.append((f"p50 and p99 until a record is replicated at {at}, ms", "",
                     ", ".join(millis(data[f"{name}_clustered"], f"append_{key}_us") for key in ("p50", "p99")), ""))
    text += "\n" + table(("what", "alone", "`--cluster`", "more"), rows)
    text += "\n" + table(
        ("one edge and one worker at full load", "stanzas/s", "CPU per stanza, us"),
        [("the edge", f"{median(apart, 'rate'):,.0f}", f"{median(apart, 'edge_cpu_us'):.1f}"),
         ("the worker", "", f"{median(apart, 'workers_cpu_us'):.1f}"),
         ("the three brokers", "", f"{median(apart, 'brokers_cpu_us'):.1f}")])
    return text


def single_steps(data):
    rows = []
    for name, title in BENCHMARKS.items():
        for run in data["runs"]:
            if run["name"] == name:
                title_of_run = title + "".join(f", {value} {key}" for key, value in run["params"].items())
                rows.append((title_of_run, f"{run['ns']:,.0f} ({run['ns_error']:,.0f})", f"{run['bytes']:,.0f}"))
    return table(("step", "ns (99.9% error)", "bytes allocated"), rows)


def start(data):
    rows = [(title, f"{median(data['without'], key):.2f}", f"{median(data['with'], key):.2f}",
             f"{ratio(data['with'], data['without'], key):.2f}")
            for title, key in (("CPU, s", "cpu_seconds"), ("time, s", "seconds"))]
    return table(("from the launcher to an authenticated stream", "without the archive", "with it", "with / without"), rows)


def decode_ns(data):
    return next(run["ns"] for run in data["runs"] if run["name"] == "WireBenchmark.decoder")


def target_rows(data):
    """Title, what was measured, the target, whether it is met: for each of the targets whose part was measured."""
    rows = []

    def row(title, measured, target, met):
        rows.append((title, measured, target, "yes" if met else "no"))

    if compare := data.get("compare"):
        gateway, ceiling = compare["gateway"], compare["ceiling"]
        compared = lambda part, key: paired(compare[part]["gateway"], compare[part]["ceiling"], key)[0] if part in compare else ratio(
            gateway, ceiling, key)
        value = compared("turns", "rate")
        row("throughput, gateway / ceiling", f"{value:.2f}", "at least 0.80", value >= 0.80)
        value = compared("turns", "cpu_us")
        row("CPU per stanza of the gateway / CPU per request of the ceiling", f"{value:.2f}", "at most 1.30", value <= 1.30)
        if "crowded_turns" in compare:
            value = compared("crowded_turns", "cpu_us")
            row("the same beside a neighbour that fills the caches", f"{value:.2f}", "at most 1.5", value <= 1.5)
    if batch := data.get("batch"):
        inturns = batch.get("turns", batch)
        fifty, plain = inturns["batch_50"], inturns["plain"]
        value, other = paired(fifty, plain, "rate")[0], paired(fifty, inturns["ceiling"], "rate")[0]
        row("`--batch 50`: stanzas a second / one by one; / the ceiling's requests", f"{value:.2f}; {other:.2f}",
            "at least 3.5; at least 2.5", value >= 3.5 and other >= 2.5)
        value, other = median(fifty, "cpu_us"), paired(fifty, plain, "cpu_us")[0]
        row("`--batch 50`: CPU per stanza, us; / one by one", f"{value:.1f}; {other:.2f}", "at most 5; at most 0.3",
            value <= 5 and other <= 0.3)
        value = ratio(batch["trickle_50"], batch["trickle_plain"], "p50_us")
        row("`--batch 50` at 1,000/s: p50 / one by one", f"{value:.2f}", "at most 1.1", value <= 1.1)
        if "before" in inturns:
            value, other = (paired(plain, inturns["before"], key)[0] for key in ("rate", "cpu_us"))
            row("one by one / the version before batches: rate; CPU", f"{value:.2f}; {other:.2f}", "at least 0.98; at most 1.02",
                value >= 0.98 and other <= 1.02)
    for kind, runs in data.get("auto", {}).get("kinds", {}).items():
        best = max(run["rate"] for limit, run in runs.items() if limit != "auto")
        value = runs["auto"]["rate"] / best
        row(f"rate of `--concurrency auto` / of the best fixed number, webhook: {kind}", f"{value:.2f}", "at least 0.9",
            value >= 0.9)
    if prosody := data.get("prosody"):
        if prosody["module"]:
            value = ratio(prosody["direct"], prosody["module"])
            row("throughput, gateway direct / Prosody with mod_component_http", f"{value:.1f}", "at least 15",
                value >= 15)
        bot = median(prosody["bot"], "answerer_cpu_us")
        value = median(prosody["direct"], "cpu_us") / bot
        behind = median(prosody["gateway"], "answerer_cpu_us") / bot
        row("CPU per stanza, gateway direct / slixmpp + aiohttp bot (in brackets: both behind Prosody)",
            f"{value:.3f} ({behind:.3f})", "at most 0.08", value <= 0.08)
    if jmh := data.get("jmh"):
        value = decode_ns(jmh)
        row("decode one 150-byte message, framer and parser together, ns", f"{value:,.0f}", "at most 1,000",
            value <= 1000)
    if compare:
        value = median(gateway, "alloc_bytes") - median(ceiling, "alloc_bytes")
        row("allocation per stanza, gateway - ceiling, bytes", f"{value:,.0f}", "at most 3,072", value <= 3072)
        value = ratio(compare["calm"], compare["calm_ceiling"], "p99_us")
        row(f"p99 at half the peak rate ({compare['half']:,}/s) / bare client's at the same rate", f"{value:.2f}",
            "at most 2", value <= 2)
        megabytes = median(compare["small_heap"], "rss_mib") * 1.048576
        value = ratio(compare["small_heap"], compare["large_heap"])
        row("RSS with `-Xmx128m`, 256 in flight, 100,000 conversations; rate / rate with 2 GB",
            f"{megabytes:.0f} MB; {value:.2f}", "at most 220 MB; at least 0.9", megabytes <= 220 and value >= 0.9)
        value = ratio(compare["many"], compare["few"])
        row("throughput at 1,000,000 conversations / at 1,000", f"{value:.2f}", "at least 0.9", value >= 0.9)
    if flood := data.get("flood"):
        # A run that loses a stanza, or answers one with an error, gives no figures at all.
        row(f"flood of {flood['megabytes']} MB against a webhook that hangs for {flood['hang']} s, "
            f"`-Xmx{flood['heap_mib']}m`",
            f"maximum RSS {flood['peak_mib']:.0f} MiB; all {flood['total']:,} stanzas answered",
            "memory bounded (twice the heap), resumes, nothing lost", flood["peak_mib"] <= 2 * flood["heap_mib"])
    if parts := data.get("cluster"):
        by_count = dict(worker_counts(parts))
        two, three = (ratio(by_count[count], by_count[1]) for count in (2, 3))
        row(f"workers with a webhook of {parts['delay']} ms: two / one; three / one", f"{two:.2f}; {three:.2f}",
            "at least 1.85; at least 2.5", two >= 1.85 and three >= 2.5)
        value = added(parts["turns"]["clustered"], parts["turns"]["alone"], "cpu_us")[0]
        calm = median(parts["calm_clustered"], "cpu_us") - median(parts["calm_alone"], "cpu_us")
        row(f"`--cluster`: additional CPU per stanza at full load in turns, us (in brackets: at {parts['half']:,}/s, whole runs)",
            f"{value:.1f} ({calm:.1f})", "at most 45", value <= 45)
        value = (median(parts["idle_clustered"], "p99_us") - median(parts["idle_alone"], "p99_us")) / 1e3
        row(f"`--cluster`: additional p99 at {parts['idle']}/s, ms", f"{value:.1f}", "at most 25", value <= 25)
    if starts := data.get("start"):
        value = ratio(starts["with"], starts["without"], "cpu_seconds")
        row("CPU of a start, with / without the archive of classes", f"{value:.2f}", "at most 0.55", value <= 0.55)
    return rows


def targets(data):
    return table(("what", "measured", "target", "met"), target_rows(data))


def plots(folder, data):
    """Draws what grows with what; the list of pictures for the page."""
    drawn = []

    def draw(name, title, x_label, y_label, points, **how):
        plot(folder / f"{name}.svg", title, x_label, y_label, points, **how)
        drawn.append(f"![{title}](performance/{name}.svg)\n")

    for name, sweep in data.get("sweeps", {}).get("by", {}).items():
        label, runs = sweep["label"], sweep["runs"]
        draw(f"rate-by-{name}", f"Stanzas a second by {label}", label, "stanzas/s",
             {"": [(v, r["rate"]) for v, r in runs]}, log_x=True)
        draw(f"cpu-by-{name}", f"CPU per stanza by {label}", label, "us", {"": [(v, r["cpu_us"]) for v, r in runs]},
             log_x=True)
    if batch := data.get("batch"):
        runs = [(1, batch["plain"]), *batch_sizes(batch)]
        draw("rate-by-batch", "Stanzas a second by --batch", "stanzas in one POST at most", "stanzas/s",
             {"": [(size, median(run, "rate")) for size, run in runs]}, log_x=True)
        draw("cpu-by-batch", "CPU per stanza by --batch", "stanzas in one POST at most", "us",
             {"": [(size, median(run, "cpu_us")) for size, run in runs]}, log_x=True)
    if flood := data.get("flood"):
        draw("rss-in-flood", "Resident memory in the flood", "seconds", "MiB", {"RSS": flood["rss"]},
             marks=[flood["hang"]])
    return "".join(drawn)
