namespace SessionSigner.Ethereum;

/// <summary>Which EntryPoint of ERC-4337 executes a user operation: it decides the members and the hash. The zero value is refused.</summary>
public enum EntryPointVersion
{
    /// <summary>Not stated; refused.</summary>
    Unspecified = 0,

    /// <summary>v0.6: initCode and paymasterAndData, hash of an ABI encoding.</summary>
    V06 = 1,

    /// <summary>v0.7: factory and paymaster with limits of their own, hash of an ABI encoding of packed words.</summary>
    V07 = 2,

    /// <summary>v0.8: as v0.7, but the hash is an EIP-712 digest.</summary>
    V08 = 3,

    /// <summary>v0.9: as v0.8.</summary>
    V09 = 4,
}

/// <summary>What of a user operation a session key signs. The zero value is refused.</summary>
public enum UserOperationForm
{
    /// <summary>Not stated; refused.</summary>
    Unspecified = 0,

    /// <summary>The hash itself.</summary>
    Hash = 1,

    /// <summary>The hash as a message of personal_sign: 32 bytes under EIP-191 version 0x45.</summary>
    PersonalMessage = 2,
}
