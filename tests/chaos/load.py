"""Drafts at a rate for ./dev chaos --measure, and waiting until what they leave has gone."""
import random
import sys
import threading
import time

import client

STUCK_S = 150


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


def take(bench, wanted):
    """As many drafts as that, as fast as they go; how many there were."""
    load = Load(bench.network, random.Random(2), 5000, threads=8)
    moved = time.monotonic()
    while load.taken < wanted:
        before = load.taken
        time.sleep(1)
        moved = time.monotonic() if load.taken > before else moved
        if time.monotonic() - moved > STUCK_S:
            raise OSError(f"no node takes transactions any more, after {load.taken}")
        if sys.stdout.isatty():
            print(f"  {load.taken} of {wanted} transactions", end="\r", flush=True)
    load.stop()
    return load.taken


def await_drained(network, most=1000, limit_s=300):
    """What waits for a block is bounded too, and full after each fault: not what is compared."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        statuses = [node.status() for node in network.all if node.running()]
        if all(s and s["mempool"]["transactions"] <= most for s in statuses):
            return
        time.sleep(0.5)
    raise OSError(f"transactions still wait for a block after {limit_s} s")
