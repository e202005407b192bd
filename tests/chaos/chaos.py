#!/usr/bin/env python3
"""Real nodes under real faults, while a client submits and remembers. ./dev chaos; docs/chaos.md.

One seed, one list of faults; what the machine makes of it differs from run to run. Exit codes: 0
nothing was violated, 1 something was (a folder with logs, seed and what was said is left), 77 this
machine does not allow it.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import wire  # noqa: E402

EXIT_VIOLATED, EXIT_USAGE, EXIT_SKIPPED = 1, 2, 77
WELL_S = 150  # a shut-out lasts a minute, a link in silence 15 s, both may follow each other
GO_ON_S = 45


class Violated(Exception):
    """Something does not hold: no further fault is begun."""


class Bare:
    """What a fault asks of a run, where figures are taken."""

    def __init__(self, network):
        self.network = network

    @staticmethod
    def violate(what):
        raise OSError(what)


class Run:
    def __init__(self, options, folder):
        import client
        import nodes
        self.options, self.folder = options, folder
        self.begun = time.monotonic()
        self.violations, self.told = [], []
        self.choice = random.Random(options.seed)
        places = list(range(1, options.nodes + 1))
        # Mostly one node's disk can be filled, at times everybody's.
        small = places if self.choice.random() < 0.25 else [self.choice.choice(places)]
        self.network = nodes.Nodes(folder, wire.Wire(options.nodes), small_disks=small)
        self.client = client.Client(self.network, random.Random(options.seed + 1))

    def say(self, words):
        line = f"[{time.monotonic() - self.begun:7.1f}] {words}"
        print(line, flush=True)
        self.told.append(line)

    def violate(self, what):
        self.violations.append(what)
        self.say(f"VIOLATED 不成立: {what}")

    def watch(self):
        """As a supervisor: nobody ends unasked."""
        for node, code in self.network.ended():
            node.process = None
            self.violate(f"{node.alias} ended by itself with {code}; see {node.log.name}")
            raise Violated

    def hold(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.watch()
            time.sleep(0.1)

    def well(self, after):
        """All sign at one height, and each node takes a transaction and tells of its block."""
        begun = time.monotonic()
        why = self.network.await_well(WELL_S, self.watch)
        if why is None:
            why = [f"{node.alias}: no receipt through it within 60 s"
                   for node in self.network.all if not self.client.through(node, 60)]
            why += self.network.explain() if why else []
        if why:
            self.violate(f"not well within {WELL_S} s after {after}:\n    " + "\n    ".join(why))
            raise Violated
        return time.monotonic() - begun

    def round(self, faults, held_s):
        names = " + ".join(fault.say() for fault in faults)
        disturbed = {node.alias for fault in faults for node in fault.disturbed()}
        self.say(f"{names}, {held_s:.0f} s")
        before, receipts = self.network.height(), self.client.count()
        begun = []
        try:
            for fault in faults:
                begun.append(fault)
                fault.begin()
            self.hold(held_s)
            for fault in faults:
                fault.check()
            if len(disturbed) <= self.network.faulty_max:
                self.must_go_on(before, disturbed, names)
        finally:
            for fault in reversed(begun):
                fault.end()
        took = self.well(names)
        told = "".join(f"; {fault.tell()}" for fault in faults if fault.tell())
        self.say(f"    well after {took:.1f} s; {self.network.height() - before} blocks, "
                 f"{self.client.count() - receipts} receipts{told}")

    def must_go_on(self, before, disturbed, names):
        """No more than f are disturbed: the others commit."""
        others = [node for node in self.network.all if node.alias not in disturbed]
        until = time.monotonic() + GO_ON_S
        while max(node.height() for node in others) <= before:
            self.watch()
            if time.monotonic() > until:
                self.violate(f"no block during {names}, though only {len(disturbed)} of "
                             f"{len(self.network.all)} are disturbed:\n    "
                             + "\n    ".join(self.network.explain()))
                raise Violated
            time.sleep(0.2)

    def faults(self):
        import faults
        only = set(self.options.only or faults.ALL)
        used = set()
        ends = time.monotonic() + self.options.minutes * 60
        count = 0
        while count == 0 or time.monotonic() < ends:
            self.round(*faults.draw(self, self.choice, only, used))
            count += 1
        return count

    def play(self):
        """The whole run; the record of it."""
        import verdict
        self.say(f"seed {self.options.seed}, {self.options.nodes} nodes, "
                 f"{self.options.minutes:g} min; small disks: "
                 f"{','.join(node.alias for node in self.network.small)}; bad lines by "
                 f"{'netem' if self.network.hub.has_netem else 'relay.py (no netem here)'}")
        count, height = 0, 0
        self.network.start_all()
        try:
            self.well("the start")
            self.client.start()
            count = self.faults()
        except Violated:
            pass
        except OSError as error:
            self.violate(f"the run itself: {error}")
        self.client.stop()
        if not self.violations:
            left = self.client.settle(120)
            for one in left[:5]:
                self.violate(f"no receipt for {one}")
            height = self.level_at_end()
        for fault in self.network.stop_all():
            self.violate(fault)
        for one in self.client.contradictions[:5]:
            self.violate(f"contradiction: {one}")
        whole = not self.violations  # else nobody waited for those who were behind
        for one in verdict.judge(self.network, dict(self.client.receipts), height, self.say,
                                 whole)[:20]:
            self.violate(one)
        return {"ok": not self.violations, "seed": self.options.seed, "nodes": self.options.nodes,
                "faults": count, "receipts": len(self.client.receipts), "height": height,
                "violations": self.violations}

    def level_at_end(self):
        """All well, and every receipted block with everybody: who stops one block behind has lost
        nothing. The height all have."""
        try:
            self.well("all faults")
            why = self.network.await_all_at(self.client.newest(), WELL_S)
            if why:
                self.violate("not all have every receipted block:\n    " + "\n    ".join(why))
        except Violated:
            pass
        return self.client.newest()

    def close(self):
        self.client.stopped.set()
        self.network.kill(*self.network.all)
        self.network.hub.close()


def inside(options, folder):
    """In namespaces of our own."""
    if options.measure:
        import measure
        return measure.main(options, folder)
    run = Run(options, folder)
    try:
        record = run.play()
    finally:
        run.close()
    (folder / "report.txt").write_text("\n".join(run.told) + "\n", encoding="utf-8")
    if options.output == "json":
        print(json.dumps(record), flush=True)
    elif record["ok"]:
        print(f"{record['faults']} faults, {record['receipts']} receipts, each there once on every "
              f"node / 故障 {record['faults']} 次，回执 {record['receipts']} 份，各节点均恰有一份")
    if not record["ok"]:
        keep_data(run)
    return 0 if record["ok"] else EXIT_VIOLATED


def keep_data(run):
    """What lies on a small disk ends with our mounts; what speaks of a failure is to stay."""
    for node in run.network.small:
        shutil.copytree(node.data, node.home / "data-kept", dirs_exist_ok=True)


def arguments():
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5, help="how long faults are drawn")
    parser.add_argument("--nodes", type=int, default=4, choices=range(4, 8))
    parser.add_argument("--only", action="append", metavar="FAULT", help="of this kind (repeat)")
    parser.add_argument("--seed", type=int, help="of a run before")
    parser.add_argument("--measure", action="append", metavar="WHAT",
                        choices=("leader", "leader-busy", "power", "catch-up", "sync", "memory"),
                        help="figures instead of faults: leader, leader-busy, power, catch-up, "
                             "sync, memory (repeat)")
    parser.add_argument("--count", type=int, default=50, help="kills of --measure leader and power")
    parser.add_argument("--blocks", type=int, default=10000, help="how far catch-up is behind")
    parser.add_argument("--transactions", type=int, default=100000, help="how many sync fetches, and memory begins with")
    parser.add_argument("--rate", type=float, default=200, help="tx/s of catch-up and memory")
    parser.add_argument("--output", choices=("text", "json"), default="text")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    import faults
    for name in options.only or ():
        if name not in faults.ALL:
            parser.error(f"no fault is called {name}; there are: {', '.join(sorted(faults.ALL))} "
                         f"/ 没有名为 {name} 的故障")
    if options.minutes < 0 or min(options.count, options.blocks, options.transactions) < 1 \
            or options.rate <= 0:
        parser.error("--minutes is not negative, the other numbers are positive / 数值须为正")
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    return options


def skip(why, output):
    words = f"skipped: {why} / 已跳过：本机不允许所需的命名空间、网络或挂载"
    print(json.dumps({"skipped": str(why)}) if output == "json" else words, flush=True)
    return EXIT_SKIPPED


def main():
    options = arguments()
    import support
    if not os.access(support.PROGRAM, os.X_OK):
        print(f"error: {support.PROGRAM} is not there: ./dev build, or set JIANDU\n"
              f"错误：找不到程序，请先运行 ./dev build，或设置 JIANDU", file=sys.stderr)
        return EXIT_USAGE
    if os.environ.get(wire.INSIDE):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return inside(options, pathlib.Path(options.folder))
        except wire.Skip as why:
            return skip(why, options.output)
        except KeyboardInterrupt:
            return 130
    folder = pathlib.Path(tempfile.mkdtemp(prefix="jiandu-chaos-"))
    code = None
    try:
        code = wire.enter([__file__, *sys.argv[1:], "--seed", str(options.seed),
                           "--folder", str(folder)])
    except wire.Skip as why:
        return skip(why, options.output)
    finally:
        failed = code not in (None, 0, EXIT_SKIPPED, 130, -signal.SIGKILL)
        if not failed and not os.environ.get("JIANDU_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
    if code == -signal.SIGKILL:
        code = 143  # SIGTERM to us: wire.enter()
    if folder.exists():
        print(f"Left / 留存: {folder} (logs, report.txt). Again / 重放: ./dev chaos --seed "
              f"{options.seed} --nodes {options.nodes} --minutes {options.minutes:g}"
              + "".join(f" --only {name}" for name in options.only or ()), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
