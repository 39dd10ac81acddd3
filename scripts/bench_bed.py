"""What scripts/bench measures with: the programs it starts, alone and together, each run giving a dict of figures."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

from processes import Children, await_port, cpu_seconds, free_port, memory_mib, progress, waited_seconds

SCRIPTS = pathlib.Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
JAR = ROOT / "gateway-app/target/stanzahook.jar"
CORE = ROOT / "gateway-core/target"
JVM = ["-XX:+UseParallelGC", "-Dio.netty.leakDetection.level=disabled"]
DOMAIN, LOAD_DOMAIN, SECRET = "gw.localhost", "load.localhost", "bench"
PYTHON = "/usr/bin/python3"
NGINX = """
worker_processes 1;
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  client_body_buffer_size 256k;
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    default_type application/json;
    location = /requests {{ stub_status; }}
    location / {{ return 200 '{{"body":"Did you say hello?"}}'; }}
  }}
}}
"""
PROSODY = """
run_as_root = true
data_path = "{dir}"
pidfile = "{dir}/prosody.pid"
certificates = "{dir}"
plugin_paths = {{ "{modules}" }}
log = {{ {{ levels = {{ min = "warn" }}, to = "console" }} }}
interfaces = {{ "127.0.0.1" }}
component_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {port} }}
c2s_ports = {{}}
c2s_direct_tls_ports = {{}}
legacy_ssl_ports = {{}}
http_ports = {{}}
https_ports = {{}}
modules_enabled = {{ "posix" }}
modules_disabled = {{ "c2s", "s2s", "tls" }}
VirtualHost "localhost"
Component "{load}"
  component_secret = "{secret}"
Component "{domain}" {module}
"""
# All there is for a mod_component_http, and for an external component.
MODULE = '"component_http"\n  component_post_url = "http://127.0.0.1:{nginx}/"\n'
EXTERNAL = '\n  component_secret = "{secret}"\n'
PROSODY_WINDOW = 256
# In seconds; as a part of a cluster it also waits for its share of the log.
READY = 60


def alternate(bed, title, runs):
    """Runs each in turn, round by round; the results by name."""
    results = {name: [] for name in runs}
    for number in range(1, bed.args.rounds + 1):
        for name, run in runs.items():
            result = run()
            results[name].append(result)
            cpu = " ".join(f"{key} {value:.1f}" for key, value in result.items() if key.endswith("cpu_us"))
            progress(f"{title}, round {number}, {name}: {result['rate']:.0f}/s, p99 {result['p99_us']:.0f} us, {cpu}")
    return results


class Load:
    """A load generator: its figures come when its time is over, and then whether every message was answered."""

    def __init__(self, bed, name, **arguments):
        self.bed = bed
        self.process = bed.children.start(
            bed.program(name, "1g", **{"warmup": bed.args.warmup, **arguments}), stdout=subprocess.PIPE, text=True)

    def await_line(self, expected):
        line = self.process.stdout.readline().strip()
        if line != expected:
            raise SystemExit(f"the load generator said '{line}' instead of '{expected}'")

    def figures(self):
        result = json.loads(self.process.stdout.readline() or "null")
        if result is None:
            raise SystemExit("the load generator ended before it had measured")
        for key in ("cpu_us", "alloc_bytes", "gc_share"):
            result["load_" + key] = result.pop(key)
        return result

    def end(self):
        rest = json.loads(self.process.stdout.readline())
        self.process.wait(30)
        self.bed.children.forget(self.process)
        if any(rest.values()):
            raise SystemExit(f"not every message had its one reply, so the figures mean nothing: {rest}")


class Gateway:
    """A gateway process, and what it says about itself."""

    def __init__(self, bed, server_port, webhook_port, heap="256m", jvm=(), flags=(), jar=JAR, name="gateway"):
        self.http = free_port()
        self.log = bed.dir / f"{name}.log"
        log = open(self.log, "w")
        self.process = bed.children.start(
            ["java", *JVM, f"-Xmx{heap}", *jvm, "-jar", str(jar), "run", "--server", f"127.0.0.1:{server_port}",
             "--component", DOMAIN, "--secret", SECRET, "--post-url", f"http://127.0.0.1:{webhook_port}/",
             "--http-listen", f"127.0.0.1:{self.http}", *flags],
            stdout=log, stderr=log)
        self.pid = self.process.pid

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as response:
            return response.read().decode()

    def scrape(self, name, without=""):
        """The sum of a metric's samples, but for those whose labels contain that text."""
        lines = [line.rsplit(" ", 1) for line in self.get("/metrics").splitlines() if line.startswith(name)]
        return sum(float(value) for key, value in lines if not without or without not in key)

    def allocated(self):
        return self.scrape("jvm_gc_memory_allocated_bytes_total")

    def await_ready(self, enough=lambda state: "cluster" not in state or state["cluster"]["streams"]):
        """Waits until it is ready and, as /readyz says, has its stream, or whatever is enough."""
        end = time.monotonic() + READY
        while time.monotonic() < end:
            try:
                if enough(json.loads(self.get("/readyz"))):
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"the gateway is not connected after {READY} s; the end of its log:\n{self.log.read_text()[-2000:]}")

    def check(self):
        failed = self.scrape("stanzahook_webhook_request_seconds_count", without='outcome="ok"')
        if failed:
            raise SystemExit(f"{failed:.0f} webhook calls failed; the figures mean nothing")


