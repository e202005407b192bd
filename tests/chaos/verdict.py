"""What must hold when all is healed and all nodes are stopped: read from their files, not asked.

The segments are read by the tests' own decoder, every hash is derived again by `jiandu db check`.
"""
import hashlib
import json

import support
import test_crash

APP_HASH = 11  # field of a header, docs/proto
# What no log of a correct node may hold, whatever was done to it.
NEVER = ("assertion failed", "CONSENSUS FAILURE", "executed a height that was not next",
         "terminate called", "AddressSanitizer", "runtime error:", "app hash differs")


def judge(network, receipts, height, log=print, whole=True):
    """A list of what does not hold. `whole`: all nodes had come to one height before they stopped;
    else what stands above a node's own tip is not held against it."""
    faults = []
    ledgers = {}
    for node in network.all:
        log(f"checking {node.alias}")
        tip = check_database(network, node, faults)
        if tip is not None:
            ledgers[node.alias] = read_ledger(node, tip)
            if tip < height:
                faults.append(f"{node.alias} has {tip} blocks on disk, of {height} it told of")
    compare(ledgers, faults)
    for alias, ledger in ledgers.items():
        due = {txid: at for txid, at in receipts.items() if whole or at <= len(ledger)}
        check_transactions(alias, ledger, due, faults)
    for node in network.all:
        faults += check_log(node)
    return faults


def check_database(network, node, faults):
    """The height the directory derives to, None when it does not."""
    done = support.run("--output", "json", "db", "check", "--full", "--data", node.data,
                       "--genesis", network.genesis, expect=None, timeout=1800)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {}
    if done.returncode != 0 or report.get("ok") is not True:
        faults.append(f"db check of {node.alias} ends with {done.returncode}: "
                      f"{done.stdout[-500:]} {done.stderr[-500:]}")
        return None
    return report["height"]


def read_ledger(node, tip):
    """By height: (digest of the block, app hash in its header, txids). Behind the tip may stand
    candidates; they are nobody's ledger."""
    ledger = {}
    for file in sorted((node.data / "segments").glob("*.seg")):
        for height, block in test_crash.records(file.read_bytes()):
            if height > tip:
                continue
            header = next(test_crash.members(block, 1))
            app_hash = next(test_crash.members(header, APP_HASH), b"").hex()
            ledger.setdefault(height, (hashlib.sha256(block).hexdigest(), app_hash,
                                       list(test_crash.txids_of(block))))
    return ledger


def compare(ledgers, faults):
    """One block for each height, so one app hash, on every node."""
    seen = {}
    for alias, ledger in ledgers.items():
        if sorted(ledger) != list(range(1, len(ledger) + 1)):
            faults.append(f"{alias}: heights are missing among 1..{max(ledger, default=0)}")
        for height, (block, app_hash, _) in ledger.items():
            first, block_there, hash_there = seen.setdefault(height, (alias, block, app_hash))
            if hash_there != app_hash:
                faults.append(f"height {height}: {alias} has app hash {app_hash}, "
                              f"{first} {hash_there}")
            elif block_there != block:
                faults.append(f"height {height}: {alias} has another block than {first}")


def check_transactions(alias, ledger, receipts, faults):
    """No transaction twice; every receipted one where its receipt says."""
    places = {}
    for height, (_, _, txids) in ledger.items():
        for txid in txids:
            if txid in places:
                faults.append(f"{alias}: {txid} stands at heights {places[txid]} and {height}")
            places[txid] = height
    for txid, height in receipts.items():
        if places.get(txid) != height:
            where = f"at height {places[txid]}" if txid in places else "nowhere"
            faults.append(f"{alias}: {txid}, receipted at height {height}, stands {where}")


def check_log(node):
    faults = []
    for line in node.log.read_text(errors="replace").splitlines():
        for word in NEVER:
            if word in line:
                faults.append(f"log of {node.alias}: {line[:300]}")
    return faults[:5]
