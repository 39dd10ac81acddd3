"""Processes that a script starts and ends by their process id, and what the kernel says about them."""

import os
import pathlib
import re
import socket
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def progress(text):
    print(text, file=sys.stderr, flush=True)


# Options of a JVM that shall start soon and be small.
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def java(*arguments, heap, options=QUICK):
    """The command of a Java program."""
    home = os.environ.get("JAVA_HOME")
    program = os.path.join(home, "bin", "java") if home else "java"
    return [program, f"-Xmx{heap}", *options, "-Djava.net.preferIPv4Stack=true", *arguments]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_port(port, seconds, what):
    """Waits until something listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{what} does not listen on port {port} after {seconds} s")


def cpu_seconds(pid):
    """User and system time of a process, by the kernel."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_of_threads(pid):
    """CPU seconds of each thread, by the kernel, but for those that compile: a JVM still does so after minutes."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            if not re.match(r"C[12] Compiler", (task / "comm").read_text()):
                seconds[task.name] = int((task / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            pass  # It ended meanwhile.
    return seconds


def waited_seconds(pid):
    """How long each thread of a process was ready to run and got no processor, by thread id."""
    waited = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            waited[task.name] = int((task / "schedstat").read_text().split()[1]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            pass  # It ended meanwhile.
    return waited


def memory_mib(pid, field="VmRSS"):
    """Resident memory, now (VmRSS) or at most so far (VmHWM)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(field + r":\s+(\d+) kB", status).group(1)) / 1024


class Children:
    """Child processes, all ended by close()."""

    def __init__(self):
        self.running = []

    def start(self, command, **kwargs):
        child = subprocess.Popen(command, **kwargs)
        self.running.append(child)
        return child

    def forget(self, child):
        """A child that has ended by itself."""
        self.running.remove(child)

    def stop(self, child):
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.forget(child)

    def close(self):
        for child in list(self.running):
            self.stop(child)
