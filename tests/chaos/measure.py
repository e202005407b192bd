"""Figures of real nodes under faults: ./dev chaos --measure WHAT. Printed, never asserted.

leader: kill -9 of whoever proposes next, default settings, until the next commit. power: all nodes
killed at once, until the next commit, and nothing lost. catch-up: a node that was away while the
others went on under load. sync: a node with an empty disk, the others idle. memory: what nodes
whose caches are full take in the last minutes of load and faults against the first. The machine's
load stands beside each.
"""
import json
import os
import random
import shutil
import statistics
import time

import client
import load
import memory
import nodes
import wire

WELL_S = 150


def machine_load():
    return round(os.getloadavg()[0], 1)


def spread(values):
    return {"median": round(statistics.median(values), 3), "worst": round(max(values), 3),
            "count": len(values)}


class Bench:
    """A network of its own for each figure, at default settings but for where it listens."""

    def __init__(self, options, folder, name, interval_ms=None):
        self.options, self.name = options, name
        self.hub = BRIDGE[0]
        self.network = nodes.Nodes(folder / name, self.hub, test_clock=False)
        if interval_ms:
            for node in self.network.all:
                with open(node.home / "node.toml", "a", encoding="utf-8") as config:
                    config.write(f"\n[consensus]\nmin_interval_ms = {interval_ms}\n")
        self.choice = random.Random(options.seed)
        self.client = client.Client(self.network, random.Random(options.seed + 1))
        self.client.wait_s = 10

    def say(self, words):
        print(f"{self.name}: {words}", flush=True)

    def watch(self):
        for node, code in self.network.ended():
            raise OSError(f"{node.alias} ended by itself with {code}; see {node.log}")

    def well(self):
        why = self.network.await_well(WELL_S, self.watch)
        if why:
            raise OSError("not well:\n    " + "\n    ".join(why))

    def rest(self):
        """All stand between two heights, at one height: who proposes next, and the height."""
        deadline = time.monotonic() + WELL_S
        while time.monotonic() < deadline:
            statuses = [node.status() for node in self.network.all]
            if all(s and s["signing"] and s["step"] == "waiting-for-work" for s in statuses):
                if len({(s["height"], s["proposer"]) for s in statuses}) == 1:
                    return statuses[0]["proposer"], statuses[0]["height"]
            time.sleep(0.02)
        raise OSError("the network does not come to rest")

    def without_one(self):
        """All have been well, and one is killed: it, and one of the others."""
        self.network.start_all()
        self.well()
        victim, witness = self.network.all[-1], self.network.all[0]
        self.network.kill(victim)
        return victim, witness

    def by_alias(self, alias):
        return next(node for node in self.network.all if node.alias == alias)

    def await_height(self, node, height, limit_s):
        deadline = time.monotonic() + limit_s
        while node.height() < height:
            if time.monotonic() > deadline:
                raise OSError(f"{node.alias} not at height {height} within {limit_s} s")
            time.sleep(0.005)

    def close(self):
        self.network.kill(*self.network.all)


def leader(bench):
    """A transaction sent to another node at the moment of the kill, until its receipt."""
    bench.network.start_all()
    bench.well()
    took = []
    for _ in range(bench.options.count):
        alias, _ = bench.rest()
        victim = bench.by_alias(alias)
        other = bench.choice.choice([node for node in bench.network.all if node is not victim])
        envelope = bench.client.new()
        links = {}
        bench.network.kill(victim)
        begun = time.monotonic()
        if not bench.client.send(envelope, other, links):
            raise OSError(f"no receipt: {envelope.said}")
        took.append(time.monotonic() - begun)
        for link in links.values():
            link.close()
        bench.network.start(victim)
        bench.well()
    return {"next_commit_s": spread(took), "asked": "median 0.5, worst 2"}


def leader_busy(bench):
    """The same under load: from the kill until another node has the next block."""
    bench.network.start_all()
    bench.well()
    drafts = load.Load(bench.network, random.Random(1), 40)
    took = []
    try:
        for _ in range(bench.options.count):
            bench.well()
            time.sleep(bench.choice.uniform(0.5, 1.0))  # anywhere within a height
            witness = bench.choice.choice(bench.network.all)
            status = witness.status()
            if status is None or status["proposer"] == witness.alias:
                continue
            victim = bench.by_alias(status["proposer"])
            bench.network.kill(victim)
            begun = time.monotonic()
            # What was under way may still be decided: the one after it counts.
            bench.await_height(witness, witness.height() + 1, 60)
            took.append(time.monotonic() - begun)
            bench.network.start(victim)
    finally:
        drafts.stop()
    return {"next_commit_s": spread(took), "load_tx_s": 40}


