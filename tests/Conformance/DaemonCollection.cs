namespace Conformance;

/// <summary>Tests that share one daemon. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DaemonCollection : ICollectionFixture<DaemonFixture>
{
    public const string Name = "daemon";
}
