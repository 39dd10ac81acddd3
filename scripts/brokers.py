"""Kafka's brokers as processes on this machine, each a controller too.

Their jars come from Maven: the build puts them into gateway-core/target/kafka. The variable STANZAHOOK_KAFKA names another folder.
"""

import os
import pathlib
import subprocess
import time
import typing

from processes import await_port, free_port, java

JARS = pathlib.Path(os.environ.get("STANZAHOOK_KAFKA", pathlib.Path(__file__).resolve().parent.parent / "gateway-core/target/kafka"))
COUNT = 3
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
# A broker listens a moment before the others count it.
COUNTED = 5
START = 120

PROPERTIES = """
process.roles=broker,controller
node.id={id}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={home}/data
offsets.topic.replication.factor=3
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=4194304
log.segment.bytes=16777216
"""


class Broker(typing.NamedTuple):
    """One that can be started."""

    name: str
    command: list
    log: pathlib.Path
    port: int

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


def prepare(folder, **how):
    """Three brokers with empty disks in that folder; how: the heap and the options of their JVMs, as processes.java takes them."""
    classes = ["-cp", f"{JARS}/*"]
    ports = [free_port() for _ in range(COUNT)]
    controllers = [free_port() for _ in range(COUNT)]
    voters = ",".join(f"{i + 1}@127.0.0.1:{port}" for i, port in enumerate(controllers))
    brokers = []
    for i in range(COUNT):
        home = folder / f"broker-{i + 1}"
        home.mkdir()
        file = home / "server.properties"
        file.write_text(PROPERTIES.format(id=i + 1, voters=voters, port=ports[i], controller=controllers[i], home=home))
        subprocess.run(java(*classes, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(file), heap="256m"),
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        brokers.append(Broker(f"broker {i + 1}", java(*classes, "kafka.Kafka", str(file), **how), home / "log", ports[i]))
    return brokers


def await_all(brokers):
    """Waits until they know one another: topics that are created earlier have fewer replicas."""
    for broker in brokers:
        await_port(broker.port, START, broker.name)
    time.sleep(COUNTED)


def addresses(brokers):
    """For --cluster: HOST:PORT,HOST:PORT."""
    return ",".join(broker.address for broker in brokers)
