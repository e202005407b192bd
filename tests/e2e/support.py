"""What the tests of the program share: running it, networks of its nodes, talking HTTP to them.

Every test works in a folder of its own, on ports the system chose, and ends only processes it
started. Nothing sleeps to wait: until() asks again till a condition holds or a generous limit ends.
"""
import hashlib
import http.client
import json
import os
import pathlib
import re
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("JIANDU", str(SOURCE / "build" / "jiandu"))
LIMIT_S = 180
BUREAU = "119901000990010105"  # 数据局: the manager
AUDIT = "11990100099001061D"  # 审计局


def run(*args, expect=0, timeout=LIMIT_S, cwd=SOURCE, env=None):
    """Runs the program; its exit code must be `expect` (None: any)."""
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True,
                          timeout=timeout, cwd=cwd, env={**os.environ, **(env or {})}, check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"jiandu {' '.join(map(str, args))}\nexit {done.returncode}, "
                             f"expected {expect}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


def run_json(*args, expect=0, **more):
    return json.loads(run("--output", "json", *args, expect=expect, **more).stdout)


def until(what, condition, limit_s=LIMIT_S):
    """Asks until the condition gives something true; returns that."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit_s} s: {what}")
        time.sleep(0.02)  # between two questions, not instead of one


def call(port, method, target, body=None, headers=None, timeout=60):
    """One HTTP call: (status, headers, JSON or None)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        reply = connection.getresponse()
        text = reply.read()
        try:
            return reply.status, reply.headers, json.loads(text)
        except ValueError:
            return reply.status, reply.headers, None
    finally:
        connection.close()


def status_of(port):
    """The node's status, or None while it does not answer."""
    try:
        code, _, body = call(port, "GET", "/v1/status", timeout=10)
        return body if code == 200 else None
    except OSError:
        return None


