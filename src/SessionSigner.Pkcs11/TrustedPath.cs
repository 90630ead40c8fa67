namespace SessionSigner.Pkcs11;

/// <summary>
/// A path followed as the kernel follows it, folder by folder and link by link. A module is loaded, and a file that decides on trust is read, only if
/// nobody but root and one user can change what the path leads to, or make it lead elsewhere. Immutable and thread safe.
/// </summary>
public sealed class TrustedPath
{
    // SPEC: path_resolution(7): "a maximum limit on the number of symbolic links followed ... 40".
    private const int LinksMax = 40;

    private TrustedPath(string target, string? fault)
    {
        Target = target;
        Fault = fault;
    }

    /// <summary>Where the path leads, without links; as far as it was followed, if there is a fault.</summary>
    public string Target { get; }

    /// <summary>What lets somebody else change or replace the file, naming the folder, link or file at fault; null if nothing does.</summary>
    public string? Fault { get; }

    /// <summary>Follows a path.</summary>
    /// <param name="path">Of a file; what does not exist or cannot be examined is a fault.</param>
    /// <param name="user">Who may change it besides root; null for the user this process acts as.</param>
    public static TrustedPath Follow(string path, uint? user = null)
    {
        var trusted = user ?? FileStatus.EffectiveUser;
        var ahead = new Stack<string>();
        Push(ahead, Path.GetFullPath(path));
        var at = "/";
        var links = 0;
        var fault = FindFault(at, FileStatus.ReadEntry(at), trusted);
        while (fault is null && ahead.TryPop(out var name))
        {
            if (name == "..")
            {
                // Every folder above has been examined on the way down.
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }
            var entry = Path.Combine(at, name);
            var status = FileStatus.ReadEntry(entry);
            fault = FindFault(entry, status, trusted);
            if (status is not { IsLink: true })
            {
                at = entry;
                continue;
            }
            if (++links > LinksMax || new FileInfo(entry).LinkTarget is not { } target)
            {
                return new TrustedPath(at, fault ?? $"{entry} is one link too many, or cannot be read");
            }
            Push(ahead, target);
            at = Path.IsPathRooted(target) ? "/" : at;
        }
        return new TrustedPath(at, fault);
    }

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (var name in path.Split('/').Reverse().Where(name => name is not ("" or ".")))
        {
            ahead.Push(name);
        }
    }

    private static string? FindFault(string entry, FileStatus? found, uint user)
    {
        if (found is not { } status)
        {
            return $"{entry} does not exist or cannot be examined";
        }
        // Who owns something gives himself whatever rights the mode withholds.
        if (status.Owner != 0 && status.Owner != user)
        {
            return $"{entry} is owned by another user, neither root nor the one that runs the daemon (chown root)";
        }
        // A link has no rights of its own. In a folder with the sticky bit only the owner of an entry can replace it, and the next entry's is looked at.
        if (status.IsLink || !status.IsOpenToChange || (status.IsFolder && status.IsSticky))
        {
            return null;
        }
        return status.IsFolder
            ? $"what lies in {entry} can be replaced by group or others, who may write this folder (chmod go-w)"
            : $"{entry} can be changed by group or others (chmod go-w)";
    }
}
