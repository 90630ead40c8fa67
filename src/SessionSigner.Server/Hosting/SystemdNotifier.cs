using System.Net.Sockets;
using System.Text;

namespace SessionSigner.Server;

/// <summary>Tells systemd how the daemon is: one datagram per state. SPEC: sd_notify(3). Does nothing outside systemd.</summary>
internal static class SystemdNotifier
{
    /// <summary>Sends a state, for example "READY=1".</summary>
    /// <param name="state">The state.</param>
    /// <param name="address">Path of the socket (NOTIFY_SOCKET), @ first for an abstract one; null outside systemd.</param>
    public static void Notify(string state, string? address)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@'))
        {
            return;
        }
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var path = address[0] == '@' ? '\0' + address[1..] : address;
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // A service manager that does not listen must not stop the daemon.
        }
    }

    /// <summary>As <see cref="Notify(string, string?)"/>, to the service manager of this process.</summary>
    public static void Notify(string state) => Notify(state, Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
}
