"""What is done to the network: each fault by name, drawn from the seed, begun and ended.

A fault names whom it disturbs: as long as that are at most f nodes, the others have to go on.
Two faults may be under way at once when one is of processes and the other of the network.
"""
import shutil
import signal
import time

import hostile

PROCESS, NETWORK, ALONE = "process", "network", "alone"
EXPLAINS_S = 30


class Fault:
    """One fault of a run. draw() alone chooses; begin() and end() do what was chosen."""

    name, group = "", PROCESS
    held_s = (6, 14)
    once_a_node = False

    def __init__(self, run):
        self.run, self.network, self.hub = run, run.network, run.network.hub
        self.victims = []

    def draw(self, choice):
        self.victims = self.some(choice, 1, self.network.faulty_max)

    def some(self, choice, least, most):
        return choice.sample(self.network.all, choice.randint(least, max(least, most)))

    def disturbed(self):
        """The nodes that cannot be counted on while it lasts."""
        return list(self.victims)

    def begin(self):
        raise NotImplementedError

    def check(self):
        """While it lasts, at its end: what has to hold."""

    def end(self):
        raise NotImplementedError

    def say(self):
        return f"{self.name} {','.join(node.alias for node in self.victims)}"

    def tell(self):
        """After its end: what came of it, where that is not plain."""
        return ""


class Kill(Fault):
    """kill -9 of one or more, mostly of no more than may be faulty; started again."""

    name = "kill"

    def draw(self, choice):
        most = len(self.network.all) - 1 if choice.random() < 0.2 else self.network.faulty_max
        self.victims = self.some(choice, 1, most)

    def begin(self):
        self.network.kill(*self.victims)

    def end(self):
        for node in self.victims:
            self.network.start(node)


class Power(Kill):
    """All nodes at once."""

    name, group = "power", ALONE
    held_s = (0, 2)

    def draw(self, choice):
        self.victims = list(self.network.all)


class Pause(Fault):
    """SIGSTOP: nothing ends, nothing answers; at times for longer than a link lives in silence."""

    name = "pause"
    held_s = (4, 20)

    def begin(self):
        for node in self.victims:
            self.network.signal(node, signal.SIGSTOP)

    def end(self):
        for node in self.victims:
            self.network.signal(node, signal.SIGCONT)


