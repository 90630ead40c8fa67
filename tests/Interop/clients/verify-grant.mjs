// Verifies a grant with nothing but viem and the JSON file. Exits non-zero if anything does not hold.
//   node verify-grant.mjs FILE PRIMARY_ADDRESS SESSION_ADDRESS
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { keccak256, stringToBytes, verifyTypedData } from 'viem';

const [file, primaryAddress, sessionAddress] = process.argv.slice(2);
const grant = JSON.parse(readFileSync(file, 'utf8'));

// RFC 8785 for what a scope may hold: objects, arrays, strings, integers, booleans.
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value)
          .sort()
          .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
          .join(',')}}`
      : JSON.stringify(value);

const { domain, types, primaryType, message } = grant.typed_data;
assert.equal(grant.format, 'sessionsigner.grant.v1');
assert.equal(domain.name, 'SessionSigner Grant');
assert.equal(primaryType, 'Grant');
assert.equal(keccak256(stringToBytes(canonical(grant.scope))), message.scopeHash);
assert.ok(await verifyTypedData({ address: primaryAddress, domain, types, primaryType, message, signature: grant.signature }));

// A changed statement must not verify.
const wider = { ...message, notAfter: String(BigInt(message.notAfter) + 1n) };
assert.ok(!(await verifyTypedData({ address: primaryAddress, domain, types, primaryType, message: wider, signature: grant.signature })));

// The session key of the grant is the session's.
const { secp256k1 } = await import('@noble/curves/secp256k1');
const { publicKeyToAddress } = await import('viem/accounts');
const point = secp256k1.ProjectivePoint.fromHex(message.sessionKey.slice(2));
assert.equal(publicKeyToAddress(`0x${point.toHex(false)}`), sessionAddress);
