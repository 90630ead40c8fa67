// Runs the cases of gRPC's interop test descriptions with grpc-js. Prints one JSON object per case; see GrpcInteropTests.
//   node interop.mjs TARGET AUTHORITY CERTIFICATE KEY
import assert from 'node:assert/strict';
import { credentials, grpc, interopProtos, load, unary } from './grpc.mjs';

const [target, authority, certificate, key] = process.argv.slice(2);
const { TestService, UnimplementedService } = load(interopProtos, 'grpc/testing/test.proto').grpc.testing;
const identity = credentials(authority, certificate, key);
const client = new TestService(target, identity);
const gzipClient = new TestService(target, identity, {
  'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
});
const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const zeros = (size) => ({ body: Buffer.alloc(size) });

const isAllZero = (payload, size) => {
  assert.equal(payload.body.length, size);
  assert.ok(payload.body.every((byte) => byte === 0));
};

/** Writes the requests of a stream one by one and collects what comes back, until the status. */
function stream(call, requests = []) {
  return new Promise((resolve) => {
    const seen = { answers: [], headers: undefined };
    call.on('metadata', (headers) => (seen.headers = headers));
    call.on('data', (answer) => seen.answers.push(answer));
    call.on('error', () => {});
    call.on('status', (status) => resolve({ ...seen, status }));
    for (const request of requests) call.write(request);
    if (call.end) call.end();
  });
}

/** A client-streaming call: { answer, status }. */
function upload(source, requests) {
  return new Promise((resolve) => {
    const seen = {};
    const call = source.StreamingInputCall((error, answer) => Object.assign(seen, { error, answer }));
    call.on('status', (status) => setImmediate(() => resolve({ ...seen, status })));
    call.on('error', () => {});
    for (const request of requests) call.write(request);
    call.end();
  });
}

async function fails(promise, code, details) {
  const error = await promise.then(
    () => assert.fail('the call succeeded'),
    (fault) => fault,
  );
  assert.equal(error.code, code, error.message);
  if (details !== undefined) assert.equal(error.details, details);
}

const large = { response_size: 314159, payload: zeros(271828) };
const encoding = (trailers) => trailers.get('x-answer-encoding')[0];

