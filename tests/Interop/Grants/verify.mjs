// Verifies grant files with nothing but viem and the JSON; P-256 signatures with Node's own crypto, as viem knows no P-256.
// usage: node verify.mjs FILE...   prints one JSON line per file: {valid, digest, scopeHash}
import { readFileSync } from 'node:fs';
import { ECDH, createPublicKey, verify } from 'node:crypto';
import { hashTypedData, hexToBytes, keccak256, recoverPublicKey, stringToBytes, verifyTypedData } from 'viem';
import { publicKeyToAddress } from 'viem/accounts';

// RFC 8785 for documents whose numbers are whole: sorted members, no white space.
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
      : JSON.stringify(value);

const uncompressed = (key, curve) => ECDH.convertKey(Buffer.from(hexToBytes(key)), curve, undefined, undefined, 'uncompressed');

async function verifySecp256k1(typedData, digest, signature) {
  const key = `0x${uncompressed(typedData.message.primaryKey, 'secp256k1').toString('hex')}`;
  const isFromAddress = await verifyTypedData({ ...typedData, address: publicKeyToAddress(key), signature });
  return isFromAddress && (await recoverPublicKey({ hash: digest, signature })) === key;
}

function verifyP256(typedData, digest, signature) {
  const point = uncompressed(typedData.message.primaryKey, 'prime256v1');
  const coordinate = (start) => point.subarray(start, start + 32).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, format: 'jwk' });
  return verify('sha256', hexToBytes(digest), { key, dsaEncoding: 'ieee-p1363' }, hexToBytes(signature));
}

for (const file of process.argv.slice(2)) {
  const { scope, signature, typed_data: typedData } = JSON.parse(readFileSync(file, 'utf8'));
  const digest = hashTypedData(typedData);
  const scopeHash = keccak256(stringToBytes(canonical(scope)));
  const isSigned =
    typedData.message.primaryKeyCurve === 'P-256' ? verifyP256(typedData, digest, signature) : await verifySecp256k1(typedData, digest, signature);
  console.log(JSON.stringify({ valid: isSigned && scopeHash === typedData.message.scopeHash, digest, scopeHash }));
}
