"""What the nodes of ./dev chaos --measure memory take of memory of their own (RssAnon)."""
import random
import statistics
import threading
import time

import chaos
import faults
import load

# What leaves a process as it is: a node that starts again has a new memory.
STEADY = ("pause", "minority", "split", "one-way", "line", "clock", "garbage")


class MemoryWatch:
    """Every node's memory in MiB, each second under load, since it was made."""

    def __init__(self, network):
        self.network, self.begun = network, time.monotonic()
        self.seen = []  # (second, {alias: MiB})
        self.resting = False
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.stopped.wait(1):
            if not self.resting:
                self.seen.append((self.second(), {
                    node.alias: node.resident_kib() / 1024 for node in self.network.all}))

    def second(self):
        return time.monotonic() - self.begun

    def rest(self, work):
        """What is done meanwhile is neither seen nor takes time."""
        begun, self.resting = time.monotonic(), True
        done = work()
        self.begun += time.monotonic() - begun
        self.resting = False
        return done

    def medians(self, begin_s, end_s):
        return {node.alias: round(statistics.median(
            one[node.alias] for second, one in self.seen if begin_s <= second < end_s))
                for node in self.network.all}

    def stop(self):
        self.stopped.set()
        self.thread.join()


def at_rest(bench, when):
    """Without load, once nothing waits for a block and what was freed has been given back. None
    where it does not come to rest: that is told, and what was measured before it stands."""
    try:
        load.await_drained(bench.network, most=0)
    except OSError as error:
        bench.say(f"not at rest, {when}: {error}")
        return None
    time.sleep(15)
    taken = {node.alias: node.resident_kib() // 1024 for node in bench.network.all}
    bench.say(f"at rest, {when}: {max(taken.values())} MiB")
    return taken


def memory(bench):
    """Resident memory of every node under load and faults: the median of the first five minutes
    against that of the last five, and what each takes at rest before, between and after. Caches
    are full before: --transactions, as fast as they go."""
    network = bench.network
    network.start_all()
    bench.well()
    bench.say(f"empty: {max(node.resident_kib() for node in network.all) // 1024} MiB")
    load.take(bench, bench.options.transactions)
    rests = {"filled": at_rest(bench, "filled")}
    loads = [load.Load(network, random.Random(1), bench.options.rate)]
    watch = MemoryWatch(network)
    run = chaos.Bare(network)
    window_s = min(300, bench.options.minutes * 60 / 3)
    ends_s, used, largest = bench.options.minutes * 60, set(), {}
    while (second := watch.second()) < ends_s:
        if second > (len(largest) + 1) * window_s:
            begin_s = len(largest) * window_s
            largest[round(begin_s / 60)] = max(watch.medians(begin_s, begin_s + window_s).values())
            bench.say(f"from minute {begin_s / 60:.0f}: {list(largest.values())[-1]} MiB")
            if len(largest) == 1:
                loads[-1].stop()
                rests["first"] = watch.rest(lambda: at_rest(bench, "after the first minutes"))
                loads.append(load.Load(network, random.Random(3), bench.options.rate))
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
    ends_s = watch.seen[-1][0]
    first, last = watch.medians(0, window_s), watch.medians(ends_s - window_s, ends_s)
    rests["last"] = at_rest(bench, "at the end")
    return {"filled_with": bench.options.transactions, "first_mib": first, "last_mib": last,
            "at_rest_mib": rests, "load_tx_s": bench.options.rate,
            "taken": sum(one.taken for one in loads),
            "minutes": bench.options.minutes, "largest_mib_from_minute": largest,
            "change_percent":
            {alias: round(100 * (last[alias] / first[alias] - 1)) for alias in first},
            "asked": "within 20"}
