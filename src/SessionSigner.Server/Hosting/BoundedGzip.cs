using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace SessionSigner.Server;

/// <summary>gzip whose inflated side is bounded: a small message cannot make the daemon write a large one into memory.</summary>
/// <param name="sizeMax">Largest inflated message, in bytes.</param>
internal sealed class BoundedGzip(int sizeMax) : ICompressionProvider
{
    // Without this switch a stream that was cut short reads like one that ended.
    static BoundedGzip() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new BoundedStream(stream, sizeMax);

    private sealed class BoundedStream(Stream compressed, int sizeMax) : Stream
    {
        private readonly GZipStream _inner = new(compressed, CompressionMode.Decompress, leaveOpen: true);
        private int _size;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count;
            try
            {
                count = _inner.Read(buffer);
            }
            catch (InvalidDataException)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The compressed message is not gzip."));
            }
            _size = checked(_size + count);
            return _size <= sizeMax
                ? count
                : throw new RpcException(new Status(StatusCode.ResourceExhausted, "The message is larger than the daemon takes."));
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
