using System.Reflection;
using Google.Protobuf.Reflection;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>The gRPC services of this project, as their descriptors name them: one that is added to proto/ cannot be forgotten where all are needed.</summary>
internal static class ServiceNames
{
    /// <summary>Full names, as "package.Service".</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(SessionServiceReflection)
            .Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
            .Where(property => property?.PropertyType == typeof(FileDescriptor))
            .SelectMany(property => ((FileDescriptor)property!.GetValue(null)!).Services)
            .Select(service => service.FullName)
            .Order(StringComparer.Ordinal),
    ];
}
