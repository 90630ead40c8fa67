using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "call".</summary>
internal sealed class CallRule(
    string path,
    CallPermission permission,
    AbiFunction? function,
    CompiledConstraint[] constraints,
    CompiledMeter[] meters,
    CallContainer? container
) : PermissionRule(path, constraints, meters)
{
    /// <summary>The function as the selector sees it, or "plain transfer".</summary>
    public string FunctionText { get; } = function?.CanonicalSignature ?? "plain transfer";

    /// <summary>How the function carries other calls, which then must be allowed themselves; null if it carries none that are looked into.</summary>
    public CallContainer? Container { get; } = container;

    /// <summary>Checks everything but chain, target and selector, by which the rule was found, and but the calls carried. Debits are complete only if the outcome is met.</summary>
    /// <param name="transaction">The transaction, if the call is its own and not carried by another.</param>
    /// <param name="call">The call.</param>
    /// <param name="debits">Receives what the meters count.</param>
    /// <param name="values">The arguments, if they were decoded.</param>
    public Outcome Check(UnsignedTransaction? transaction, in ContractCall call, DebitBuffer debits, out AbiValue.Tuple? values)
    {
        values = null;
        // 1. What the call may cost besides its arguments. Gas and fees are the transaction's.
        var outcome = transaction is null ? CheckNativeValue(call.Value) : CheckEnvelope(transaction);
        if (!outcome.IsMet)
        {
            return outcome;
        }
        var gasCost = CountsGas && transaction is not null ? transaction.GasCostMax : UInt256.Zero;
        // 2. A plain transfer has no arguments.
        if (function is null)
        {
            return CheckArguments(Arguments.OfWords([]), call.Value, gasCost, debits);
        }
        // 3. Arguments at fixed places are read where they are; others are decoded, and more calls than may be carried are not even decoded.
        var arguments = call.Data[AbiFunction.SelectorSize..];
        if (function.StaticLayout is { } layout)
        {
            return layout.IsCanonical(arguments.Span)
                ? CheckArguments(Arguments.OfWords(arguments.Span), call.Value, gasCost, debits)
                : new Outcome(Criterion.Decoding, Text: "arguments of another length or with bits outside their types");
        }
        if (Container is not null && Container.HasTooManyCalls(arguments.Span))
        {
            return new Outcome(Criterion.CallCount);
        }
        return AbiDecoder.TryDecode(function.Inputs, arguments, out values, out var fault)
            ? CheckArguments(Arguments.OfValues(values!), call.Value, gasCost, debits)
            : new Outcome(Criterion.Decoding, Text: fault);
    }

    /// <inheritdoc/>
    public override Denial Explain(in Outcome outcome) =>
        outcome.Criterion switch
        {
            Criterion.AccessList => new Denial(
                DenialReason.FeatureNotAllowed,
                Path + ".allow_access_list",
                outcome.Word + " access list entries",
                "no access list"
            ),
            Criterion.Authorizations => new Denial(
                DenialReason.FeatureNotAllowed,
                Path + ".authorizations",
                DenialText.Clip(outcome.Text ?? ""),
                DenialText.Clip(
                    permission.Authorizations.Count == 0
                        ? "no authorisations"
                        : string.Create(CultureInfo.InvariantCulture, $"at most {permission.MaxAuthorizations}: ")
                            + DenialText.List([
                                .. permission.Authorizations.Select(rule =>
                                    $"{rule.Delegate} on chain {rule.Chain?.ToString() ?? "of the transaction"}"
                                ),
                            ])
                )
            ),
            Criterion.NativeValue => new Denial(
                DenialReason.NativeValueExceeded,
                Path + ".max_native_value",
                outcome.Word.ToString(),
                permission.MaxNativeValue.ToString()
            ),
            Criterion.Gas => Fee("max_gas", outcome.Word, permission.MaxGas),
            Criterion.FeePerGas => Fee("max_fee_per_gas", outcome.Word, permission.MaxFeePerGas),
            Criterion.PriorityFeePerGas => Fee("max_priority_fee_per_gas", outcome.Word, permission.MaxPriorityFeePerGas),
            Criterion.CallCount => CallContainer.TooManyCalls.Explain(Path, Container!),
            Criterion.Decoding => new Denial(
                DenialReason.Undecodable,
                Path + ".function",
                DenialText.Clip(outcome.Text ?? ""),
                DenialText.Clip(FunctionText)
            ),
            _ => base.Explain(outcome),
        };

    private Outcome CheckEnvelope(UnsignedTransaction transaction)
    {
        if (transaction.AccessListCount > 0 && !permission.AllowAccessList)
        {
            return new Outcome(Criterion.AccessList, Word: (ulong)transaction.AccessListCount);
        }
        if (transaction.Authorizations.Count > 0 && FindUnnamed(transaction) is { } unnamed)
        {
            return new Outcome(Criterion.Authorizations, Text: unnamed);
        }
        if (CheckNativeValue(transaction.Value) is { IsMet: false } refused)
        {
            return refused;
        }
        if (transaction.GasLimit > permission.MaxGas)
        {
            return new Outcome(Criterion.Gas, Word: transaction.GasLimit);
        }
        if (transaction.MaxFeePerGas > permission.MaxFeePerGas)
        {
            return new Outcome(Criterion.FeePerGas, Word: transaction.MaxFeePerGas);
        }
        return transaction.MaxPriorityFeePerGas > permission.MaxPriorityFeePerGas
            ? new Outcome(Criterion.PriorityFeePerGas, Word: transaction.MaxPriorityFeePerGas)
            : Outcome.Met;
    }

    // Every authorization must be one of those that the permission names, and there must not be more than it says.
    private string? FindUnnamed(UnsignedTransaction transaction)
    {
        var count = transaction.Authorizations.Count;
        if (permission.Authorizations.Count == 0 || count > permission.MaxAuthorizations)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{count} EIP-7702 authorisations");
        }
        foreach (var authorization in transaction.Authorizations)
        {
            if (
                !permission.Authorizations.Any(rule =>
                    rule.Delegate == authorization.Delegate && (rule.Chain ?? transaction.ChainId) == authorization.ChainId
                )
            )
            {
                return $"EIP-7702 authorisation of {authorization.Delegate} on chain {authorization.ChainId}";
            }
        }
        return null;
    }

    private Outcome CheckNativeValue(UInt256 value) =>
        value > permission.MaxNativeValue ? new Outcome(Criterion.NativeValue, Word: value) : Outcome.Met;

    private Denial Fee(string member, UInt256 observed, UInt256? limit) =>
        new(DenialReason.FeeExceeded, Path + "." + member, observed.ToString(), string.Create(CultureInfo.InvariantCulture, $"{limit}"));
}
