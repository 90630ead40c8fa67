#!/usr/bin/env python3
"""Checks a journal with nothing of SessionSigner: Python's own sqlite3, hashlib and a protobuf reader of twenty lines.

  check_journal.py JOURNAL.db [RELEASED.jsonl]

RELEASED.jsonl has one object for each signature that a client received: session_id, request_id, digest, signature (r and s,
128 hexadecimal digits), audit_index. Exits 0 and prints a JSON summary if all of this holds, else 1 and the first 20 faults:

  - the entries are contiguous and their RFC 6962 root is the stored one;
  - every released signature is in the log, at the index its answer named, with its digest and the hash of the signature;
  - no request identifier of a session was signed for twice;
  - no entry of a session is signed after the session's end;
  - what the log's entries took from each budget is what the budget table says, and never more than the limit in the grant.
"""
import hashlib
import json
import sqlite3
import sys

SESSION_OPENED, SIGNED, SESSION_ENDED = 4, 6, 8


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"wire type {tag & 7}")
        yield tag >> 3, value


def read_entry(data):
    entry = {"debits": []}
    for number, value in fields(data):
        if number == 16:
            debit = {n: v.decode() for n, v in fields(value)}
            entry["debits"].append((debit[1], int(debit.get(2, "0")), int(debit.get(3, "0"))))
        else:
            entry[number] = value
    return entry


def root_of(leaves):
    """RFC 6962, 2.1, bottom up: a last node without a sibling moves up as it is, which is the same tree."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        above = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
        level = above + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def read_entries(database):
    entries = []
    for first, count, blob in database.execute("SELECT first_index, count, entries FROM batch ORDER BY first_index"):
        if first != len(entries):
            raise ValueError(f"batch at {first} does not follow {len(entries)} entries")
        at = 0
        for _ in range(count):
            length = int.from_bytes(blob[at : at + 2], "big")
            entries.append(blob[at + 2 : at + 2 + length])
            at += 2 + length
        if at != len(blob):
            raise ValueError(f"batch at {first} has trailing bytes")
    return entries


def check_budgets(database, spent, limits, faults):
    stored = {}
    query = "SELECT session_id, budget, budget.spent FROM budget JOIN session USING (sequence)"
    for session, budget, amount in database.execute(query):
        stored[session, budget] = int.from_bytes(amount, "big")
    if stored != spent:
        faults.append(f"budget table {len(stored)} rows differs from what the log took, {len(spent)} rows")
    for (session, budget), amount in spent.items():
        limit = limits.get((session, budget))
        if limit is None:
            faults.append(f"{session} took from {budget}, which its grant does not have")
        elif amount > limit:
            faults.append(f"{session} took {amount} from {budget}, limit {limit}")


def main():
    database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    faults = []
    raw = read_entries(database)
    size, root = database.execute("SELECT size, root FROM head").fetchone()
    if size != len(raw):
        faults.append(f"head says {size} entries, there are {len(raw)}")
    if root_of(raw) != root:
        faults.append("the root of the entries is not the stored root")

    entries = [read_entry(data) for data in raw]
    spent, limits, ended, requests = {}, {}, set(), set()
    for index, entry in enumerate(entries):
        session = entry.get(4, b"").decode()
        if entry[1] == SESSION_OPENED:
            scope = json.loads(entry[17])["scope"]
            for side in ("ceiling", "narrowing"):
                for budget in scope.get(side, {}).get("budgets", []):
                    limits[session, f"{side}.budgets[{budget['name']}]"] = int(budget["limit"])
        elif entry[1] == SIGNED:
            if session in ended:
                faults.append(f"entry {index} is signed after its session's end")
            if (session, entry[5]) in requests:
                faults.append(f"entry {index} signs request {entry[5]} a second time")
            requests.add((session, entry[5]))
            for budget, amount, after in entry["debits"]:
                spent[session, budget] = spent.get((session, budget), 0) + amount
                if after > limits.get((session, budget), -1):
                    faults.append(f"entry {index} says {after} was taken from {budget}, over its limit")
        elif entry[1] == SESSION_ENDED:
            ended.add(session)
    check_budgets(database, spent, limits, faults)

    released = 0
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as lines:
            for line in lines:
                got = json.loads(line)
                released += 1
                index = got["audit_index"]
                if index >= len(entries):
                    faults.append(f"released signature of entry {index} is not in a log of {len(entries)}")
                    continue
                entry = entries[index]
                signature_hash = hashlib.sha256(bytes.fromhex(got["signature"])).digest()
                same = (
                    entry[1] == SIGNED
                    and entry.get(4, b"").decode() == got["session_id"]
                    and entry.get(5, b"").decode() == got["request_id"]
                    and entry.get(10) == bytes.fromhex(got["digest"])
                    and entry.get(11) == signature_hash
                )
                if not same:
                    faults.append(f"entry {index} is not the one of the released signature {got['request_id']}")

    if faults:
        print("\n".join(faults[:20]))
        return 1
    print(json.dumps({"entries": len(raw), "released": released, "signed": len(requests), "budgets": len(spent), "root": root.hex()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
