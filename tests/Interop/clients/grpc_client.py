"""What the Python programs share: messages from .proto files, generic stubs over grpcio, credentials.

Messages are made at run time from a descriptor set that buf writes, so that no generated code is kept and any
version of python3-protobuf will do.
"""

import os
import subprocess
from pathlib import Path

# The calls go to this machine only.
for name in ("http_proxy", "https_proxy", "grpc_proxy"):
    os.environ.pop(name, None)

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HERE = Path(__file__).resolve().parent
INTEROP_PROTOS = HERE.parent / "Protos"
DAEMON_PROTOS = HERE.parent.parent.parent / "proto"
BUF = HERE.parent / "node_modules" / ".bin" / "buf"


def message_class(descriptor):
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory().GetPrototype(descriptor)


class Protos:
    """The messages and services of a folder of .proto files."""

    def __init__(self, folder):
        built = subprocess.run(
            [str(BUF), "build", str(folder), "--as-file-descriptor-set", "-o", "-#format=binpb"],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(built).file:
            self.pool.Add(file)

    def message(self, name):
        return message_class(self.pool.FindMessageTypeByName(name))

    def stub(self, channel, service):
        return Stub(self, channel, self.pool.FindServiceByName(service))


class Stub:
    """A callable per method of a service."""

    def __init__(self, protos, channel, service):
        streaming = descriptor_pb2.ServiceDescriptorProto()
        service.CopyToProto(streaming)
        for method, flags in zip(service.methods, streaming.method):
            kind = ("stream_" if flags.client_streaming else "unary_") + (
                "stream" if flags.server_streaming else "unary"
            )
            call = getattr(channel, kind)(
                f"/{service.full_name}/{method.name}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=message_class(method.output_type).FromString,
            )
            setattr(self, method.name, call)


def secure_channel(target, authority, certificate, key, options=()):
    credentials = grpc.ssl_channel_credentials(
        Path(authority).read_bytes(), Path(key).read_bytes(), Path(certificate).read_bytes()
    )
    return grpc.secure_channel(target, credentials, options=list(options))
