"""How long a start takes, from the launcher to an authenticated stream: with the archive of classes, and without."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

from processes import cpu_seconds, progress

SCRIPTS = pathlib.Path(__file__).resolve().parent
PACKAGING = SCRIPTS.parent / "packaging"
DOMAIN = "gw.localhost"
HEADER = (b"<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          b" xmlns='jabber:component:accept' from='gw.localhost' id='1'>")


def read_until(connection, text):
    read = b""
    while text not in read:
        received = connection.recv(65536)
        if not received:
            raise SystemExit("the gateway closed its stream while it started")
        read += received
    return read


def start(bed, folder):
    """One start with the jar in that folder: CPU and time until the server has accepted the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        begin = time.monotonic()
        process = bed.children.start(
            ["env", f"stanzahook_folder={folder}", str(PACKAGING / "stanzahook"), "run",
             "--server", f"127.0.0.1:{server.getsockname()[1]}", "--component", DOMAIN, "--secret", "bench",
             "--post-url", "http://127.0.0.1:1/", "--http-listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(120)
            read_until(connection, b"jabber:component:accept")
            connection.sendall(HEADER)
            read_until(connection, b"</handshake>")
            connection.sendall(b"<handshake/>")
            result = {"seconds": time.monotonic() - begin, "cpu_seconds": cpu_seconds(process.pid)}
            bed.children.stop(process)
    return result


def run(bed, jar):
    results = {"without": [], "with": []}
    folders = {}
    for name in results:
        folders[name] = bed.dir / f"start-{name}"
        folders[name].mkdir()
        shutil.copy2(jar, folders[name] / "stanzahook.jar")
    subprocess.run([PACKAGING / "class-data", folders["with"], PACKAGING / "stanzahook"], check=True,
                   env={**os.environ, "stanzahook_folder": str(folders["with"])})
    for number in range(1, max(5, bed.args.rounds) + 1):
        for name, folder in folders.items():
            result = start(bed, folder)
            results[name].append(result)
            progress(f"start, round {number}, {name} the archive: {result['cpu_seconds']:.2f} s of CPU, {result['seconds']:.2f} s")
    return results
