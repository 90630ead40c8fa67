// A bot that has texts signed: messages by template, and sign-ins that viem makes; viem and ethers verify the answers. Prints one JSON object.
// Exits non-zero if anything is not as expected.
//   node messages.mjs '{"target": .., "authority": .., "certificate": .., "key": .., "policy": ..}'
import assert from 'node:assert/strict';
import { verifyMessage as ethersRecover } from 'ethers';
import { hashMessage, verifyMessage } from 'viem';
import { createSiweMessage, parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import { connect, refusalOf } from './signer.mjs';

const options = JSON.parse(process.argv[2]);
const { sessions, signing } = connect(options);
const runId = Date.now().toString(36);
const { session } = await sessions('OpenSession', { policy: options.policy, request_id: `open-${runId}` });
const address = session.address;
const time = (seconds) => new Date(Date.now() + seconds * 1000);
let requests = 0;
const sign = (message) => signing('SignMessage', { session_id: session.session_id, request_id: `m-${runId}-${requests++}`, message });

const siwe = (overrides = {}) =>
  createSiweMessage({
    address,
    chainId: 31337,
    domain: 'desk.example',
    nonce: 'abcdef0123456789',
    uri: 'https://desk.example/login?next=%2Forders',
    version: '1',
    statement: 'Sign in to trade.',
    issuedAt: time(0),
    expirationTime: time(500),
    ...overrides,
  });

const messages = [
  `Quote 0xc0ffee00: 1 USDC at ${time(0).toISOString().slice(0, 19)}Z`,
  siwe(),
  siwe({ resources: ['https://desk.example/terms'] }),
  siwe({ notBefore: time(10) }),
  siwe({ nonce: '0000000000000000000000000000000Z' }),
];
let verified = 0;
for (const message of messages) {
  const answer = await sign(message);
  const signature = `0x${answer.signature.toString('hex')}`;
  assert.equal(`0x${answer.digest.toString('hex')}`, hashMessage(message));
  assert.equal(await verifyMessage({ address, message, signature }), true);
  assert.equal(ethersRecover(message, signature), address);
  if (message.includes('wants you')) {
    const parsed = parseSiweMessage(message);
    assert.equal(validateSiweMessage({ address, message: parsed, domain: 'desk.example', time: time(20) }), true);
    assert.equal(createSiweMessage(parsed), message);
  }
  verified++;
}

// What viem takes for a sign-in and the policy does not name is refused.
for (const overrides of [
  { domain: 'evil.example' },
  { uri: 'https://evil.example/' },
  { chainId: 1 },
  { statement: 'Sign in to trade' },
  { statement: undefined },
  { expirationTime: undefined },
  { expirationTime: time(700) },
  { issuedAt: time(-100) },
  { requestId: 'r1' },
  { scheme: 'https' },
  { resources: ['https://desk.example/other'] },
]) {
  assert.equal((await refusalOf(sign(siwe(overrides)))).reason, 'MESSAGE_NOT_ALLOWED', JSON.stringify(overrides));
}
await sessions('CloseSession', { session_id: session.session_id });
console.log(JSON.stringify({ verified }));
process.exit(0);
