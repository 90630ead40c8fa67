// node blobs.mjs TEXT: prints the blobs that hold a text with versioned hashes, commitments and proofs, as one JSON object.
import { loadKZG } from "kzg-wasm";
import { blobsToCommitments, blobsToProofs, bytesToHex, commitmentsToVersionedHashes, hexToBytes, stringToHex, toBlobs } from "viem";

const wasm = await loadKZG();
const kzg = {
  blobToKzgCommitment: (blob) => hexToBytes(wasm.blobToKZGCommitment(bytesToHex(blob))),
  computeBlobKzgProof: (blob, commitment) => hexToBytes(wasm.computeBlobKZGProof(bytesToHex(blob), bytesToHex(commitment))),
};
const blobs = toBlobs({ data: stringToHex(process.argv[2]) });
const commitments = blobsToCommitments({ blobs, kzg });
const proofs = blobsToProofs({ blobs, commitments, kzg });
process.stdout.write(JSON.stringify({ hashes: commitmentsToVersionedHashes({ commitments }), blobs, commitments, proofs }));
