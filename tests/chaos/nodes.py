"""The departments' nodes of a run: made by the ceremony, real processes, one in each namespace.

Who reads this as a supervisor would: a node that ends without having been told to is a violation,
unless the fault under way says why it may.
"""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import support  # noqa: E402  (the tests' own, beside us)
import wire  # noqa: E402

GATEWAY, PEERS = 8440, 8450
EXIT_DISK = 75
DEPARTMENTS = support.SOURCE / "network-configs" / "linjiang" / "departments.json"


class Node:
    """One department's node: its place on the bridge, its files, its process."""

    def __init__(self, place, department, folder):
        self.place = place
        self.alias = department["alias"]
        self.code = department["code"]
        self.name = department["name"]
        self.roles = department["roles"]
        self.home = folder / self.alias
        self.disk = self.home / "disk"  # of its own when it is to be filled
        self.data = self.disk / "data"
        self.clock = self.home / "test-clock"
        self.log = folder / "logs" / f"{self.alias}.log"
        self.host = wire.address(place)
        self.process = None
        self.may_end = False  # the fault under way explains it

    def running(self):
        return self.process is not None and self.process.poll() is None

    def ask(self, method, target, body=None, headers=None, timeout=10):
        """One HTTP call: (status, JSON or None); OSError when the node does not answer."""
        connection = http.client.HTTPConnection(self.host, GATEWAY, timeout=timeout)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read() or b"null")
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from None
        finally:
            connection.close()

    def status(self, timeout=5):
        """The node's status, or None while it does not answer."""
        try:
            code, body = self.ask("GET", "/v1/status", timeout=timeout)
            return body if code == 200 else None
        except OSError:
            return None

    def height(self):
        status = self.status()
        return status["height"] if status else -1

    def resident_kib(self):
        """Memory that is the process's own, not pages of files it has mapped; 0 when there is none."""
        if not self.running():
            return 0
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
        return 0

    def cpu_s(self):
        """Processor time the process has had."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def set_clock(self, offset_ms):
        """How far its time is from the machine's; it reads the file for each answer."""
        new = self.clock.with_suffix(".new")
        new.write_text(f"{offset_ms}\n")
        os.replace(new, self.clock)


