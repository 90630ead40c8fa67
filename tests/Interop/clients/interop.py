"""Runs the cases of gRPC's interop test descriptions with grpcio. Prints one JSON object per case; see GrpcInteropTests.

python3 interop.py TARGET AUTHORITY CERTIFICATE KEY
"""

import json
import queue
import sys
import traceback

import grpc

from grpc_client import INTEROP_PROTOS, Protos, secure_channel

channel = secure_channel(*sys.argv[1:5])
protos = Protos(INTEROP_PROTOS)
service = protos.stub(channel, "grpc.testing.TestService")
Empty, BoolValue, Payload, EchoStatus, SimpleRequest, InputRequest, Parameters, OutputRequest = (
    protos.message(f"grpc.testing.{name}")
    for name in (
        "Empty",
        "BoolValue",
        "Payload",
        "EchoStatus",
        "SimpleRequest",
        "StreamingInputCallRequest",
        "ResponseParameters",
        "StreamingOutputCallRequest",
    )
)
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
TIMEOUT_SECONDS = 20


def zeros(size):
    return Payload(body=bytes(size))


def large(**members):
    return SimpleRequest(response_size=314159, payload=zeros(271828), **members)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def is_zeros(payload, size):
    check(payload.body == bytes(size), f"expected {size} zeros, got {len(payload.body)} bytes")


def is_equal(actual, expected):
    check(actual == expected, f"expected {expected!r}, got {actual!r}")


def fails(call, code, details=None):
    try:
        call()
    except grpc.RpcError as error:
        is_equal(error.code(), code)
        if details is not None:
            is_equal(error.details(), details)
        return
    raise AssertionError("the call succeeded")


def unary(method, request, **options):
    return method(request, timeout=TIMEOUT_SECONDS, **options)


def answer_encoding(call):
    return dict(call.trailing_metadata()).get("x-answer-encoding")


class Requests:
    """An iterator of requests that the test feeds one by one."""

    def __init__(self):
        self.queue = queue.Queue()

    def send(self, request):
        self.queue.put(request)

    def end(self):
        self.queue.put(None)

    def __iter__(self):
        return iter(self.queue.get, None)


def empty_unary():
    is_equal(unary(service.EmptyCall, Empty()), Empty())


def large_unary():
    is_zeros(unary(service.UnaryCall, large()).payload, 314159)


def client_compressed_unary():
    announced = large(expect_compressed=BoolValue(value=True))
    fails(lambda: unary(service.UnaryCall, announced), grpc.StatusCode.INVALID_ARGUMENT)
    is_zeros(unary(service.UnaryCall, announced, compression=grpc.Compression.Gzip).payload, 314159)
    is_zeros(unary(service.UnaryCall, large(expect_compressed=BoolValue(value=False))).payload, 314159)


def server_compressed_unary():
    request = large(response_compressed=BoolValue(value=True))
    answer, call = service.UnaryCall.with_call(request, timeout=TIMEOUT_SECONDS)
    is_zeros(answer.payload, 314159)
    is_equal(answer_encoding(call), "gzip")
    is_zeros(unary(service.UnaryCall, large(response_compressed=BoolValue(value=False))).payload, 314159)


def client_streaming():
    requests = (InputRequest(payload=zeros(size)) for size in REQUEST_SIZES)
    is_equal(unary(service.StreamingInputCall, requests).aggregated_payload_size, 74922)


def client_compressed_streaming():
    def requests():
        for size in (27182, 45904):
            yield InputRequest(payload=zeros(size), expect_compressed=BoolValue(value=True))

    fails(lambda: unary(service.StreamingInputCall, requests()), grpc.StatusCode.INVALID_ARGUMENT)
    answer = unary(service.StreamingInputCall, requests(), compression=grpc.Compression.Gzip)
    is_equal(answer.aggregated_payload_size, 73086)


def server_streaming():
    request = OutputRequest(response_parameters=[Parameters(size=size) for size in RESPONSE_SIZES])
    answers = list(unary(service.StreamingOutputCall, request))
    is_equal(len(answers), len(RESPONSE_SIZES))
    for answer, size in zip(answers, RESPONSE_SIZES):
        is_zeros(answer.payload, size)


