"""The network the nodes stand in: namespaces of our own, one for each node, joined by a bridge.

The whole run lives in its own mount, network and process namespaces (enter()): when its first
process ends, however it ends, the kernel takes away every node, interface, name and mount. Nothing
of it is seen outside, and an ordinary user may run it where user namespaces are allowed.

A way between two nodes is cut by a neighbour entry that leads nowhere: silently, in one direction,
with what iproute2 alone can do. A bad line is netem where the kernel has it, else relay.py.
"""
import ctypes
import os
import pathlib
import signal
import subprocess
import sys

import relay

INSIDE = "JIANDU_CHAOS_INSIDE"
SUBNET = "10.77.0"
CLIENT = 200  # our own place on the bridge
NOWHERE = "02:4a:44:00:00:fe"
NAMES = pathlib.Path("/run/netns")
PR_SET_PDEATHSIG = 1


class Skip(Exception):
    """This machine does not allow what a run needs."""


def address(place):
    return f"{SUBNET}.{place}"


def mac(place):
    return f"02:4a:44:00:00:{place:02x}"


def end_with_parent():
    """The new process gets SIGKILL when we end, so that nothing outlives a killed run."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def allowed():
    """How namespaces are entered here, or Skip."""
    parts = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    forms = [parts] if os.geteuid() == 0 else []
    forms.append(["--user", "--map-root-user", *parts])
    said = ""
    for form in forms:
        try:
            done = subprocess.run(["unshare", *form, "true"], capture_output=True, text=True,
                                  timeout=30, check=False)
        except FileNotFoundError:
            raise Skip("unshare is missing (package util-linux)") from None
        if done.returncode == 0:
            return ["unshare", *form]
        said = done.stderr.strip()
    raise Skip(f"namespaces are not allowed here: {said}")


def enter(arguments):
    """Runs this program again in namespaces of its own; its exit code."""
    run = subprocess.Popen([*allowed(), sys.executable, *arguments],
                           env={**os.environ, INSIDE: "1"}, preexec_fn=end_with_parent)
    # Ctrl-C reaches the run as well: it ends in its own way, then we do. SIGTERM is for us alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: run.kill())
    return run.wait()


def sh(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Wire:
    """Bridge, namespaces n1.. and the state of each way between them; inside enter() only."""

    def __init__(self, count):
        self.places = list(range(1, count + 1))
        self.relays = {}  # place: process
        try:
            sh("mount", "-t", "tmpfs", "tmpfs", "/run")  # names of namespaces, ours alone
            NAMES.mkdir()
            sh("ip", "link", "set", "lo", "up")
            sh("ip", "link", "add", "br0", "address", mac(CLIENT), "type", "bridge")
            sh("ip", "addr", "add", f"{address(CLIENT)}/24", "dev", "br0")
            sh("ip", "link", "set", "br0", "up")
            for place in self.places:
                self.add(place)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Skip(f"no network of our own: {error}") from None
        self.has_netem = self.try_netem()

    def add(self, place):
        inner = f"e{place}"
        sh("ip", "netns", "add", self.name(place))
        sh("ip", "link", "add", f"v{place}", "type", "veth", "peer", "name", inner)
        relay.whole_checksums(inner)  # the relay passes on what it reads: it has to be whole
        sh("ip", "link", "set", inner, "netns", self.name(place), "name", "eth0",
           "address", mac(place))
        sh("ip", "link", "set", f"v{place}", "master", "br0", "up")
        self.within(place, "addr", "add", f"{address(place)}/24", "dev", "eth0")
        self.within(place, "link", "set", "eth0", "up")
        self.within(place, "link", "set", "lo", "up")
        self.way("br0", None, place, mac(place))
        self.way("eth0", place, CLIENT, mac(CLIENT))
        for other in self.places:
            if other != place:
                self.way("eth0", place, other, mac(other))

    @staticmethod
    def name(place):
        return f"n{place}"

    def within(self, place, *words):
        sh("ip", "-n", self.name(place), *words)

    def enter_command(self, place):
        """What stands before the command of a process of this node."""
        return ["nsenter", f"--net={NAMES / self.name(place)}", "--"]

    def way(self, device, of, to, where):
        before = ["-n", self.name(of)] if of else []
        sh("ip", *before, "neigh", "replace", address(to), "lladdr", where, "dev", device,
           "nud", "permanent")

    def cut(self, of, to):
        """What `of` sends to `to` gets lost from now on; the other direction stands."""
        self.way("eth0", of, to, NOWHERE)

    def join(self, of, to):
        self.way("eth0", of, to, mac(to))

    # Bad lines

    def try_netem(self):
        try:
            sh("tc", "qdisc", "add", "dev", "v1", "root", "netem", "delay", "1ms")
            sh("tc", "qdisc", "del", "dev", "v1", "root")
            return True
        except OSError:
            return False

    def spoil(self, place, delay_ms, jitter_ms, loss_percent, seed):
        """All that this node sends and gets is late and in part lost."""
        if self.has_netem:
            terms = ["netem", "delay", f"{delay_ms}ms", f"{jitter_ms}ms", "loss",
                     f"{loss_percent}%"]
            sh("tc", "qdisc", "replace", "dev", f"v{place}", "root", *terms)
            sh("tc", "-n", self.name(place), "qdisc", "replace", "dev", "eth0", "root", *terms)
            return
        near, far = f"r{place}", f"s{place}"
        sh("ip", "link", "add", near, "type", "veth", "peer", "name", far)
        relay.whole_checksums(far)
        sh("ip", "link", "set", near, "up")
        sh("ip", "link", "set", far, "master", "br0", "up")
        sh("ip", "link", "set", f"v{place}", "nomaster")
        self.relays[place] = subprocess.Popen(
            [sys.executable, relay.__file__, f"v{place}", near, str(delay_ms), str(jitter_ms),
             str(loss_percent), str(seed)], preexec_fn=end_with_parent)

    def mend(self, place):
        if self.has_netem:
            sh("tc", "qdisc", "del", "dev", f"v{place}", "root")
            sh("tc", "-n", self.name(place), "qdisc", "del", "dev", "eth0", "root")
            return
        process = self.relays.pop(place)
        ended = process.poll()
        process.kill()
        process.wait()
        sh("ip", "link", "del", f"r{place}")
        sh("ip", "link", "set", f"v{place}", "master", "br0")
        if ended is not None:
            raise OSError(f"the relay of {self.name(place)} ended with {ended}")

    def close(self):
        for process in self.relays.values():
            process.kill()
            process.wait()


def mount_small(folder, size_mib):
    """A disk of its own, small, for what is below the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        sh("mount", "-t", "tmpfs", "-o", f"size={size_mib}m,mode=700", "tmpfs", folder)
    except OSError as error:
        raise Skip(f"tmpfs mounts are not allowed here: {error}") from None