def power(bench):
    """All killed at once at any moment while a client submits; then nothing receipted is lost."""
    import verdict
    network, remembering = bench.network, bench.client
    network.start_all()
    bench.well()
    remembering.start()
    took = []
    for _ in range(bench.options.count):
        time.sleep(bench.choice.uniform(0.05, 1.5))  # the moment of the cut
        network.kill(*network.all)
        begun = time.monotonic()
        network.start_all()
        bench.well()
        if not remembering.through(bench.choice.choice(network.all), 60):
            raise OSError("no commit within 60 s:\n" + "\n".join(network.explain()))
        took.append(time.monotonic() - begun)
    remembering.stop()
    left = remembering.settle(120)
    bench.well()
    height = remembering.newest()
    violations = network.await_all_at(height, WELL_S) or []
    violations += network.stop_all() + left + remembering.contradictions
    violations += verdict.judge(network, dict(remembering.receipts), height, bench.say)
    return {"from_cut_to_receipt_s": spread(took), "receipts": len(remembering.receipts),
            "violations": violations[:10]}


def catch_up(bench):
    """A node away for --blocks blocks, started while the load goes on."""
    network, blocks = bench.network, bench.options.blocks
    victim, witness = bench.without_one()
    drafts = load.Load(network, random.Random(1), bench.options.rate)
    try:
        begun, first = time.monotonic(), witness.height()
        while witness.height() < first + blocks:
            time.sleep(5)
            print(f"  {witness.height() - first} of {blocks} blocks", end="\r", flush=True)
        build_s = time.monotonic() - begun
        bench.say(f"{blocks} blocks in {build_s:.0f} s, {drafts.taken / build_s:.0f} tx/s")
        taken, tip = drafts.taken, witness.height()
        network.start(victim)
        begun = time.monotonic()
        while (victim.height() < witness.height() - 3) and time.monotonic() - begun < 1800:
            time.sleep(0.1)
        took, cpu_s = time.monotonic() - begun, victim.cpu_s()
        reached = victim.height()
    finally:
        drafts.stop()
    theirs = (witness.height() - tip) / took
    ours = (reached - first) / took
    return {"blocks": reached - first, "took_s": round(took, 1), "blocks_s": round(ours, 1),
            "cpu_s": round(cpu_s, 1),
            "network_blocks_s": round(theirs, 2), "ratio": round(ours / max(theirs, 0.01), 1),
            "network_tx_s": round((drafts.taken - taken) / took), "caught_tx_s":
            round(drafts.taken / took), "asked": "ratio 10"}


def sync(bench):
    """A node with an empty disk but its safety record, the others idle, large blocks."""
    network = bench.network
    victim, witness = bench.without_one()
    taken = load.take(bench, bench.options.transactions)
    load.await_drained(network)
    bench.say(f"{taken} transactions in {witness.height()} blocks")
    time.sleep(10)  # the others come to rest: the figure is of an idle machine
    busy = machine_load()
    network.start(victim)
    begun, started = time.monotonic(), None
    while victim.height() < witness.height():
        if started is None and victim.height() >= 0:
            started = time.monotonic()
        time.sleep(0.1)  # oftener, and who asks takes a twentieth of the machine
    took = time.monotonic() - begun
    since = time.monotonic() - (started or begun)
    cpu_s = victim.cpu_s()
    return {"transactions": taken, "blocks": witness.height(), "took_s": round(took, 2),
            "cpu_s": round(cpu_s, 2), "tx_per_cpu_s": round(taken / cpu_s),
            "tx_s": round(taken / took), "tx_s_once_it_answers": round(taken / since),
            "load_before": busy, "asked": 20000}


FIGURES = {"leader": leader, "leader-busy": leader_busy, "power": power, "catch-up": catch_up,
           "sync": sync, "memory": memory.memory}
BRIDGE = []


def main(options, folder):
    BRIDGE.append(wire.Wire(options.nodes))
    results = {}
    for name in options.measure:
        bench = Bench(options, folder, name, interval_ms=2000 if name == "sync" else None)
        try:
            before = machine_load()
            results[name] = FIGURES[name](bench)
            results[name]["machine_load"] = [before, machine_load()]
            bench.say(json.dumps(results[name], ensure_ascii=False))
        except OSError as error:
            results[name] = {"failed": str(error)}
            bench.say(f"failed: {error}")
        finally:
            bench.close()
            shutil.rmtree(folder / name / "disk", ignore_errors=True)
    if options.output == "json":
        print(json.dumps({"seed": options.seed, "figures": results}), flush=True)
    failed = any("failed" in one or one.get("violations") for one in results.values())
    return 1 if failed else 0
