using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

public class MethodRolesTests
{
    private static readonly ServiceDescriptor[] s_services =
    [
        .. new[]
        {
            SessionServiceReflection.Descriptor,
            SigningServiceReflection.Descriptor,
            GrantServiceReflection.Descriptor,
            AuditServiceReflection.Descriptor,
            CustodyServiceReflection.Descriptor,
            AdminServiceReflection.Descriptor,
            OrderServiceReflection.Descriptor,
            HealthReflection.Descriptor,
            Grpc.Reflection.V1.ReflectionReflection.Descriptor,
            Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor,
        }.SelectMany(file => file.Services),
    ];

    [Fact]
    public void Every_method_is_listed_and_nothing_else()
    {
        var methods = s_services.SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"));

        Assert.Equal(methods.Order(StringComparer.Ordinal), MethodRoles.Methods.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_method_that_is_not_listed_is_refused_to_every_role()
    {
        const Roles All = Roles.Trader | Roles.Operator | Roles.Approver | Roles.Auditor;

        Assert.False(MethodRoles.Allows("/sessionsigner.v1.SigningService/SignAnything", All));
        Assert.False(MethodRoles.Allows("", All));
    }

    [Theory]
    [InlineData("Auditor")]
    [InlineData("Operator")]
    [InlineData("Approver")]
    [InlineData("None")]
    public void Only_a_trader_signs(string role)
    {
        var roles = Enum.Parse<Roles>(role);

        foreach (
            var method in MethodRoles.Methods.Where(method =>
                method.Contains("/Sign", StringComparison.Ordinal) || method.EndsWith("/OpenSession", StringComparison.Ordinal)
            )
        )
        {
            Assert.False(MethodRoles.Allows(method, roles));
            Assert.True(MethodRoles.Allows(method, Roles.Trader));
        }
    }
}
