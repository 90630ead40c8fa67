namespace SessionSigner.Core;

/// <summary>Counts an amount into a budget.</summary>
/// <param name="Budget">The budget's position in the scope.</param>
/// <param name="Rule">The budget.</param>
/// <param name="Path">The amount; null for the native value, or the gas of a user operation.</param>
internal sealed record CompiledMeter(int Budget, BudgetRule Rule, ArgumentPath? Path);