class Nodes:
    """The network. `genesis`, `passphrase`, `folder` and `chain` as tests/e2e/hostile_peer.py asks."""

    def __init__(self, folder, hub, test_clock=True, small_disks=(), small_mib=256):
        self.folder, self.hub = folder, hub
        self.genesis = folder / "genesis.json"
        self.passphrase = folder / "passphrase"
        self.chain = "chaos-1"
        self.test_clock = test_clock
        listed = json.loads(DEPARTMENTS.read_text(encoding="utf-8"))["departments"]
        listed = [one for one in listed if "DEPARTMENT" in one["roles"]]
        self.all = [Node(place, listed[place - 1], folder) for place in hub.places]
        (folder / "logs").mkdir(parents=True)
        for node in self.all:
            if node.place in small_disks:
                wire.mount_small(node.disk, small_mib)
            node.data.mkdir(parents=True, mode=0o700)
        self.small = [node for node in self.all if node.place in small_disks]
        self.make()

    @property
    def faulty_max(self):
        """How many may be faulty without harm: 3f < n."""
        return (len(self.all) - 1) // 3

    def make(self):
        self.passphrase.write_text("eine lange Probe\n")
        self.passphrase.chmod(0o600)
        draft = self.folder / "network.json"
        support.run("network", "init", "--chain", self.chain, "--file", draft)
        network = json.loads(draft.read_text(encoding="utf-8"))
        if self.test_clock:
            network["test_clock"] = True
            draft.write_text(json.dumps(network), encoding="utf-8")
        for node in self.all:
            roles = [word for role in node.roles for word in ("--role", role)]
            support.run("network", "join", "--network", draft, "--home", node.home,
                        "--code", node.code, "--name", node.name, "--alias", node.alias,
                        "--jurisdiction", "990100", *roles,
                        "--officer", f"{node.alias}-c1=CLERK",
                        "--officer", f"{node.alias}-h1=HEAD", "--fast-seal",
                        "--passphrase-file", self.passphrase)
        support.run("network", "seal", "--network", draft, "--file", self.genesis,
                    *[node.home / "join.json" for node in self.all])
        for node in self.all:
            self.configure(node)

    def configure(self, node):
        peers = [word for other in self.all if other is not node
                 for word in ("--peer", f"{other.code}={other.host}:{PEERS}")]
        support.run("node", "init", "--home", node.home, "--genesis", self.genesis,
                    "--department", node.code, "--peers-listen", f"{node.host}:{PEERS}",
                    "--gateway-listen", f"{node.host}:{GATEWAY}", *peers,
                    "--passphrase-file", self.passphrase)
        config = node.home / "node.toml"
        text = config.read_text(encoding="utf-8")
        text = text.replace('data_dir = "data"', 'data_dir = "disk/data"')
        text = text.replace("[gateway]\n", '[gateway]\nplain_http = "anywhere"\n'
                            "connections_per_address_max = 2000\n")
        if self.test_clock:
            text = text.replace("[node]\n", '[node]\ntest_clock = "test-clock"\n')
            node.set_clock(0)
        config.write_text(text, encoding="utf-8")

    def start(self, node):
        if node.running():
            return
        with open(node.log, "ab") as log:
            node.process = subprocess.Popen(
                [*self.hub.enter_command(node.place), support.PROGRAM, "node", "run",
                 "--config", str(node.home / "node.toml")],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                start_new_session=True)  # Ctrl-C is for us

    def start_all(self):
        for node in self.all:
            self.start(node)

    def signal(self, node, number):
        if node.running():
            node.process.send_signal(number)

    def kill(self, *victims):
        """SIGKILL to all of them at once."""
        for node in victims:
            self.signal(node, signal.SIGKILL)
        for node in victims:
            if node.process is not None:
                node.process.wait()
                node.process = None

    def stop_all(self):
        """SIGTERM; what a node answers that does not end by it within a minute."""
        for node in self.all:
            self.signal(node, signal.SIGCONT)
            self.signal(node, signal.SIGTERM)
        faults = []
        for node in self.all:
            if node.process is None:
                continue
            try:
                code = node.process.wait(timeout=60)
                if code != 0:
                    faults.append(f"{node.alias} ended with {code} on SIGTERM")
            except subprocess.TimeoutExpired:
                faults.append(f"{node.alias} does not end on SIGTERM")
                node.process.kill()
                node.process.wait()
            node.process = None
        return faults

    def ended(self):
        """Nodes that ended by themselves, as [(node, exit code)]."""
        return [(node, node.process.returncode) for node in self.all
                if node.process is not None and node.process.poll() is not None
                and not node.may_end]

    def height(self):
        return max(node.height() for node in self.all if node.running())

    def await_all_at(self, height, limit_s):
        """Every node has this block. None, or why not within the limit."""
        deadline = time.monotonic() + limit_s
        while any(node.height() < height for node in self.all):
            if time.monotonic() > deadline:
                return self.explain()
            time.sleep(0.05)  # between two questions
        return None

    def explain(self):
        """What each node says of itself, in one line each."""
        lines = []
        for node in self.all:
            status = node.status()
            if status is None:
                state = "runs" if node.running() else "does not run"
                lines.append(f"{node.alias}: {state}, no answer")
                continue
            lines.append(
                f"{node.alias}: height {status['height']} round {status['round']} "
                f"{status['step']}, signing {status['signing']} {status['not_signing_because']}, "
                f"waits for {status['waiting_for'] or '-'}, missing {status['missing']}, links "
                f"{sum(peer['connected'] for peer in status['peers'])}, "
                f"alarms {status['alarms'][-2:]}")
        return lines

    def await_well(self, limit_s, heard=lambda: None):
        """All answer, sign and stand at one height. None, or why not within the limit."""
        deadline = time.monotonic() + limit_s
        while True:
            heard()
            statuses = [node.status() for node in self.all]
            if all(status and status["signing"] for status in statuses):
                heights = [status["height"] for status in statuses]
                if max(heights) - min(heights) <= 2:
                    return None
            if time.monotonic() > deadline:
                return self.explain()
            time.sleep(0.2)  # between two questions