const cases = {
  async empty_unary() {
    assert.deepEqual((await unary(client, 'EmptyCall', {})).answer, {});
  },
  async large_unary() {
    isAllZero((await unary(client, 'UnaryCall', large)).answer.payload, 314159);
  },
  async client_compressed_unary() {
    await fails(unary(client, 'UnaryCall', { ...large, expect_compressed: { value: true } }), grpc.status.INVALID_ARGUMENT);
    isAllZero((await unary(gzipClient, 'UnaryCall', { ...large, expect_compressed: { value: true } })).answer.payload, 314159);
    isAllZero((await unary(client, 'UnaryCall', { ...large, expect_compressed: { value: false } })).answer.payload, 314159);
  },
  async server_compressed_unary() {
    const compressed = await unary(client, 'UnaryCall', { ...large, response_compressed: { value: true } });
    isAllZero(compressed.answer.payload, 314159);
    assert.equal(encoding(compressed.trailers), 'gzip');
    const plain = await unary(client, 'UnaryCall', { ...large, response_compressed: { value: false } });
    isAllZero(plain.answer.payload, 314159);
  },
  async client_streaming() {
    const { answer } = await upload(client, requestSizes.map((size) => ({ payload: zeros(size) })));
    assert.equal(answer.aggregated_payload_size, 74922);
  },
  async client_compressed_streaming() {
    const requests = [27182, 45904].map((size) => ({ payload: zeros(size), expect_compressed: { value: true } }));
    assert.equal((await upload(client, requests)).status.code, grpc.status.INVALID_ARGUMENT);
    assert.equal((await upload(gzipClient, requests)).answer.aggregated_payload_size, 73086);
  },
  async server_streaming() {
    const { answers, status } = await stream(
      client.StreamingOutputCall({ response_parameters: responseSizes.map((size) => ({ size })) }),
    );
    assert.equal(status.code, grpc.status.OK);
    assert.equal(answers.length, responseSizes.length);
    answers.forEach((answer, i) => isAllZero(answer.payload, responseSizes[i]));
  },
  async server_compressed_streaming() {
    const { answers, status } = await stream(
      client.StreamingOutputCall({
        response_parameters: [
          { size: 31415, compressed: { value: true } },
          { size: 92653, compressed: { value: false } },
        ],
      }),
    );
    assert.equal(status.code, grpc.status.OK);
    assert.equal(encoding(status.metadata), 'gzip');
    isAllZero(answers[0].payload, 31415);
    isAllZero(answers[1].payload, 92653);
  },
  async ping_pong() {
    const call = client.FullDuplexCall();
    const ended = stream({ on: call.on.bind(call), write: () => {} });
    for (let i = 0; i < requestSizes.length; i++) {
      const answer = new Promise((resolve) => call.once('data', resolve));
      call.write({ response_parameters: [{ size: responseSizes[i] }], payload: zeros(requestSizes[i]) });
      isAllZero((await answer).payload, responseSizes[i]);
    }
    call.end();
    const { answers, status } = await ended;
    assert.equal(status.code, grpc.status.OK);
    assert.equal(answers.length, requestSizes.length);
  },
  async empty_stream() {
    const { answers, status } = await stream(client.FullDuplexCall());
    assert.equal(status.code, grpc.status.OK);
    assert.equal(answers.length, 0);
  },
  async cancel_after_begin() {
    const code = await new Promise((resolve) => {
      const call = client.StreamingInputCall(() => {});
      call.on('status', (status) => resolve(status.code));
      call.on('error', () => {});
      call.cancel();
    });
    assert.equal(code, grpc.status.CANCELLED);
  },
  async cancel_after_first_response() {
    const call = client.FullDuplexCall();
    const ended = stream({ on: call.on.bind(call), write: () => {} });
    call.on('data', () => call.cancel());
    call.write({ response_parameters: [{ size: 31415 }], payload: zeros(27182) });
    const { answers, status } = await ended;
    assert.equal(answers.length, 1);
    assert.equal(status.code, grpc.status.CANCELLED);
  },
  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
    const ended = stream({ on: call.on.bind(call), write: () => {} });
    call.write({ payload: zeros(27182) });
    assert.equal((await ended).status.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
    const isEchoed = (headers, trailers) => {
      assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
      assert.deepEqual(trailers.get('x-grpc-test-echo-trailing-bin'), [Buffer.from('ababab', 'hex')]);
    };
    const { headers, trailers } = await unary(client, 'UnaryCall', large, { metadata });
    isEchoed(headers, trailers);
    const duplex = await stream(client.FullDuplexCall(metadata), [
      { response_parameters: [{ size: 314159 }], payload: zeros(271828) },
    ]);
    isEchoed(duplex.headers, duplex.status.metadata);
  },
  async status_code_and_message() {
    const response_status = { code: 2, message: 'test status message' };
    await fails(unary(client, 'UnaryCall', { response_status }), 2, 'test status message');
    const { status } = await stream(client.FullDuplexCall(), [{ response_status }]);
    assert.equal(status.code, 2);
    assert.equal(status.details, 'test status message');
  },
  async special_status_message() {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    await fails(unary(client, 'UnaryCall', { response_status: { code: 2, message } }), 2, message);
  },
  async unimplemented_method() {
    await fails(unary(client, 'UnimplementedCall', {}), grpc.status.UNIMPLEMENTED);
  },
  async unimplemented_service() {
    await fails(unary(new UnimplementedService(target, identity), 'UnimplementedCall', {}), grpc.status.UNIMPLEMENTED);
  },
};

for (const [name, run] of Object.entries(cases)) {
  const fault = await run().then(
    () => '',
    (error) => error.stack || String(error),
  );
  console.log(JSON.stringify({ case: name, fault }));
}
process.exit(0);
