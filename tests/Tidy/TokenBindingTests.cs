using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>
/// Which functions of a PKCS#11 module are reached, and from where. They are bound by their place in CK_FUNCTION_LIST, so the rule is a list of places that
/// are allowed: whatever creates, copies, destroys, changes, wraps, unwraps or derives objects, sets a PIN or signs by another way is not on it.
/// </summary>
public partial class TokenBindingTests
{
    private const string Project = "src/SessionSigner.Pkcs11/";
    private const string Binding = Project + "Native/Cryptoki.cs";
    private const string Signing = Project + "Native/GrantDigestSigning.cs";

    // SPEC: PKCS #11 v2.40, pkcs11f.h: the order of the functions.
    private static readonly (string Path, int Place)[] s_allowed =
    [
        (Binding, 0), // C_Initialize
        (Binding, 1), // C_Finalize
        (Binding, 4), // C_GetSlotList
        (Binding, 6), // C_GetTokenInfo
        (Binding, 9), // C_InitToken
        (Binding, 10), // C_InitPIN
        (Binding, 12), // C_OpenSession
        (Binding, 13), // C_CloseSession
        (Binding, 15), // C_GetSessionInfo
        (Binding, 18), // C_Login
        (Binding, 24), // C_GetAttributeValue
        (Binding, 26), // C_FindObjectsInit
        (Binding, 27), // C_FindObjects
        (Binding, 28), // C_FindObjectsFinal
        (Binding, 59), // C_GenerateKeyPair
        (Signing, 42), // C_SignInit
        (Signing, 43), // C_Sign
    ];

    [Fact]
    public void The_token_signs_in_one_file_only_and_no_function_is_bound_that_is_not_listed()
    {
        // A place that is no number in the code could be any.
        var bound =
            from hit in Hits(Repository.SourceFiles.Where(IsInProject), BoundFunction())
            where hit.Text != "public nint Function(int index)"
            select $"{hit.Path}: {hit.Text}";
        Assert.Equal(
            s_allowed.Select(function => $"{function.Path}: Function({function.Place})").Order(StringComparer.Ordinal),
            bound.Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Who had the library or the list could take any function from it.</summary>
    [Fact]
    public void Nothing_reaches_a_module_around_the_binding()
    {
        Assert.Equal(
            ["TryLoad", "TryGetExport", "\"C_GetFunctionList\"", "\"C_GetFunctionList\""],
            Hits([Binding], WayIntoModule()).Select(hit => hit.Text)
        );
        // The field, its assignment, and the one place that reads it.
        Assert.Equal(3, Hits([Binding], FunctionList()).Count());
        Repository.AssertNone(
            from hit in Hits(Repository.SourceFiles.Where(path => IsInProject(path) && path != Binding), WayIntoModule())
            select $"{hit.Path}: {hit.Text}"
        );
        Repository.AssertNone(
            from hit in Hits(Repository.SourceFiles.Where(path => IsInProject(path) && path is not (Binding or Signing)), FunctionPointer())
            select $"{hit.Path}: {hit.Text}"
        );
        Repository.AssertNone(
            from hit in Hits(Repository.SourceFiles.Where(path => !IsInProject(path)), CryptokiName())
            select $"{hit.Path}: {hit.Text}"
        );
    }

    private static bool IsInProject(string path) => path.StartsWith(Project, StringComparison.Ordinal);

    private static IEnumerable<(string Path, string Text)> Hits(IEnumerable<string> paths, Regex pattern) =>
        from path in paths
        from line in Repository.ReadLines(path)
        let comment = line.IndexOf("//", StringComparison.Ordinal)
        from match in pattern.Matches(comment < 0 ? line : line[..comment])
        select (path, match.Value);

    [GeneratedRegex(@"(public nint )?\bFunction\b(\([^)]*\)?)?")]
    private static partial Regex BoundFunction();

    [GeneratedRegex(@"(?<=\bNativeLibrary\.)\w+|\bdlopen\b|\bdlsym\b|""C_GetFunctionList""|(?<=EntryPoint = )""C_\w+""")]
    private static partial Regex WayIntoModule();

    [GeneratedRegex(@"\b_functionList\b")]
    private static partial Regex FunctionList();

    [GeneratedRegex(@"delegate\s*\*|GetDelegateForFunctionPointer")]
    private static partial Regex FunctionPointer();

    [GeneratedRegex(@"\bC_(Sign|GetFunctionList)\w*")]
    private static partial Regex CryptokiName();
}
