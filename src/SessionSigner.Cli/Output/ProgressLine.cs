namespace SessionSigner.Cli;

/// <summary>One line on standard error while something takes longer than a second; nothing if that is not a terminal.</summary>
internal sealed class ProgressLine : IAsyncDisposable
{
    private readonly CliHost _host;
    private readonly ITimer? _timer;
    private readonly Lock _gate = new();
    private string _text;
    private int _shownLength;
    private bool _done;

    public ProgressLine(CliHost host, string text)
    {
        _host = host;
        _text = text;
        if (host.ErrorIsTerminal)
        {
            _timer = host.TimeProvider.CreateTimer(_ => Show(), null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));
        }
    }

    /// <summary>Changes the text; it is shown at the next tick.</summary>
    public void Update(string text)
    {
        lock (_gate)
        {
            _text = text;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is null)
        {
            return;
        }

        await _timer.DisposeAsync();
        Erase();
    }

    private void Erase()
    {
        lock (_gate)
        {
            _done = true;
            if (_shownLength > 0)
            {
                _host.Error.Write("\r" + new string(' ', _shownLength) + "\r");
            }
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (!_done)
            {
                _host.Error.Write("\r" + _text.PadRight(_shownLength));
                _shownLength = Math.Max(_shownLength, _text.Length);
            }
        }
    }
}
