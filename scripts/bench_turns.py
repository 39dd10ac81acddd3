"""Programs that all run, of which one at a time has work, in short turns: on a noisy machine, their ratios are the ones that hold.

Between its turns, what gives a program its work is stopped (SIGSTOP). The compilers' threads do not count, since a JVM still compiles
after minutes.
"""

import signal
import time

from bench_bed import Gateway, Load
from bench_tables import median
from processes import cpu_of_threads, free_port, progress

FOR_EVER = 100_000
SETTLE, MEASURED = 0.7, 2.0


class Program:
    """One program, its process, what gives it work, and how it counts its stanzas."""

    def __init__(self, pid, work, count, processes):
        self.pid, self.work, self.count, self.processes = pid, work, count, processes
        self.go(False)

    def go(self, on):
        self.work.send_signal(signal.SIGCONT if on else signal.SIGSTOP)

    def turn(self):
        """Its figures of one turn."""
        self.go(True)
        time.sleep(SETTLE)
        count, begin = self.count(), time.monotonic()
        cpu = cpu_of_threads(self.pid)
        time.sleep(MEASURED)
        after = cpu_of_threads(self.pid)
        done, seconds = self.count() - count, time.monotonic() - begin
        self.go(False)
        used = sum(value - cpu.get(thread, 0) for thread, value in after.items())
        return {"rate": done / seconds, "cpu_us": used * 1e6 / max(1, done) * seconds / MEASURED}


def ceiling(bed):
    child = bed.children.start(
        bed.program("CeilingClient", "256m", port=bed.nginx_port, concurrency=256, body=300, seconds=FOR_EVER, warmup=0))
    return Program(child.pid, child, bed.nginx_requests, [child])


def gateway(bed, concurrency=256, jar=None, batch=1, webhook=None, users=1000, window=None, flags=()):
    port = free_port()
    window = window or max(1024, 40 * batch)
    load = Load(bed, "ServerLoad", port=port, users=users, body=32, rate=0, window=window, seconds=FOR_EVER)
    load.await_line("ready")
    program = Gateway(bed, port, webhook or bed.nginx_port, flags=[
        "--concurrency", str(concurrency), *(["--batch", str(batch)] if batch > 1 else ()), *flags], **({"jar": jar} if jar else {}))
    program.await_ready()
    count = bed.nginx_requests if not webhook else lambda: program.scrape("stanzahook_webhook_batch_size_sum")
    return Program(program.pid, load.process, count, [load.process, program.process])


def run(bed, title, programs):
    """programs: what starts each, by name. Their figures of each turn, by name, in the order of the turns."""
    started = {}
    for name, start in programs.items():
        started[name] = start()
        # Each is warm before the first turn that counts.
        started[name].go(True)
        time.sleep(bed.args.warmup)
        started[name].go(False)
    results = {name: [] for name in started}
    for number in range(bed.args.turns + 1):
        for name, program in started.items():
            figures = program.turn()
            if number:
                results[name].append(figures)
    for name, program in started.items():
        for process in program.processes:
            process.send_signal(signal.SIGCONT)
            bed.children.stop(process)
        progress(f"{title}, {bed.args.turns} turns, {name}: {median(results[name], 'rate'):,.0f}/s, {median(results[name], 'cpu_us'):.1f} us")
    return results