def metrics_of(port):
    """The node's metrics: (status, text)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def draft(n):
    """The content of a resource that may be drafted any number of times."""
    return {"code": f"330100-e2e-{n:06d}", "name": f"测试资源 {n}", "abstract": "端到端测试",
            "kind": "DEPARTMENT", "format": "JSON", "update_cycle": "DAILY",
            "share_class": "UNCONDITIONAL"}


def seed():
    """A seed for the test's choices, printed so that a failure can be run again."""
    value = int(os.environ.get("JIANDU_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"JIANDU_SEED={value}", flush=True)
    return value


class Folder(unittest.TestCase):
    """A test with a folder of its own; kept when JIANDU_KEEP is set."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jiandu-e2e-"))
        self.addCleanup(self.leave)

    def leave(self):
        if not os.environ.get("JIANDU_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, value):
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path


class Alone(Folder):
    """One department with a node of its own, made by the ceremony."""

    def setUp(self):
        super().setUp()
        self.passphrase = self.write("passphrase", "eine lange Probe\n")
        self.passphrase.chmod(0o600)
        self.home = self.folder / "db"
        self.network = self.folder / "network.json"
        self.genesis = self.folder / "genesis.json"

    def make(self):
        run("network", "init", "--chain", "probe-1", "--file", self.network)
        run("network", "join", "--network", self.network, "--home", self.home,
            "--code", BUREAU, "--name", "临江市数据局", "--alias", "db",
            "--jurisdiction", "990100", "--role", "MANAGER", "--role", "DEPARTMENT",
            "--officer", "db-c1=CLERK", "--officer", "db-h1=HEAD", "--fast-seal",
            "--passphrase-file", self.passphrase)
        run("network", "seal", "--network", self.network, "--file", self.genesis,
            self.home / "join.json")
        run("node", "init", "--home", self.home, "--genesis", self.genesis,
            "--department", BUREAU, "--peers-listen", "127.0.0.1:0",
            "--gateway-listen", "127.0.0.1:0", "--passphrase-file", self.passphrase)
        run("config", "check", self.home / "node.toml")
        return self.home / "node.toml"

    def acting(self, port):
        return ["--url", f"http://127.0.0.1:{port}", "--passphrase-file", self.passphrase,
                "--key", self.home / "keys" / "db-c1.key"]


def example(folder, name, network=None, **departments):
    """The four departments' configuration with changes, below `folder`: members of network.json,
    and by alias of a department."""
    made = folder / "network-configs" / name
    made.mkdir(parents=True)
    shipped = SOURCE / "network-configs" / "four-departments"
    for file in ("network.json", "departments.json"):
        value = json.loads((shipped / file).read_text(encoding="utf-8"))
        value.update(network or {} if file == "network.json" else {})
        for one in value.get("departments", []):
            one.update(departments.get(one["alias"], {}))
        (made / file).write_text(json.dumps(value), encoding="utf-8")
    return made


class Network:
    """Four departments' nodes, made and started by `jiandu devnet up`, down when the test ends.

    Of one test, or of a class of tests.
    """

    def __init__(self, test, folder, example=None):
        """`example`: a folder like those of network-configs/, made by example()."""
        self.folder = folder
        (test.addClassCleanup if isinstance(test, type) else test.addCleanup)(self.down)
        more = ["--example", example.name] if example else []
        run("devnet", "up", "--port", 0, "--dir", folder, *more,
            cwd=example.parent.parent if example else SOURCE)
        self.read()
        self.drafts = 0
        self.genesis = folder / "genesis.json"
        self.passphrase = folder / "passphrase"
        self.chain = json.loads(self.genesis.read_text())["chain"]

    def read(self):
        nodes = json.loads((self.folder / "devnet.json").read_text())["nodes"]
        self.nodes = {node["alias"]: node for node in nodes}

    def port(self, alias):
        return self.nodes[alias]["gateway_port"]

    def url(self, alias):
        return f"http://127.0.0.1:{self.port(alias)}"

    def keys(self, *names):
        """Options that act with these keys: "ga-c1", or "ga-c1:HEAD"."""
        options = ["--passphrase-file", str(self.passphrase)]
        for name in names:
            file, colon, role = name.partition(":")
            path = self.folder / file.split("-")[0] / "keys" / (file + ".key")
            options += ["--key", f"{path}{colon}{role}"]
        return options

    def commit(self, through="ga"):
        """A draft of public security that no test looks at, in a block; the command's JSON."""
        self.drafts += 1
        content = self.folder / f"draft-{self.drafts}.json"
        content.write_text(json.dumps(draft(self.drafts)), encoding="utf-8")
        outcome = run_json("catalog", "draft", content, *self.keys("ga-c1"),
                           "--url", self.url(through))
        if outcome["status"] != "committed":
            raise AssertionError(outcome)
        return outcome

    def kill(self, alias):
        run("devnet", "kill", alias, "--dir", self.folder)

    def start(self, alias):
        run("devnet", "start", alias, "--dir", self.folder)
        self.read()

    def down(self):
        if (self.folder / "devnet.json").exists():
            run("devnet", "down", "--dir", self.folder, expect=None)

    def height(self, alias):
        status = status_of(self.port(alias))
        return status["height"] if status else -1

    def await_height(self, height):
        for alias in self.nodes:
            until(f"{alias} at height {height}", lambda a=alias: self.height(a) >= height)

    def check_databases(self):
        """With the nodes stopped: every data directory derives to itself."""
        reports = []
        for alias in self.nodes:
            reports.append(run_json("db", "check", "--full", "--data", self.folder / alias / "data",
                                    "--genesis", self.genesis))
        return reports


class Process:
    """A node of ours, in the foreground of a process we end by its id."""

    def __init__(self, test, config, folder):
        self.errors = open(folder / f"node-{time.monotonic_ns()}.log", "w+b")
        self.process = subprocess.Popen([PROGRAM, "node", "run", "--config", str(config)],
                                        stdout=self.errors, stderr=subprocess.STDOUT)
        test.addCleanup(self.end)

    def text(self):
        self.errors.flush()
        return pathlib.Path(self.errors.name).read_text(errors="replace")

    def ports(self):
        """The line a started node writes: where it listens."""
        def line():
            if self.process.poll() is not None:
                raise AssertionError(f"the node ended with {self.process.returncode}:\n"
                                     + self.text()[-3000:])
            # Log lines go to the same file and may come before it on its line.
            for one in re.findall(r"{[^{}]*}", self.text()):
                if '"started":true' in one and '"gateway_port"' in one:
                    return json.loads(one)
            return None
        return until("the node says where it listens", line)

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=LIMIT_S)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()
