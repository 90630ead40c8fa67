namespace SessionSigner.Grants;

/// <summary>
/// Where a reader is in a document. Put into words only for a fault: paths of every value would cost memory by the depth of a document times its size.
/// </summary>
internal sealed class JsonPosition
{
    private readonly List<(string? Name, int Index)> _steps = new(StrictJson.DepthMax);

    public void EnterMember(string name) => _steps.Add((name, 0));

    public void EnterElement(int index) => _steps.Add((null, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>The path, for example "permissions[2].name"; empty for the document.</summary>
    public override string ToString()
    {
        var path = "";
        foreach (var (name, index) in _steps)
        {
            path = name is null ? StrictJson.Element(path, index) : StrictJson.Member(path, name);
        }
        return path;
    }
}