class Pauses:
    """The collector's pauses in a JVM, from a log it writes, since this was created."""

    def __init__(self, log):
        self.log = log
        self.from_here = log.stat().st_size if log.exists() else 0

    def figures(self, seconds):
        millis = [float(ms) for ms in re.findall(r"Pause [^\n]* ([\d.]+)ms", self.log.read_text()[self.from_here:])]
        return {"gc_max_ms": max(millis, default=0), "gc_share": sum(millis) / 1e3 / seconds}


class Bed:
    def __init__(self, args):
        self.args = args
        self.children = Children()
        self.temporary = tempfile.TemporaryDirectory(prefix="stanzahook-bench-")
        self.dir = pathlib.Path(self.temporary.name)
        self.disk = tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT)
        self.nginx_port = free_port()

    def build(self, quick=False):
        """Builds the jar; unless it is enough, the load generators with it."""
        progress("building")
        if quick:
            subprocess.run(["mvn", "-q", "-Dquick", "package", "-pl", "gateway-app", "-am"], cwd=ROOT, check=True)
            return
        subprocess.run(["mvn", "-q", "package", "-DskipTests"], cwd=ROOT, check=True)
        self.classpath = f"{CORE}/test-classes:{CORE}/classes:{self.dependencies()}"

    def build_before(self, commit):
        """The jar of another commit, built in a work tree of its own."""
        progress(f"building {commit}")
        tree = pathlib.Path(self.disk.name) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", tree, commit], cwd=ROOT, check=True, capture_output=True)
        try:
            subprocess.run(["mvn", "-q", "-Dquick", "package", "-pl", "gateway-app", "-am"], cwd=tree, check=True)
            return shutil.move(tree / "gateway-app/target/stanzahook.jar", self.dir / "before.jar")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)

    def neighbour(self):
        """A program that fills the caches of both processors all the time."""
        return self.children.start(self.program("CacheFiller", "256m"), stdout=subprocess.DEVNULL)

    def dependencies(self, *options):
        file = self.dir / "classpath"
        subprocess.run(
            ["mvn", "-q", *options, "dependency:build-classpath", "-pl", "gateway-core", f"-Dmdep.outputFile={file}"],
            cwd=ROOT, check=True)
        return file.read_text().strip()

    def close(self):
        self.children.close()
        self.temporary.cleanup()
        self.disk.cleanup()

    def start_nginx(self):
        conf = self.dir / "nginx.conf"
        conf.write_text(NGINX.format(dir=self.dir, port=self.nginx_port))
        self.children.start(["nginx", "-c", str(conf), "-e", f"{self.dir}/error.log"])
        await_port(self.nginx_port, 10, "nginx")

    def nginx_requests(self):
        """How many requests nginx has answered, with those for this number."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.nginx_port}/requests", timeout=10) as response:
            return int(response.read().split()[9])

    def program(self, name, heap, **arguments):
        return (["java", *JVM, f"-Xmx{heap}", "-cp", self.classpath, f"io.stanzahook.bench.{name}"]
                + [f"{key}={value}" for key, value in arguments.items()])

    def seconds(self, rate):
        """How long is measured: a tail's percentiles need more than a rate does."""
        return max(10, self.args.seconds) if rate and not self.args.short else self.args.seconds

    def ceiling(self, concurrency=256, body=300, rate=0):
        """One run of the bare client; its body is as large as the gateway's request for the same message."""
        child = self.children.start(
            self.program("CeilingClient", "256m", port=self.nginx_port, concurrency=concurrency, body=body, rate=rate,
                         seconds=self.seconds(rate), warmup=self.args.warmup),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        out, _ = child.communicate(timeout=600)
        self.children.forget(child)
        return json.loads(out.strip().splitlines()[-1])

    def gateway(self, heap="256m", concurrency=256, users=1000, body=32, rate=0, webhook=None, jvm=(), spool=False,
                jar=JAR, batch=1, window=None, seconds=None, warmup=None, flags=(), watch=None):
        """One run of the gateway between a load that plays the server, and nginx or another webhook.

        watch: is given the gateway when the measurement begins; what it returns is given the number of stanzas when it ends, and returns more figures.
        """
        port = free_port()
        gc_log = self.dir / "gateway.gc"
        warmup = warmup or self.args.warmup
        load = Load(self, "ServerLoad", port=port, users=users, body=body, rate=rate, warmup=warmup,
                    window=0 if rate else window or (1024 if concurrency == "auto" else 4 * concurrency),
                    seconds=seconds or self.seconds(rate))
        load.await_line("ready")
        gateway = Gateway(self, port, webhook or self.nginx_port, heap, [f"-Xlog:gc:file={gc_log}", *jvm],
                          ["--concurrency", str(concurrency), *(["--batch", str(batch)] if batch > 1 else ()),
                           *(self.spool() if spool else ()), *flags], jar)
        gateway.await_ready()
        # A first scrape costs a cold JVM more than all that follow: not within what is measured.
        time.sleep(max(0, warmup - 4))
        for _ in range(3):
            gateway.allocated()
        load.await_line("measuring")
        pauses = Pauses(gc_log)
        # Nor within a run whose tail is measured: a scrape takes 50 ms of one of two processors.
        allocated = None if rate else gateway.allocated()
        watched = watch(gateway) if watch else lambda count: {}
        cpu, waited = cpu_seconds(gateway.pid), waited_seconds(gateway.pid)
        result = load.figures()
        # Of the thread that waited most: the event loop, mostly, since the others hardly run.
        result["wait_share"] = max(
            now - waited.get(thread, 0) for thread, now in waited_seconds(gateway.pid).items()) / result["seconds"]
        result["cpu_us"] = (cpu_seconds(gateway.pid) - cpu) * 1e6 / result["count"]
        result |= watched(result["count"])
        if allocated is not None:
            result["alloc_bytes"] = (gateway.allocated() - allocated) / result["count"]
        if batch > 1:
            calls = gateway.scrape("stanzahook_webhook_batch_size_count")
            result["batch_size"] = gateway.scrape("stanzahook_webhook_batch_size_sum") / max(1, calls)
        result["rss_mib"] = memory_mib(gateway.pid)
        result.update(pauses.figures(result["seconds"]))
        load.end()
        gateway.check()
        self.children.stop(gateway.process)
        return result

    def spool(self):
        """The flag for a new spool, on the disk that the project is on: temporary files may be in memory."""
        return ["--spool", tempfile.mkdtemp(prefix="spool-", dir=self.disk.name)]

    def limited(self, concurrency, window, warmup, seconds, **webhook):
        """The rate with that limit, a number or auto, before a webhook of our own that may be very slow."""
        process, webhook_port = self.slow_webhook(**webhook)
        port = free_port()
        load = Load(self, "ServerLoad", port=port, users=window, window=window, seconds=seconds, warmup=warmup)
        load.await_line("ready")
        gateway = Gateway(self, port, webhook_port, flags=[
            "--concurrency", str(concurrency), "--timeout", "10m", "--queue-timeout", "1h", "--ping-timeout", "1h"])
        gateway.await_ready()
        load.await_line("measuring")
        cpu = cpu_seconds(gateway.pid)
        result = load.figures()
        result["cpu_us"] = (cpu_seconds(gateway.pid) - cpu) * 1e6 / max(1, result["count"])
        result["limit"] = gateway.scrape("stanzahook_webhook_concurrency_limit")
        # What still waits may wait for minutes: it is left, but no call may have failed.
        gateway.check()
        for child in (load.process, gateway.process, process):
            self.children.stop(child)
        return result

    def batch_sink(self):
        """A webhook that answers each stanza of a batch: its process and its port."""
        port = free_port()
        child = self.children.start(self.program("BatchSink", "256m", port=port), stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline().strip() == "ready"
        return child, port

    def slow_webhook(self, **arguments):
        """A webhook of our own: its process and its port."""
        port = free_port()
        child = self.children.start(
            self.program("SlowWebhook", "512m", port=port, **arguments), stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline().strip() == "ready"
        return child, port

    def prosody(self, answering, users=1000, body=32):
        """One run through a Prosody; "gateway", "module" (mod_component_http) or "bot" answers."""
        port = free_port()
        conf = self.dir / "prosody.cfg.lua"
        module = (MODULE if answering == "module" else EXTERNAL).format(nginx=self.nginx_port, secret=SECRET)
        conf.write_text(PROSODY.format(
            dir=self.dir, port=port, modules=self.args.modules or self.dir, load=LOAD_DOMAIN, domain=DOMAIN,
            secret=SECRET, module=module))
        log = open(self.dir / "prosody.log", "w")
        prosody = self.children.start(["prosody", "--config", str(conf), "-F"], stdout=log, stderr=log)
        await_port(port, 20, "Prosody")
        gateway = answerer = None
        if answering == "gateway":
            gateway = Gateway(self, port, self.nginx_port)
            gateway.await_ready()
            answerer = gateway.process
        elif answering == "bot":
            answerer = self.children.start(
                [PYTHON, str(SCRIPTS / "bench_bot.py"), DOMAIN, SECRET, str(port),
                 f"http://127.0.0.1:{self.nginx_port}/"], stdout=subprocess.PIPE, text=True)
            assert answerer.stdout.readline().strip() == "ready", "the bot did not start"
        load = Load(self, "ComponentLoad", port=port, secret=SECRET, users=users, body=body, window=PROSODY_WINDOW,
                    seconds=self.args.seconds)
        load.await_line("measuring")
        measured = {"prosody": prosody} | ({"answerer": answerer} if answerer else {})
        before = {name: cpu_seconds(process.pid) for name, process in measured.items()}
        result = load.figures()
        for name, process in measured.items():
            result[name + "_cpu_us"] = (cpu_seconds(process.pid) - before[name]) * 1e6 / result["count"]
        load.end()
        if gateway:
            gateway.check()
        for process in (answerer, prosody):
            if process:
                self.children.stop(process)
        return result

    def flood(self, megabytes=300, body=800, hang=15, heap_mib=256, spool=False):
        """So much at once against a webhook that hangs: the most memory, and how it ends."""
        webhook, webhook_port = self.slow_webhook(hang=hang)
        port = free_port()
        # Around the body: addresses, id and tags.
        total = megabytes * 1_000_000 // (body + 120)
        load = Load(self, "ServerLoad", port=port, users=10_000, body=body, total=total)
        load.await_line("ready")
        # Without a spool, nothing is to be given up; with one, nothing is anyway, but the load answers no pings.
        patience = [*self.spool(), "--ping-timeout", "10m"] if spool else ["--timeout", "120s", "--queue-timeout", "120s"]
        gateway = Gateway(self, port, webhook_port, f"{heap_mib}m", flags=patience)
        load.await_line("measuring")
        samples = []
        over = threading.Event()

        def watch():
            begin = time.monotonic()
            while not over.wait(0.25):
                samples.append((time.monotonic() - begin, memory_mib(gateway.pid)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            if webhook.stdout.readline().strip() != "recovered":
                raise SystemExit("the webhook that hangs ended")
            hung = {"rss_hung_mib": memory_mib(gateway.pid), "queued": gateway.scrape("stanzahook_queue_depth")}
            result = load.figures() | hung
        finally:
            over.set()
            watcher.join()
        result["peak_mib"] = memory_mib(gateway.pid, "VmHWM")
        result["rss"] = [(round(t, 2), round(mib, 1)) for t, mib in samples]
        load.end()
        if not spool:
            gateway.check()
        self.children.stop(gateway.process)
        self.children.stop(webhook)
        return result | {"total": total, "megabytes": megabytes, "hang": hang, "heap_mib": heap_mib}
