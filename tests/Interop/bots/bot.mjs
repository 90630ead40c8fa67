// A bot on grpc-js and viem: opens a session, has transactions signed at once, sends them to a node, waits until they are
// mined, and asks for what its scope forbids. Prints one JSON object. Exits non-zero if anything is not as expected.
//   node bot.mjs '{"target": .., "authority": .., "certificate": .., "key": .., "node": "http://..", "transactions": 1000,
//                  "policy": .., "token": "0x..", "recipient": "0x..", "amount": "1000"}'
import assert from 'node:assert/strict';
import { encodeFunctionData, hexToBytes, keccak256, parseAbi, recoverTransactionAddress, serializeTransaction } from 'viem';
import { connect, refusalOf } from './signer.mjs';

const options = JSON.parse(process.argv[2]);
const inFlightMax = 64;
const abi = parseAbi([
  'function transfer(address to, uint256 amount)',
  'function approve(address spender, uint256 amount)',
]);
const { sessions, signing } = connect(options);
const runId = `${Date.now().toString(36)}`;

async function rpc(method, ...params) {
  const response = await fetch(options.node, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** Runs the tasks, at most so many at a time, and gives their results in order. */
async function inParallel(tasks) {
  const results = new Array(tasks.length);
  let next = 0;
  const work = async () => {
    while (next < tasks.length) {
      const i = next++;
      results[i] = await tasks[i]();
    }
  };
  await Promise.all(Array.from({ length: inFlightMax }, work));
  return results;
}

const chainId = Number(await rpc('eth_chainId'));
const transfer = (overrides = {}) => ({
  type: 'eip1559',
  chainId,
  nonce: 0,
  gas: 60_000n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
  to: options.token,
  value: 0n,
  data: encodeFunctionData({ abi, functionName: 'transfer', args: [options.recipient, BigInt(options.amount)] }),
  ...overrides,
});
const sign = (session_id, request_id, transaction) =>
  signing('SignTransaction', {
    session_id,
    request_id,
    unsigned_transaction: Buffer.from(hexToBytes(serializeTransaction(transaction))),
  });

// 1. Open a session; its key is a new account, which the node gives money for gas.
const { session, grant_json } = await sessions('OpenSession', { policy: options.policy, request_id: `open-${runId}` });
assert.equal(session.state, 'SESSION_STATE_OPEN');
assert.ok(JSON.parse(grant_json).signature);
await rpc('anvil_setBalance', session.address, '0x56bc75e2d63100000');

// 2. Have the transactions signed concurrently; check each signature before it is sent.
const startedAt = process.hrtime.bigint();
const signed = await inParallel(
  Array.from({ length: options.transactions }, (_, nonce) => () => sign(session.session_id, `tx-${runId}-${nonce}`, transfer({ nonce }))),
);
const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
const raw = signed.map((answer) => `0x${answer.signed_transaction.toString('hex')}`);
assert.equal(new Set(raw).size, options.transactions);
assert.equal(new Set(signed.map((answer) => answer.audit_index)).size, options.transactions);
for (const [i, serializedTransaction] of raw.entries()) {
  assert.equal(await recoverTransactionAddress({ serializedTransaction }), session.address);
  assert.equal(keccak256(serializedTransaction), `0x${signed[i].transaction_hash.toString('hex')}`);
}

// 3. Send them, and mine until all are in blocks.
const hashes = await inParallel(raw.map((bytes) => () => rpc('eth_sendRawTransaction', bytes)));
for (let blocks = 0; Number(await rpc('eth_getTransactionCount', session.address, 'latest')) < options.transactions; blocks++) {
  assert.ok(blocks < 200, 'the node does not mine the transactions');
  await rpc('evm_mine');
}
const receipts = await inParallel(hashes.map((hash) => () => rpc('eth_getTransactionReceipt', hash)));
const mined = receipts.filter((receipt) => receipt.status === '0x1' && receipt.from === session.address.toLowerCase()).length;
assert.equal(mined, options.transactions);

// 4. Ask for what the scope forbids. Each answer says which rule refused, what it saw and what it allows.
const other = '0x000000000000000000000000000000000000dEaD';
const data = (functionName, args) => encodeFunctionData({ abi, functionName, args });
const refused = (name, transaction) => refusalOf(sign(session.session_id, `no-${runId}-${name}`, transaction));
const nonce = options.transactions;
const refusals = {
  wrong_contract: await refused('contract', transfer({ nonce, to: other })),
  wrong_function: await refused('function', transfer({ nonce, data: data('approve', [options.recipient, 1n]) })),
  wrong_recipient: await refused('recipient', transfer({ nonce, data: data('transfer', [other, 1n]) })),
  wrong_chain: await refused('chain', transfer({ nonce, chainId: 1 })),
  over_the_order_cap: await refused('cap', transfer({ nonce, data: data('transfer', [options.recipient, 10n ** 30n]) })),
  native_value: await refused('value', transfer({ nonce, value: 1n })),
  fee: await refused('fee', transfer({ nonce, maxFeePerGas: 10n ** 18n })),
  contract_creation: await refused('creation', transfer({ nonce, to: null })),
  undecodable: await refusalOf(
    signing('SignTransaction', { session_id: session.session_id, request_id: `no-${runId}-bytes`, unsigned_transaction: Buffer.from('02c0', 'hex') }),
  ),
  same_request_id_other_body: await refusalOf(sign(session.session_id, `tx-${runId}-0`, transfer({ nonce: 5 }))),
};

// 5. The same request again is the same answer, and nothing is signed after the end.
const again = await sign(session.session_id, `tx-${runId}-0`, transfer({ nonce: 0 }));
assert.deepEqual(again.signed_transaction, signed[0].signed_transaction);
assert.equal(again.audit_index, signed[0].audit_index);
const closed = await sessions('CloseSession', { session_id: session.session_id });
assert.equal(closed.session.end_reason, 'SESSION_END_REASON_CLOSED');
refusals.after_close = await refused('closed', transfer({ nonce }));

console.log(JSON.stringify({ session_id: session.session_id, address: session.address, mined, seconds, refusals }));
process.exit(0);
