using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "user_operation".</summary>
internal sealed class UserOperationRule(
    string path,
    UserOperationPermission permission,
    FrozenDictionary<uint, CarryingFunction> functions,
    CompiledMeter[] meters
) : PermissionRule(path, [], meters)
{
    private static readonly string[] s_gasNames =
    [
        "max_call_gas",
        "max_verification_gas",
        "max_pre_verification_gas",
        "max_paymaster_verification_gas",
        "max_paymaster_post_op_gas",
    ];

    /// <summary>Checks everything but chain, EntryPoint and sender, by which the rule was found, and but the calls carried. Debits are complete only if the outcome is met.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="form">What would be signed.</param>
    /// <param name="debits">Receives what the meters count.</param>
    /// <param name="carried">How the operation carries calls, if the outcome is met.</param>
    public Outcome Check(UserOperation operation, UserOperationForm form, DebitBuffer debits, out CarriedCalls? carried)
    {
        carried = null;
        // 1. What is signed, and in whose name something else is done: deployment, payment, the validation that the nonce key chooses.
        var outcome = CheckSetting(operation, form);
        if (!outcome.IsMet)
        {
            return outcome;
        }
        // 2. What it may cost.
        outcome = CheckGas(operation);
        if (!outcome.IsMet)
        {
            return outcome;
        }
        // 3. The function. Calldata that cannot be looked into is not signed; more calls than may be carried are not even decoded.
        if (!TryFind(operation.CallData.Span, out var function))
        {
            return new Outcome(Criterion.Container, Text: Selector(operation.CallData.Span));
        }
        var arguments = operation.CallData[AbiFunction.SelectorSize..];
        if (function.Container.HasTooManyCalls(arguments.Span))
        {
            return new Outcome(Criterion.CallCount);
        }
        if (!AbiDecoder.TryDecode(function.Function.Inputs, arguments, out var values, out var fault))
        {
            return new Outcome(Criterion.Decoding, Text: fault);
        }
        // 4. The meters, all of gas.
        outcome = CheckArguments(Arguments.OfWords([]), UInt256.Zero, operation.GasCostMax, debits);
        carried = outcome.IsMet ? new CarriedCalls(function.Container, values!) : null;
        return outcome;
    }

    /// <inheritdoc/>
    public override Denial Explain(in Outcome outcome) =>
        outcome.Criterion switch
        {
            Criterion.SignatureForm => Refuse("signature_form", outcome, Name(permission.SignatureForm)),
            Criterion.Factory => Refuse("factories", outcome, List(permission.Factories, "no factory")),
            Criterion.NonceKey => Refuse(
                "nonce_keys",
                outcome,
                DenialText.List([.. permission.NonceKeys.Select(key => key.ToString())]),
                outcome.Word.ToString()
            ),
            Criterion.Paymaster => Refuse("paymasters", outcome, List(permission.Paymasters, "no paymaster")) with
            {
                Reason = DenialReason.PaymasterNotAllowed,
            },
            Criterion.Gas => Fee(s_gasNames[outcome.Index], outcome.Word, GasCap(outcome.Index)),
            Criterion.FeePerGas => Fee("max_fee_per_gas", outcome.Word, permission.MaxFeePerGas),
            Criterion.PriorityFeePerGas => Fee("max_priority_fee_per_gas", outcome.Word, permission.MaxPriorityFeePerGas),
            Criterion.Container => Refuse("unwrap", outcome, FunctionTexts()) with { Reason = DenialReason.FunctionNotAllowed },
            Criterion.CallCount => Refuse("unwrap", outcome, "1 to 64 calls", CallContainer.TooManyCalls.Observed) with
            {
                Reason = CallContainer.TooManyCalls.Reason,
            },
            Criterion.Decoding => Refuse("unwrap", outcome, FunctionTexts()) with { Reason = DenialReason.Undecodable },
            _ => base.Explain(outcome),
        };

    private Outcome CheckSetting(UserOperation operation, UserOperationForm form)
    {
        if (form != permission.SignatureForm || form == UserOperationForm.Unspecified)
        {
            return new Outcome(Criterion.SignatureForm, Text: Name(form));
        }
        if (!IsOneOf(operation.Factory, permission.Factories))
        {
            return new Outcome(Criterion.Factory, Text: operation.Factory?.ToString() ?? "no factory");
        }
        if (!IsOneOf(operation.Paymaster, permission.Paymasters))
        {
            return new Outcome(Criterion.Paymaster, Text: operation.Paymaster?.ToString() ?? "no paymaster");
        }
        var key = operation.NonceKey;
        return permission.NonceKeys.Contains(key) ? Outcome.Met : new Outcome(Criterion.NonceKey, Word: key);
    }

    private Outcome CheckGas(UserOperation operation)
    {
        for (var i = 0; i < s_gasNames.Length; i++)
        {
            var gas = Gas(operation, i);
            if (gas > GasCap(i))
            {
                return new Outcome(Criterion.Gas, i, gas);
            }
        }
        if (operation.MaxFeePerGas > permission.MaxFeePerGas)
        {
            return new Outcome(Criterion.FeePerGas, Word: operation.MaxFeePerGas);
        }
        return operation.MaxPriorityFeePerGas > permission.MaxPriorityFeePerGas
            ? new Outcome(Criterion.PriorityFeePerGas, Word: operation.MaxPriorityFeePerGas)
            : Outcome.Met;
    }

    private static UInt256 Gas(UserOperation operation, int index) =>
        index switch
        {
            0 => operation.CallGasLimit,
            1 => operation.VerificationGasLimit,
            2 => operation.PreVerificationGas,
            3 => operation.PaymasterVerificationGasLimit,
            _ => operation.PaymasterPostOpGasLimit,
        };

    private UInt256? GasCap(int index) =>
        index switch
        {
            0 => permission.MaxCallGas,
            1 => permission.MaxVerificationGas,
            2 => permission.MaxPreVerificationGas,
            3 => permission.MaxPaymasterVerificationGas,
            _ => permission.MaxPaymasterPostOpGas,
        };

    private bool TryFind(ReadOnlySpan<byte> callData, [NotNullWhen(true)] out CarryingFunction? function)
    {
        function = null;
        return callData.Length >= AbiFunction.SelectorSize
            && functions.TryGetValue(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(callData), out function);
    }

    // Nobody where nobody is listed, otherwise one of the listed.
    private static bool IsOneOf(Address? address, IReadOnlyList<Address>? listed) =>
        address is { } one ? listed is not null && listed.Contains(one) : listed is null;

    private static string Selector(ReadOnlySpan<byte> callData) =>
        callData.IsEmpty ? "no calldata" : "selector " + Parsing.Hex(callData[..Math.Min(callData.Length, AbiFunction.SelectorSize)]);

    private static string Name(UserOperationForm form) => UserOperationSigning.TextOf(form) is { Length: > 0 } text ? text : "not stated";

    private static string List(IReadOnlyList<Address>? addresses, string none) =>
        addresses is null ? none : DenialText.List([.. addresses.Select(address => address.ToString())]);

    private string FunctionTexts() =>
        DenialText.List([.. functions.Values.Select(function => function.Function.CanonicalSignature).Order(StringComparer.Ordinal)]);

    private Denial Refuse(string member, in Outcome outcome, string limit, string? observed = null) =>
        new(
            DenialReason.UserOperationNotAllowed,
            $"{Path}.{member}",
            DenialText.Clip(observed ?? outcome.Text ?? ""),
            DenialText.Clip(limit)
        );

    private Denial Fee(string member, UInt256 observed, UInt256? limit) =>
        new(DenialReason.FeeExceeded, $"{Path}.{member}", observed.ToString(), limit?.ToString() ?? "");
}

/// <summary>A function that carries calls.</summary>
/// <param name="Function">The function.</param>
/// <param name="Container">How it carries them.</param>
internal sealed record CarryingFunction(AbiFunction Function, CallContainer Container);

/// <summary>Calls that a decoded function carries.</summary>
/// <param name="Container">How it carries them.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record CarriedCalls(CallContainer Container, AbiValue.Tuple Arguments);
