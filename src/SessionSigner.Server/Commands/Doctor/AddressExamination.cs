using System.Net;
using System.Net.Sockets;

namespace SessionSigner.Server;

/// <summary>Whether the daemon, and no other program, listens where it should.</summary>
internal static class AddressExamination
{
    private const string Subject = "address";

    /// <param name="addresses">Where the daemon is to listen.</param>
    /// <param name="isJournalInUse">Whether a daemon seems to run.</param>
    public static IEnumerable<Finding> Run(IEnumerable<IPEndPoint> addresses, bool isJournalInUse) =>
        addresses.Select(address =>
            (isJournalInUse, IsListening(address)) switch
            {
                (true, true) => Finding.Good(Subject, $"a daemon listens on {address}"),
                (false, false) => Finding.Good(Subject, $"{address} is free"),
                (true, false) => Finding.Warn(
                    Subject,
                    $"nothing listens on {address}, though the journal is in use",
                    "wait if the daemon is just starting; otherwise find the process that holds the journal with 'fuser' on its .lock file"
                ),
                (false, true) => Finding.Fail(
                    Subject,
                    $"another program listens on {address}",
                    $"stop it ('ss -ltnp sport = :{address.Port}' names it), or change listen.addresses"
                ),
            }
        );

    private static bool IsListening(IPEndPoint address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
