#!/usr/bin/env python3
"""Checks a journal with nothing of SessionSigner: Python's own sqlite3, hashlib and a protobuf reader of twenty lines.

  check_journal.py JOURNAL.db [RELEASED.jsonl]

RELEASED.jsonl has one object for each signature that a client received: session_id, request_id, digest, signature (r and s,
128 hexadecimal digits), audit_index. Exits 0 and prints a JSON summary if all of this holds, else 1 and the first 20 faults:

  - the entries are contiguous and their RFC 6962 root is the stored one;
  - every released signature is in the log, at the index its answer named, with its digest and the hash of the signature;
  - no request identifier of a session was signed for twice;
  - no entry of a session is signed after the session's end;
  - what the log's entries took from each budget, own or shared, is what the tables say, and in no window more than the limit in the grant;
    spent_after is the running sum;
  - a release names a signature before it, once, with its amounts, and the running sums less what it gave back are the same again.
"""
import hashlib
import json
import sqlite3
import sys

DAY = 86_400
SESSION_OPENED, SIGNED, SESSION_ENDED, RELEASED = 4, 6, 8, 14


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
            debit = {n: v if n == 6 else v.decode() for n, v in fields(value)}
            entry["debits"].append(
                (debit[1], int(debit.get(2, "0")), int(debit.get(3, "-1")), debit.get(4, ""), debit.get(5, ""), debit.get(6, 0))
            )
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


def counter_of(entry, per, budget):
    """Who takes from which budget: a session from its own, or what sessions of a policy share."""
    if not per:
        return "session", entry[4].decode(), "", budget
    subject = {"principal": entry[3], "policy": entry[6], "primary_key": entry[8]}[per]
    return per, subject.decode(), entry[6].decode(), budget


def limits_of(entry):
    """The budgets in the grant of a session: by counter, how much in which window."""
    for side, scope in json.loads(entry[17])["scope"].items():
        for budget in scope.get("budgets", []) if side != "version" else []:
            per = "" if budget["per"] == "session" else budget["per"]
            counter = counter_of(entry, per, f"{side}.budgets[{budget['name']}]")
            yield counter, (budget["window"], int(budget["limit"]), budget.get("window_seconds", 0))


def check_tables(database, spent, last, faults):
    stored = {}
    query = "SELECT session_id, budget, window, bucket, budget.spent FROM budget JOIN session USING (sequence)"
    for session, budget, window, bucket, amount in database.execute(query):
        stored[("session", session, "", budget), window, bucket] = int.from_bytes(amount, "big")
    query = "SELECT per, subject, policy, budget, window, bucket, spent, last_ms FROM shared_budget"
    for per, subject, policy, budget, window, bucket, amount, last_ms in database.execute(query):
        row = (per, subject, policy, budget), window, bucket
        stored[row] = int.from_bytes(amount, "big")
        if last.get(row) != last_ms:
            faults.append(f"{row} was last taken from at {last.get(row)}, stored is {last_ms}")
    if stored != spent:
        faults.append(f"budget tables, {len(stored)} rows, differ from what the log took, {len(spent)} rows")


def check_limits(spent, limits, faults):
    buckets = {}
    for (counter, window, bucket), amount in spent.items():
        buckets.setdefault((counter, window), {})[bucket] = amount
    for (counter, window), amounts in buckets.items():
        if counter not in limits:
            faults.append(f"{counter} was taken from, which no grant has")
            continue
        stated, limit, seconds = limits[counter]
        if stated != (window or "lifetime"):
            faults.append(f"{counter} has the window {stated}, the log says {window}")
        for bucket in amounts:
            if window == "calendar_day" and bucket % DAY:
                faults.append(f"{counter}: {bucket} is not the beginning of a day")
            first = bucket - seconds if window == "rolling" else bucket - 1
            taken = sum(amount for other, amount in amounts.items() if first < other <= bucket)
            if taken > limit:
                faults.append(f"{taken} was taken from {counter} in the window of {bucket}, limit {limit}")


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
    owners = {}
    spent, last, limits, ended, requests, released_before = {}, {}, {}, set(), set(), set()
    for index, entry in enumerate(entries):
        session = entry.get(4, b"").decode()
        if entry[1] == SESSION_OPENED:
            limits.update(limits_of(entry))
            owners[session] = entry[3], entry[6], entry[8]
        elif entry[1] == SIGNED:
            if session in ended:
                faults.append(f"entry {index} is signed after its session's end")
            if (session, entry[5]) in requests:
                faults.append(f"entry {index} signs request {entry[5]} a second time")
            requests.add((session, entry[5]))
            if (entry[3], entry[6], entry[8]) != owners[session]:
                faults.append(f"entry {index} is signed as another than its session's")
            for budget, amount, after, per, window, bucket in entry["debits"]:
                row = counter_of(entry, per, budget), window, bucket
                spent[row] = spent.get(row, 0) + amount
                if per:
                    last[row] = max(last.get(row, 0), entry[2])
                if after != spent[row]:
                    faults.append(f"entry {index} says {after} was taken from {row}, the log says {spent[row]}")
        elif entry[1] == RELEASED:
            signed = entries[entry[23]] if entry[23] < index else {1: 0}
            if signed[1] != SIGNED or entry[23] in released_before:
                faults.append(f"entry {index} releases what is no signature, or was released before")
                continue
            released_before.add(entry[23])
            same = [(b, a, p, w, k) for b, a, _, p, w, k in entry["debits"]] == [(b, a, p, w, k) for b, a, _, p, w, k in signed["debits"]]
            if not same or entry[4] != signed[4] or entry[5] != signed[5]:
                faults.append(f"entry {index} releases other amounts than entry {entry[23]} took")
            for budget, amount, after, per, window, bucket in entry["debits"]:
                row = counter_of(signed, per, budget), window, bucket
                if after >= 0:
                    spent[row] = spent.get(row, 0) - amount
                    if after != spent[row] or after < 0:
                        faults.append(f"entry {index} says {after} is left of {row}, the log says {spent[row]}")
        elif entry[1] == SESSION_ENDED:
            ended.add(session)
    check_tables(database, spent, last, faults)
    check_limits(spent, limits, faults)

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
    shared = {}
    for (counter, _, _), amount in spent.items():
        if counter[0] != "session":
            shared["/".join(counter)] = shared.get("/".join(counter), 0) + amount
    summary = {"entries": len(raw), "released": released, "signed": len(requests), "given_back": len(released_before), "budgets": len(spent), "shared": shared}
    print(json.dumps(summary | {"root": root.hex()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
