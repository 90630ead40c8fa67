"""A bot on grpcio and nothing else: the calls of bot.mjs, with its own encoding of transactions. Prints one JSON object.

python3 bot.py '{"target": .., "authority": .., "certificate": .., "key": .., "node": "http://..", "transactions": 50,
                 "policy": .., "token": "0x..", "recipient": "0x..", "amount": "1000"}'
"""

import json
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

import grpc

from grpc_client import DAEMON_PROTOS, INTEROP_PROTOS, Protos, secure_channel

options = json.loads(sys.argv[1])
channel = secure_channel(options["target"], options["authority"], options["certificate"], options["key"])
protos = Protos(DAEMON_PROTOS)
status_type = Protos(INTEROP_PROTOS).message("google.rpc.Status")
denial_type = protos.message("sessionsigner.v1.Denial")
sessions = protos.stub(channel, "sessionsigner.v1.SessionService")
signing = protos.stub(channel, "sessionsigner.v1.SigningService")
run_id = f"py{time.time_ns():x}"
TIMEOUT_SECONDS = 30
TRANSFER_SELECTOR = bytes.fromhex("a9059cbb")
APPROVE_SELECTOR = bytes.fromhex("095ea7b3")


def message(name, **members):
    return protos.message(f"sessionsigner.v1.{name}")(**members)


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def rlp(item):
    """Recursive length prefix: bytes, integers without leading zeros, lists."""
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return prefix(0x80, len(item)) + item
    body = b"".join(rlp(element) for element in item)
    return prefix(0xC0, len(body)) + body


def prefix(base, length):
    if length < 56:
        return bytes([base + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size


def address(text):
    return bytes.fromhex(text[2:])


def call_data(selector, to, amount):
    return selector + bytes(12) + address(to) + amount.to_bytes(32, "big")


def rpc(method, *params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(options["node"], body, {"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
        answer = json.load(response)
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error']['message']}")
    return answer["result"]


chain_id = int(rpc("eth_chainId"), 16)


def transfer(nonce, chain=chain_id, fee=2_000_000_000, to=options["token"], value=0, data=None):
    if data is None:
        data = call_data(TRANSFER_SELECTOR, options["recipient"], int(options["amount"]))
    target = b"" if to is None else address(to)
    return b"\x02" + rlp([chain, nonce, 1_000_000_000, fee, 60_000, target, value, data, []])


def sign(session_id, request_id, unsigned):
    request = message(
        "SignTransactionRequest", session_id=session_id, request_id=request_id, unsigned_transaction=unsigned
    )
    return signing.SignTransaction(request, timeout=TIMEOUT_SECONDS)


def refusal(call):
    """Expects a refusal and gives its code and typed denial."""
    try:
        call()
    except grpc.RpcError as error:
        result = {"code": error.code().name, "reason": "", "rule": "", "observed": "", "limit": "", "headroom": ""}
        for name, value in error.trailing_metadata():
            if name == "grpc-status-details-bin":
                for detail in status_type.FromString(value).details:
                    if detail.type_url.endswith("/sessionsigner.v1.Denial"):
                        denial = denial_type.FromString(detail.value)
                        reasons = denial_type.DESCRIPTOR.fields_by_name["reason"].enum_type.values_by_number
                        result.update(
                            reason=reasons[denial.reason].name.replace("DENIAL_REASON_", ""),
                            rule=denial.rule,
                            observed=denial.observed,
                            limit=denial.limit,
                            headroom=denial.headroom,
                        )
        return result
    raise AssertionError("the call was not refused")


# 1. Open a session; its key is a new account, which the node gives money for gas.
opened = sessions.OpenSession(
    message("OpenSessionRequest", policy=options["policy"], request_id=f"open-{run_id}"), timeout=TIMEOUT_SECONDS
)
session = opened.session
check(json.loads(opened.grant_json)["signature"], "the grant is not signed")
rpc("anvil_setBalance", session.address, "0x56bc75e2d63100000")

# 2. Have the transactions signed concurrently, send them and have them mined.
count = options["transactions"]
with ThreadPoolExecutor(16) as pool:
    signed = list(pool.map(lambda n: sign(session.session_id, f"tx-{run_id}-{n}", transfer(n)), range(count)))
    hashes = list(pool.map(lambda s: rpc("eth_sendRawTransaction", "0x" + s.signed_transaction.hex()), signed))
check([bytes.fromhex(h[2:]) for h in hashes] == [s.transaction_hash for s in signed], "the node has other hashes")
for _ in range(100):
    if int(rpc("eth_getTransactionCount", session.address, "latest"), 16) >= count:
        break
    rpc("evm_mine")
receipts = [rpc("eth_getTransactionReceipt", h) for h in hashes]
mined = sum(1 for r in receipts if r and r["status"] == "0x1" and r["from"] == session.address.lower())
check(mined == count, f"{mined} of {count} mined")

# 3. Ask for what the scope forbids.
other = "0x000000000000000000000000000000000000dEaD"


def refused(name, unsigned):
    return refusal(lambda: sign(session.session_id, f"no-{run_id}-{name}", unsigned))


def transfer_data(to, amount):
    return call_data(TRANSFER_SELECTOR, to, amount)


approve = call_data(APPROVE_SELECTOR, options["recipient"], 1)
refusals = {
    "wrong_contract": refused("contract", transfer(count, to=other)),
    "wrong_function": refused("function", transfer(count, data=approve)),
    "wrong_recipient": refused("recipient", transfer(count, data=transfer_data(other, 1))),
    "wrong_chain": refused("chain", transfer(count, chain=1)),
    "over_the_order_cap": refused("cap", transfer(count, data=transfer_data(options["recipient"], 10**30))),
    "native_value": refused("value", transfer(count, value=1)),
    "fee": refused("fee", transfer(count, fee=10**18)),
    "contract_creation": refused("creation", transfer(count, to=None)),
    "undecodable": refused("bytes", b"\x02\xc0"),
    "same_request_id_other_body": refusal(lambda: sign(session.session_id, f"tx-{run_id}-0", transfer(5))),
}

# 4. The same request again is the same answer, and nothing is signed after the end.
again = sign(session.session_id, f"tx-{run_id}-0", transfer(0))
check(again.signed_transaction == signed[0].signed_transaction, "another answer to the same request")
check(again.audit_index == signed[0].audit_index, "a second entry for the same request")
sessions.CloseSession(message("CloseSessionRequest", session_id=session.session_id), timeout=TIMEOUT_SECONDS)
refusals["after_close"] = refused("closed", transfer(count))

print(
    json.dumps(
        {"session_id": session.session_id, "address": session.address, "mined": mined, "refusals": refusals}
    )
)