def server_compressed_streaming():
    request = OutputRequest(
        response_parameters=[
            Parameters(size=31415, compressed=BoolValue(value=True)),
            Parameters(size=92653, compressed=BoolValue(value=False)),
        ]
    )
    call = unary(service.StreamingOutputCall, request)
    answers = list(call)
    is_equal(answer_encoding(call), "gzip")
    is_zeros(answers[0].payload, 31415)
    is_zeros(answers[1].payload, 92653)


def ping_pong():
    requests = Requests()
    call = unary(service.FullDuplexCall, iter(requests))
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        requests.send(
            OutputRequest(response_parameters=[Parameters(size=response_size)], payload=zeros(request_size))
        )
        is_zeros(next(call).payload, response_size)
    requests.end()
    is_equal(list(call), [])


def empty_stream():
    is_equal(list(unary(service.FullDuplexCall, iter([]))), [])


def cancel_after_begin():
    requests = Requests()
    call = service.StreamingInputCall.future(iter(requests), timeout=TIMEOUT_SECONDS)
    call.cancel()
    requests.end()
    check(call.cancelled(), "not cancelled")
    is_equal(call.code(), grpc.StatusCode.CANCELLED)


def cancel_after_first_response():
    requests = Requests()
    call = unary(service.FullDuplexCall, iter(requests))
    requests.send(OutputRequest(response_parameters=[Parameters(size=31415)], payload=zeros(27182)))
    is_zeros(next(call).payload, 31415)
    call.cancel()
    requests.end()
    fails(lambda: next(call), grpc.StatusCode.CANCELLED)


def timeout_on_sleeping_server():
    requests = Requests()
    call = service.FullDuplexCall(iter(requests), timeout=0.001)
    requests.send(OutputRequest(payload=zeros(27182)))
    fails(lambda: next(call), grpc.StatusCode.DEADLINE_EXCEEDED)
    requests.end()


def custom_metadata():
    metadata = [
        ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
        ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"),
    ]

    def is_echoed(call):
        is_equal(dict(call.initial_metadata()).get(metadata[0][0]), metadata[0][1])
        is_equal(dict(call.trailing_metadata()).get(metadata[1][0]), metadata[1][1])

    _, call = service.UnaryCall.with_call(large(), timeout=TIMEOUT_SECONDS, metadata=metadata)
    is_echoed(call)
    request = OutputRequest(response_parameters=[Parameters(size=314159)], payload=zeros(271828))
    call = unary(service.FullDuplexCall, iter([request]), metadata=metadata)
    is_equal(len(list(call)), 1)
    is_echoed(call)


def status_code_and_message():
    status = EchoStatus(code=2, message="test status message")
    fails(
        lambda: unary(service.UnaryCall, SimpleRequest(response_status=status)),
        grpc.StatusCode.UNKNOWN,
        "test status message",
    )
    call = unary(service.FullDuplexCall, iter([OutputRequest(response_status=status)]))
    fails(lambda: next(call), grpc.StatusCode.UNKNOWN, "test status message")


def special_status_message():
    message = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    request = SimpleRequest(response_status=EchoStatus(code=2, message=message))
    fails(lambda: unary(service.UnaryCall, request), grpc.StatusCode.UNKNOWN, message)


def unimplemented_method():
    fails(lambda: unary(service.UnimplementedCall, Empty()), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service():
    other = protos.stub(channel, "grpc.testing.UnimplementedService")
    fails(lambda: unary(other.UnimplementedCall, Empty()), grpc.StatusCode.UNIMPLEMENTED)


CASES = [
    empty_unary,
    large_unary,
    client_compressed_unary,
    server_compressed_unary,
    client_streaming,
    client_compressed_streaming,
    server_streaming,
    server_compressed_streaming,
    ping_pong,
    empty_stream,
    cancel_after_begin,
    cancel_after_first_response,
    timeout_on_sleeping_server,
    custom_metadata,
    status_code_and_message,
    special_status_message,
    unimplemented_method,
    unimplemented_service,
]

for case in CASES:
    fault = ""
    try:
        case()
    except Exception:
        fault = traceback.format_exc()
    print(json.dumps({"case": case.__name__, "fault": fault}), flush=True)
channel.close()
