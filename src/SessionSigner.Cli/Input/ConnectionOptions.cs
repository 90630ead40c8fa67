using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>The options that say which daemon to reach and who to be; each overrides the profile's value.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _profile = new("--profile")
    {
        Description =
            "File with address, certificate, key and ca, one 'name: value' a line; paths start at its folder. Default: $SESSIONSIGNER_PROFILE.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _address = new("--address") { Description = "Address of the daemon.", HelpName = "https://HOST:PORT" };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "Your certificate, PEM.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--key") { Description = "The certificate's private key, PEM.", HelpName = "FILE" };
    private readonly Option<string?> _ca = new("--ca")
    {
        Description = "Authorities that may vouch for the daemon, PEM.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _pin = new("--pin")
    {
        Description = "The only primary key whose grants are accepted: CURVE:0x and 33 bytes in hexadecimal, as 'custody' shows it.",
        HelpName = "CURVE:KEY",
    };

    private readonly Option<string> _timeout = new("--timeout")
    {
        Description = "Longest time one call may take with its retries, such as 10s or 2m.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "10s",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _profile, _address, _certificate, _key, _ca, _pin, _timeout })
        {
            command.Add(option);
        }
    }

    /// <exception cref="UsageException">Something is missing or malformed.</exception>
    public ClientOptions Read(ParseResult arguments, CliHost host)
    {
        var profile = ReadProfile(arguments, host);
        var address = Require(arguments.GetValue(_address) ?? profile.Address, _address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw new UsageException($"The address '{SafeText.Escape(address)}' is not https://HOST:PORT.");
        }

        return new ClientOptions
        {
            Address = uri,
            CertificateFile = Require(arguments.GetValue(_certificate) ?? profile.Certificate, _certificate),
            KeyFile = Require(arguments.GetValue(_key) ?? profile.Key, _key),
            CaFile = Require(arguments.GetValue(_ca) ?? profile.Ca, _ca),
            PinnedPrimaryKey = ReadPin(arguments, profile),
            Deadline = Duration.Parse(arguments.GetValue(_timeout)!, "--timeout"),
            TimeProvider = host.TimeProvider,
        };
    }

    /// <summary>The pinned primary key alone, for what works offline; null if there is none.</summary>
    public PublicKey? ReadPin(ParseResult arguments, CliHost host) => ReadPin(arguments, ReadProfile(arguments, host));

    private PublicKey? ReadPin(ParseResult arguments, Profile profile) =>
        (arguments.GetValue(_pin) ?? profile.Pin) is { } pin ? PublicKeyText.Parse(pin) : null;

    private Profile ReadProfile(ParseResult arguments, CliHost host)
    {
        var path = arguments.GetValue(_profile) ?? host.Environment("SESSIONSIGNER_PROFILE");
        return string.IsNullOrEmpty(path) ? Profile.Empty : Profile.Read(path);
    }

    private static string Require(string? value, Option option) =>
        string.IsNullOrEmpty(value)
            ? throw new UsageException(
                $"Which daemon, and as whom? Give {option.Name}, or a profile that names it: --profile FILE or $SESSIONSIGNER_PROFILE."
            )
            : value;
}