class Split(Fault):
    """No way between two halves: nobody has a quorum (of seven four are none)."""

    name, group = "split", NETWORK
    held_s = (18, 30)  # a link in silence is given up after 15 s

    def draw(self, choice):
        self.victims = choice.sample(self.network.all, len(self.network.all) // 2)

    def disturbed(self):
        return list(self.network.all)

    def others(self):
        return [node for node in self.network.all if node not in self.victims]

    def check(self):
        """Every node names all of the other side, and says that there is no quorum."""
        for side, away in ((self.victims, self.others()), (self.others(), self.victims)):
            for node in side:
                self.explains(node, {other.alias for other in away})

    def explains(self, node, away):
        until = time.monotonic() + EXPLAINS_S
        while (status := node.status()) is not None:
            missing = {one["department"] for one in status["missing_why"]}
            if away <= missing and "a quorum" in status["waiting_for"]:
                return
            if time.monotonic() > until:
                self.run.violate(f"{node.alias} cannot reach {sorted(away)} and says: missing "
                                 f"{sorted(missing)}, waits for {status['waiting_for'] or '-'}")
                return
            time.sleep(0.2)

    def ways(self):
        others = self.others()
        return [(a, b) for one in self.victims for other in others
                for a, b in ((one, other), (other, one))]

    def begin(self):
        for of, to in self.ways():
            self.hub.cut(of.place, to.place)

    def end(self):
        for of, to in self.ways():
            self.hub.join(of.place, to.place)


class Minority(Split):
    """At most f nodes cut off: the majority goes on, they catch up."""

    name = "minority"
    held_s = (6, 14)

    def check(self):
        """The others go on, and nobody waits for anybody."""

    def draw(self, choice):
        self.victims = self.some(choice, 1, self.network.faulty_max)

    def disturbed(self):
        return list(self.victims)


class OneWay(Minority):
    """What a node sends reaches nobody, or only some; or it hears nobody. The other way stands."""

    name = "one-way"

    def draw(self, choice):
        self.victims = self.some(choice, 1, 1)
        others = [node for node in self.network.all if node not in self.victims]
        self.chosen = choice.sample(others, choice.randint(1, len(others)))
        self.outward = choice.random() < 0.5

    def ways(self):
        return [(one, other) if self.outward else (other, one)
                for one in self.victims for other in self.chosen]

    def say(self):
        way = "is not heard by" if self.outward else "does not hear"
        return f"one-way {self.victims[0].alias} {way} {','.join(n.alias for n in self.chosen)}"


class Line(Fault):
    """Frames late and lost: of one node, or of all."""

    name, group = "line", NETWORK

    def draw(self, choice):
        self.victims = (list(self.network.all) if choice.random() < 0.4
                        else self.some(choice, 1, self.network.faulty_max))
        self.delay_ms = choice.choice((5, 20, 80, 300))
        self.jitter_ms = choice.choice((0, self.delay_ms // 2))
        self.loss_percent = choice.choice((1, 5, 15, 30))
        self.seed = choice.getrandbits(31)

    def begin(self):
        for node in self.victims:
            self.hub.spoil(node.place, self.delay_ms, self.jitter_ms, self.loss_percent, self.seed)

    def end(self):
        for node in self.victims:
            self.hub.mend(node.place)

    def say(self):
        return (f"{super().say()}: {self.delay_ms} +- {self.jitter_ms} ms, "
                f"{self.loss_percent} % lost")


class Disk(Fault):
    """The small disks are full: a node ends with 75 and says why; started when there is room."""

    name = "disk"
    held_s = (8, 16)

    def draw(self, choice):
        self.victims = list(self.network.small)
        self.stopped = []
        self.left = choice.choice((0, 0, 4096, 65536, 1 << 20))

    def begin(self):
        for node in self.victims:
            node.may_end = True
            fill(node.disk / "ballast", self.left)

    def end(self):
        for node in self.victims:
            (node.disk / "ballast").unlink()
            if not node.running() and node.process is not None:
                code = node.process.returncode
                if code != 75:
                    self.run.violate(f"{node.alias} ended with {code} on a full disk, not 75")
                self.stopped.append(node.alias)
                node.process = None
            self.network.start(node)
            node.may_end = False

    def say(self):
        return f"{super().say()}: {self.left} bytes left"

    def tell(self):
        return f"stopped by it: {','.join(self.stopped) or 'nobody'}"


def fill(path, left):
    """Takes all room of the file's disk but `left` bytes."""
    chunk = b"\0" * (1 << 20)
    with open(path, "wb", buffering=0) as file:
        while len(chunk) > 512:
            try:
                if file.write(chunk) < len(chunk):
                    chunk = chunk[:len(chunk) // 2]
            except OSError:
                chunk = chunk[:len(chunk) // 2]
        file.truncate(max(0, file.tell() - left))


class Clock(Fault):
    """The time of one, of f or of f + 1 nodes is off; at the end it jumps back."""

    name = "clock"

    def draw(self, choice):
        self.victims = self.some(choice, 1, self.network.faulty_max + 1)
        offsets = (-500, 500, -10_000, 10_000, -3_600_000, 3_600_000)
        self.offsets = {node.alias: choice.choice(offsets) for node in self.victims}

    def begin(self):
        for node in self.victims:
            node.set_clock(self.offsets[node.alias])

    def end(self):
        for node in self.victims:
            node.set_clock(0)

    def say(self):
        return "clock " + ", ".join(f"{alias} {ms:+} ms" for alias, ms in self.offsets.items())


class Rollback(Fault):
    """A node killed and put back to a copy of its data directory of some seconds before."""

    name = "rollback"

    def disturbed(self):
        return []  # it works until the end

    def begin(self):
        for node in self.victims:
            self.network.signal(node, signal.SIGSTOP)  # so that the copy is of one moment
            shutil.copytree(node.data, node.home / "older")
            self.network.signal(node, signal.SIGCONT)

    def end(self):
        self.network.kill(*self.victims)
        for node in self.victims:
            for entry in list(node.data.iterdir()):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            shutil.copytree(node.home / "older", node.data, dirs_exist_ok=True)
            shutil.rmtree(node.home / "older")
            self.network.start(node)


class Garbage(Fault):
    """A stranger at every peer port: noise, handshakes that stop, lengths that are no lengths."""

    name, group = "garbage", NETWORK

    def draw(self, choice):
        self.victims = []
        self.seed = choice.getrandbits(32)

    def begin(self):
        self.stranger = hostile.Stranger(self.network, self.seed)

    def end(self):
        self.stranger.end()
        if self.stranger.said == 0:
            self.run.violate("the garbage reached nobody: the run proves nothing of it")

    def say(self):
        return "garbage at every peer port"

    def tell(self):
        return f"{self.stranger.said} connections of garbage"


class Flood(Fault):
    """A validator's own keys in bad hands: proposals, junk blocks, noise in frames; then itself."""

    name = "flood"
    once_a_node = True  # peers shut it out for a minute, then for twice that, and so on

    def draw(self, choice):
        self.victims = self.some(choice, 1, 1)
        self.seed = choice.getrandbits(32)

    def begin(self):
        self.network.kill(*self.victims)
        self.insider = hostile.Insider(self.network, self.victims[0], self.seed)

    def end(self):
        self.insider.end()
        if self.insider.said == 0:
            self.run.violate("the flood reached nobody: the run proves nothing of it")
        for node in self.victims:
            self.network.start(node)

    def tell(self):
        return f"{self.insider.said} bursts over {self.insider.opened} links"


ALL = {one.name: one for one in (Kill, Power, Pause, Split, Minority, OneWay, Line, Disk, Clock,
                                 Rollback, Garbage, Flood)}


def draw(run, choice, only, used):
    """The next fault or two, and for how many seconds. `used`: (name, alias) of faults that a node
    has once only."""
    def one(names):
        for _ in range(50):  # beyond that a node has to bear it again
            fault = ALL[choice.choice(names)](run)
            fault.draw(choice)
            marks = {(fault.name, node.alias) for node in fault.victims}
            if not (fault.once_a_node and marks & used):
                break
        used.update(marks)
        return fault
    first = one(sorted(only))
    faults = [first]
    second = sorted(name for name in only if {ALL[name].group, first.group} == {PROCESS, NETWORK})
    if second and choice.random() < 0.3:
        other = one(second)
        # Whoever is dead cannot be given a bad line in earnest; all else may come together.
        if not set(other.victims) & set(first.victims):
            faults.append(other)
    return faults, choice.uniform(*first.held_s)
