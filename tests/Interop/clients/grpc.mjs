// What the grpc-js programs share: credentials, stubs from .proto files, promises.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

export { grpc };

const here = dirname(fileURLToPath(import.meta.url));
export const interopProtos = join(here, '..', 'Protos');
export const daemonProtos = join(here, '..', '..', '..', 'proto');

export function credentials(authority, certificate, key) {
  return grpc.credentials.createSsl(readFileSync(authority), readFileSync(key), readFileSync(certificate));
}

/** The packages of the files, with field names as in the .proto, 64-bit integers as strings and bytes as Buffers. */
export function load(folder, ...files) {
  const definition = protoLoader.loadSync(files, {
    includeDirs: [folder, interopProtos],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  return grpc.loadPackageDefinition(definition);
}

/** A unary call as a promise of { answer, headers, trailers }; a failure rejects with grpc-js's error. */
export function unary(client, method, request, { metadata = new grpc.Metadata(), ...options } = {}) {
  return new Promise((resolve, reject) => {
    let headers;
    let trailers;
    let answer;
    const call = client[method](request, metadata, options, (error, value) => {
      if (error) {
        error.headers = headers;
        reject(error);
        return;
      }
      answer = value;
      if (trailers) resolve({ answer, headers, trailers });
    });
    call.on('metadata', (value) => (headers = value));
    call.on('status', (status) => {
      trailers = status.metadata;
      if (answer) resolve({ answer, headers, trailers });
    });
  });
}
