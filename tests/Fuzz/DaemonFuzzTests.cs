using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf.Reflection;
using SessionSigner.Core;
using SessionSigner.Server;
using SessionSigner.V1;
using Xunit.Abstractions;

namespace Fuzz;

/// <summary>What the daemon reads from the network and from files.</summary>
public class DaemonFuzzTests(ITestOutputHelper output)
{
    private const string Identity = "spiffe://desk.example/bot";

    private static readonly MessageDescriptor[] s_requests =
    [
        .. new[]
        {
            AdminServiceReflection.Descriptor,
            AuditServiceReflection.Descriptor,
            CustodyServiceReflection.Descriptor,
            GrantServiceReflection.Descriptor,
            SessionServiceReflection.Descriptor,
            SigningServiceReflection.Descriptor,
        }
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .Select(method => method.InputType),
    ];

    // Found here: the YAML library loses its way in these.
    private static readonly byte[][] s_yaml =
    [
        [.. "#\n : [\n0"u8],
        [.. ": \n- g: {\nc"u8],
        [.. "a: \"\\ud800\""u8],
    ];

    private readonly Policy _policy = Policy.TryParse(Corpus.Policies[0], out var policy, out var faults)
        ? policy
        : throw new InvalidOperationException(faults[0]);

    [Fact]
    public void Requests() => new Fuzzer("requests", [.. FilledRequests(1), .. FilledRequests(-1), [0]], ReadRequest, output).Run();

    [Fact]
    public void Policies() => new Fuzzer("policies", [.. Corpus.Policies, .. s_yaml], ReadPolicy, output).Run();

    [Fact]
    public void Policy_cases() => new Fuzzer("policy cases", [.. Corpus.PolicyCases, .. s_yaml], ReadCases, output) { Mutants = 400 }.Run();

    [Fact]
    public void Certificates()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        byte[][] corpus =
        [
            SelfSigned(new CertificateRequest("CN=bot", elliptic, HashAlgorithmName.SHA256)),
            SelfSigned(new CertificateRequest("CN=bot", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        ];
        new Fuzzer("certificates", corpus, ReadCertificate, output).Run();
    }

    private static IEnumerable<byte[]> FilledRequests(int number) =>
        s_requests.Select((type, i) => (byte[])[(byte)i, .. FilledRequest.Of(type, number)]);

    // The first byte chooses the request's type.
    private static string? ReadRequest(byte[] input)
    {
        if (input.Length == 0)
        {
            return "no type";
        }
        var type = s_requests[input[0] % s_requests.Length];
        try
        {
            WireCheck.Check(type, input.AsSpan(1));
        }
        catch (SignerException exception)
        {
            Assert.Equal(ErrorCode.InvalidRequest, exception.Code);
            return exception.Field + ": " + exception.Message;
        }
        // What passes, the library reads too, and nothing gets lost in it.
        var message = type.Parser.ParseFrom(input, 1, input.Length - 1);
        var written = Google.Protobuf.MessageExtensions.ToByteArray(message);
        WireCheck.Check(type, written);
        Assert.Equal(message, type.Parser.ParseFrom(written));
        return null;
    }

    private static string? ReadPolicy(byte[] input)
    {
        if (ReadYaml(input, out var refusal) is not { } json)
        {
            return refusal;
        }
        if (!Policy.TryParse(json, out var policy, out var faults))
        {
            return string.Join('\n', faults);
        }
        // Its canonical JSON is the same policy, read as JSON and as YAML.
        var canonical = Encoding.UTF8.GetBytes(policy.CanonicalJson);
        Assert.True(Policy.TryParse(canonical, out var again, out faults), string.Join('\n', faults));
        Assert.Equal((policy.Digest, policy.CanonicalJson), (again.Digest, again.CanonicalJson));
        Assert.True(Policy.TryParse(ReadYaml(canonical, out refusal) ?? [], out again, out _), refusal);
        Assert.Equal(policy.Digest, again.Digest);
        return null;
    }

    private string? ReadCases(byte[] input)
    {
        if (ReadYaml(input, out var refusal) is not { } json)
        {
            return refusal;
        }
        return PolicyCases.TryParse(json, _policy, out _, out var faults) ? null : string.Join('\n', faults);
    }

    private static byte[]? ReadYaml(byte[] input, out string refusal)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, input);
            var isRead = PolicyFile.TryReadJson(file, out var json, out var faults);
            refusal = string.Join('\n', faults);
            return isRead ? json.ToArray() : null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string? ReadCertificate(byte[] input)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(input);
            var forms = CertificateForms.All(certificate).ToList();
            Assert.InRange(forms.Count, 1, 4);
            Assert.Equal(certificate.RawData, forms[0]);
            if (!CertificateIdentity.TryRead(certificate, out var identity, out var fault))
            {
                return fault;
            }
            Assert.True(CertificateIdentity.IsWellFormed(identity));
            return null;
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }

    private static byte[] SelfSigned(CertificateRequest request)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("desk.example");
        names.AddUri(new Uri(Identity));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(60));
        return certificate.RawData;
    }
}
