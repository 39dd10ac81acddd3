"""Runs the JMH benchmarks of gateway-core's profile jmh."""

import json
import subprocess

from bench_bed import CORE, JVM, ROOT, progress


def run(bed):
    progress("single steps by JMH")
    subprocess.run(
        ["mvn", "-q", "-Pjmh", "-pl", "gateway-core", "test-compile"], cwd=ROOT, check=True)
    classpath = f"{CORE}/jmh-classes:{CORE}/classes:{bed.dependencies('-Pjmh')}"
    results = bed.dir / "jmh.json"
    time = ["-f", "1", "-wi", "1", "-w", "1", "-i", "2", "-r", "1"] if bed.args.short else [
        "-f", "2", "-wi", "3", "-w", "2", "-i", "5", "-r", "1"]
    child = bed.children.start(
        ["java", "-cp", classpath, "org.openjdk.jmh.Main", *time, "-foe", "true", "-prof", "gc", "-rf", "json", "-rff",
         str(results), "-jvmArgs", " ".join(JVM + ["-Xmx256m"]), r"io\.stanzahook\..*"], stdout=subprocess.DEVNULL)
    code = child.wait()
    bed.children.forget(child)
    if code:
        raise SystemExit("JMH failed")
    runs = [figures(result) for result in json.loads(results.read_text())]
    for each in runs:
        progress(f"{each['name']} {each['params'] or ''}: {each['ns']:.0f} ns, {each['bytes']:.0f} bytes")
    return {"runs": runs}


def figures(result):
    score = result["primaryMetric"]
    error = score["scoreError"]
    return {
        "name": ".".join(result["benchmark"].split(".")[-2:]), "params": result.get("params", {}), "ns": score["score"],
        "ns_error": error if isinstance(error, float) else 0.0,
        "bytes": allocation(result["secondaryMetrics"])}


def allocation(metrics):
    return next(metric["score"] for name, metric in metrics.items() if name.endswith("gc.alloc.rate.norm"))
