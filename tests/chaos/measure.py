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
import threading
import time

import chaos
import client
import faults
import nodes
import wire

WELL_S = 150
# What leaves a process as it is: a node that starts again has a new memory.
STEADY = ("pause", "minority", "split", "one-way", "line", "clock", "garbage")


def machine_load():
    return round(os.getloadavg()[0], 1)


def spread(values):
    return {"median": round(statistics.median(values), 3), "worst": round(max(values), 3),
            "count": len(values)}


class Load:
    """Drafts at a rate, spread over nodes; nobody waits for their blocks."""

    def __init__(self, network, choice, per_s, threads=4):
        self.network, self.per_s = network, per_s
        self.makers = client.Client(network, choice, wait_s=0)
        self.stopped = threading.Event()
        self.taken = self.refused = 0
        self.targets = [node for node in network.all if node.running()]
        self.threads = [threading.Thread(target=self.work, args=(i, threads), daemon=True)
                        for i in range(threads)]
        for thread in self.threads:
            thread.start()

    def work(self, i, of):
        links, turn, due = {}, i, time.monotonic()
        while not self.stopped.is_set():
            due = max(due + of / self.per_s, time.monotonic() - 1.0)
            node = self.targets[turn % len(self.targets)]
            turn += 1
            envelope = self.makers.new()
            self.makers.send(envelope, node, links)
            self.makers.open.pop(envelope.txid, None)
            if envelope.said.startswith(f"{node.alias}: 202") or not envelope.said:
                self.taken += 1
            else:
                self.refused += 1
            self.stopped.wait(max(0.0, due - time.monotonic()))
        for link in links.values():
            link.close()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=60)


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
    load = Load(bench.network, random.Random(1), 40)
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
        load.stop()
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
    load = Load(network, random.Random(1), bench.options.rate)
    try:
        begun, first = time.monotonic(), witness.height()
        while witness.height() < first + blocks:
            time.sleep(5)
            print(f"  {witness.height() - first} of {blocks} blocks", end="\r", flush=True)
        build_s = time.monotonic() - begun
        bench.say(f"{blocks} blocks in {build_s:.0f} s, {load.taken / build_s:.0f} tx/s")
        taken, tip = load.taken, witness.height()
        network.start(victim)
        begun = time.monotonic()
        while (victim.height() < witness.height() - 3) and time.monotonic() - begun < 1800:
            time.sleep(0.1)
        took, cpu_s = time.monotonic() - begun, victim.cpu_s()
        reached = victim.height()
    finally:
        load.stop()
    theirs = (witness.height() - tip) / took
    ours = (reached - first) / took
    return {"blocks": reached - first, "took_s": round(took, 1), "blocks_s": round(ours, 1),
            "cpu_s": round(cpu_s, 1),
            "network_blocks_s": round(theirs, 2), "ratio": round(ours / max(theirs, 0.01), 1),
            "network_tx_s": round((load.taken - taken) / took), "caught_tx_s":
            round(load.taken / took), "asked": "ratio 10"}


def take(bench, wanted):
    """As many drafts as that, as fast as they go; how many there were."""
    load = Load(bench.network, random.Random(2), 5000, threads=8)
    moved = time.monotonic()
    while load.taken < wanted:
        before = load.taken
        time.sleep(1)
        moved = time.monotonic() if load.taken > before else moved
        if time.monotonic() - moved > WELL_S:
            raise OSError(f"no node takes transactions any more, after {load.taken}")
        print(f"  {load.taken} of {wanted} transactions", end="\r", flush=True)
    load.stop()
    return load.taken


def sync(bench):
    """A node with an empty disk but its safety record, the others idle, large blocks."""
    network = bench.network
    victim, witness = bench.without_one()
    taken = take(bench, bench.options.transactions)
    await_drained(network)
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


def await_drained(network, most=1000, limit_s=300):
    """What waits for a block is bounded too, and full after each fault: not what is compared."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        statuses = [node.status() for node in network.all if node.running()]
        if all(s and s["mempool"]["transactions"] <= most for s in statuses):
            return
        time.sleep(0.5)
    raise OSError(f"transactions still wait for a block after {limit_s} s")


class MemoryWatch:
    """Every node's memory in MiB, each second, since it was made."""

    def __init__(self, network):
        self.network, self.begun = network, time.monotonic()
        self.seen = []  # (second, {alias: MiB})
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.stopped.wait(1):
            self.seen.append((time.monotonic() - self.begun, {
                node.alias: node.resident_kib() / 1024 for node in self.network.all}))

    def medians(self, begin_s, end_s):
        return {node.alias: round(statistics.median(
            one[node.alias] for second, one in self.seen if begin_s <= second < end_s))
                for node in self.network.all}

    def stop(self):
        self.stopped.set()
        self.thread.join()


def at_rest(bench, when):
    """Without load, once nothing waits for a block and what was freed has been given back."""
    await_drained(bench.network, most=0)
    time.sleep(15)
    taken = {node.alias: node.resident_kib() // 1024 for node in bench.network.all}
    bench.say(f"at rest, {when}: {max(taken.values())} MiB")
    return taken


def memory(bench):
    """Resident memory of every node under load and faults: the median of the first five minutes
    against that of the last five, and what each takes at rest after both. Caches are full before:
    --transactions, as fast as they go."""
    network = bench.network
    network.start_all()
    bench.well()
    bench.say(f"empty: {max(node.resident_kib() for node in network.all) // 1024} MiB")
    take(bench, bench.options.transactions)
    rests = {"filled": at_rest(bench, "filled")}
    loads = [Load(network, random.Random(1), bench.options.rate)]
    watch = MemoryWatch(network)
    run = chaos.Bare(network)
    window_s = min(300, bench.options.minutes * 60 / 3)
    ends_s, used, largest = bench.options.minutes * 60, set(), {}
    while (second := time.monotonic() - watch.begun) < ends_s:
        if second > (len(largest) + 1) * window_s:
            begin_s = len(largest) * window_s
            largest[round(begin_s / 60)] = max(watch.medians(begin_s, begin_s + window_s).values())
            bench.say(f"from minute {begin_s / 60:.0f}: {list(largest.values())[-1]} MiB")
            if len(largest) == 1:
                loads[-1].stop()
                rests["first"] = at_rest(bench, "after the first minutes")
                loads.append(Load(network, random.Random(3), bench.options.rate))
        chosen, held_s = faults.draw(run, bench.choice, set(STEADY) - {"clock"}, used)
        print(f"  {' + '.join(one.say() for one in chosen)}", flush=True)
        for one in chosen:
            one.begin()
        time.sleep(held_s)
        for one in reversed(chosen):
            one.end()
        bench.well()
    watch.stop()
    loads[-1].stop()
    rests["last"] = at_rest(bench, "at the end")
    ends_s = watch.seen[-1][0]
    first, last = watch.medians(0, window_s), watch.medians(ends_s - window_s, ends_s)
    return {"filled_with": bench.options.transactions, "first_mib": first, "last_mib": last,
            "at_rest_mib": rests, "load_tx_s": bench.options.rate,
            "taken": sum(load.taken for load in loads),
            "minutes": bench.options.minutes, "largest_mib_from_minute": largest,
            "change_percent":
            {alias: round(100 * (last[alias] / first[alias] - 1)) for alias in first},
            "asked": "within 20"}


FIGURES = {"leader": leader, "leader-busy": leader_busy, "power": power, "catch-up": catch_up,
           "sync": sync, "memory": memory}
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
