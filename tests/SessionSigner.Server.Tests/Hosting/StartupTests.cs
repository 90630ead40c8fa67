using System.Net.Sockets;
using System.Text;

namespace SessionSigner.Server.Tests;

public class StartupTests
{
    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("DOTNET_STARTUP_HOOKS")]
    [InlineData("CORECLR_ENABLE_PROFILING")]
    [InlineData("CORECLR_NOTIFICATION_PROFILERS")]
    [InlineData("DOTNET_GCPath")]
    [InlineData("LD_LIBRARY_PATH")]
    [InlineData("OPENSSL_CONF")]
    [InlineData("OPENSSL_MODULES")]
    public void Variables_that_load_code_are_refused(string name)
    {
        Assert.Equal([name], StartupGuard.FindRefused(asked => asked == name ? "1" : null));
        Assert.Empty(StartupGuard.FindRefused(_ => ""));
    }

    [Fact]
    public void The_service_manager_gets_a_datagram()
    {
        var path = Path.Combine(Path.GetTempPath(), $"notify-{Environment.ProcessId}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            SystemdNotifier.Notify("READY=1", path);
            SystemdNotifier.Notify("READY=1", path + "-nobody");
            SystemdNotifier.Notify("READY=1", null);

            var buffer = new byte[64];
            Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb\r\tc", "a\\u000ab\\u000d\\u0009c")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("\u2028\u202e", "\\u2028\\u202e")]
    public void A_logged_value_cannot_leave_its_line(string text, string written)
    {
        using var writer = new StringWriter();

        SafeConsoleFormatter.WriteEscaped(writer, text);

        Assert.Equal(written, writer.ToString());
    }
}
