namespace SessionSigner.Core;

/// <summary>Counts an amount into a budget.</summary>
/// <param name="Budget">The budget's position in the scope.</param>
/// <param name="Rule">The budget.</param>
/// <param name="Path">The amount; null for the native value or the gas.</param>
/// <param name="OfGasCost">Whether what the gas may cost is the amount.</param>
internal sealed record CompiledMeter(int Budget, BudgetRule Rule, ArgumentPath? Path, bool OfGasCost);
