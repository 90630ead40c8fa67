using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Ways around a budget of a token: other permissions of the same scope that move the token, or let it be moved, and are not counted into it.</summary>
internal static class TokenLint
{
    /// <summary>What a permission moves. No tokens: any. No budgets: nothing counts it. Not known: what it does with the token is anyone's guess.</summary>
    private sealed record Mover(
        int Index,
        string What,
        UInt256? Chain,
        IReadOnlyList<Address>? Tokens,
        IReadOnlyList<string> Budgets,
        bool IsKnown = true
    );

    public static void Check(Scope scope, List<string> warnings)
    {
        var movers = scope.Permissions.Select(Describe).OfType<Mover>().ToList();
        foreach (var mover in movers)
        {
            foreach (var other in movers.Where(other => other.IsKnown && IsSameToken(mover, other)))
            {
                var missed = other.Budgets.Except(mover.Budgets, StringComparer.Ordinal).ToList();
                if (missed.Count > 0)
                {
                    var names = string.Join(", ", missed.Select(FaultList.Quote));
                    var does = mover.IsKnown ? "moves a token" : "may move a token";
                    warnings.Add(
                        $"ceiling.permissions[{mover.Index}].meters: {mover.What} {does} of which ceiling.permissions[{other.Index}] is counted into {names}, and is not: a way around that budget."
                    );
                    break;
                }
            }
        }
    }

    private static bool IsSameToken(Mover one, Mover other) =>
        one.Index != other.Index
        && (one.Chain is null || other.Chain is null || one.Chain == other.Chain)
        && (one.Tokens is null || other.Tokens is null || one.Tokens.Intersect(other.Tokens).Any());

    private static Mover? Describe(Permission permission, int index) =>
        permission switch
        {
            CallPermission call => Describe(call, index),
            TypedDataPermission typed => Describe(typed, index),
            _ => null,
        };

    // A function or message that is not known moves no token but the one whose contract it is of; calls that it carries are looked at by themselves.
    private static Mover? Describe(CallPermission call, int index)
    {
        if (!AbiFunction.TryParse(call.Function, out var parsed, out _))
        {
            return null;
        }
        var function = parsed!;
        var name = function.CanonicalSignature;
        var all = call.Meters.Select(meter => meter.Budget).ToList();
        if (ValueMoves.Find(function) is not { } move)
        {
            return call.Unwrap == CallContainerKind.None ? new Mover(index, name, call.Chain, call.Targets, all, IsKnown: false) : null;
        }
        if (KnownFunctions.FindReal(function) is { } real)
        {
            return new Mover(index, $"{name}, which is {real},", call.Chain, move.TokenAt is null ? call.Targets : null, all);
        }
        var tokens = move.TokenAt is { } at ? Listed(call, function.Inputs, Argument.At(function.Inputs, at)) : call.Targets;
        var budgets = move.Amount is { } amount ? ArgumentBounds.Budgets(call, function.Inputs, Argument.At(function.Inputs, amount)) : [];
        return new Mover(index, name, call.Chain, tokens, [.. budgets]);
    }

    private static Mover? Describe(TypedDataPermission typed, int index)
    {
        if (!TypedDataStruct.TryParse(typed.Type, out var definition, out _))
        {
            return null;
        }
        var fields = definition!.Type.Members;
        var arguments = Argument.Of(fields);
        var amounts = TypedDataLint.Amounts(typed, arguments).ToList();
        if (amounts.Count == 0 && !TypedDataLint.IsPermit(typed))
        {
            var all = typed.Meters.Select(meter => meter.Budget).ToList();
            return typed.Domain.VerifyingContract is { } verifier
                ? new Mover(index, typed.PrimaryType, typed.Domain.ChainId, [verifier], all, IsKnown: false)
                : null;
        }
        var tokens =
            arguments.FirstOrDefault(one => one.Name == "token") is { } token ? Listed(typed, fields, token)
            : typed.Domain.VerifyingContract is { } contract ? [contract]
            : null;
        return new Mover(
            index,
            typed.PrimaryType,
            typed.Domain.ChainId,
            tokens,
            [.. amounts.SelectMany(amount => ArgumentBounds.Budgets(typed, fields, amount))]
        );
    }

    private static List<Address>? Listed(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument token) =>
        ArgumentBounds
            .Listed(permission, parameters, token)
            ?.Select(text => Address.TryParseChecksummed(text, out var address) ? address : default)
            .ToList();
}
