using System.Globalization;

namespace SessionSigner.Core;

/// <summary>
/// Collects the steps of a trace within bounds. Evaluation is given one only if somebody wants to know why: without it nothing is collected and nothing
/// allocated. What does not fit is counted. Not thread safe.
/// </summary>
internal sealed class TraceBuilder(TraceBounds bounds)
{
    // Tags and lengths of a step on the wire.
    private const int FormSize = 24;

    // Longest rule path but for what a scope can name only by nesting choices twice.
    private const int RuleMax = 96;

    private readonly List<TraceStep> _steps = [];
    private readonly List<int> _position = [];
    private State _state;

    /// <summary>Begins another part, with bounds of its own.</summary>
    public void BeginPart() => _state = _state with { PartSteps = 0, PartSize = 0, PartAll = 0 };

    /// <summary>Whether anything was added to this part, even if it was left out.</summary>
    public bool HasSteps => _state.PartAll > 0;

    /// <summary>Goes into a carried call.</summary>
    public void EnterCall(int index) => _position.Add(index);

    /// <summary>Comes back from it.</summary>
    public void ExitCall() => _position.RemoveAt(_position.Count - 1);

    /// <summary>Where the builder is, to come back to.</summary>
    public State Mark() => _state;

    /// <summary>Forgets everything since the mark: what refused was not what decided.</summary>
    public void Rollback(State mark)
    {
        _steps.RemoveRange(mark.Steps, _steps.Count - mark.Steps);
        _state = mark;
    }

    /// <summary>Adds a permission that is met.</summary>
    public void AddMet(string permission)
    {
        if (bounds.WithMet)
        {
            Add(new TraceStep(Position(), permission, null));
        }
    }

    /// <summary>Adds a permission that is not met. Not even put into words if there is no room.</summary>
    public void AddUnmet(PermissionRule rule, in Outcome outcome)
    {
        if (HasRoom)
        {
            AddUnmet(rule.Path, rule.Explain(outcome));
        }
        else
        {
            LeaveOut();
        }
    }

    /// <summary>Adds what is not met.</summary>
    /// <param name="permission">Path of the permission, or empty.</param>
    /// <param name="denial">What is not met.</param>
    public void AddUnmet(string permission, Denial denial) =>
        Add(
            new TraceStep(
                Position(),
                permission,
                denial with
                {
                    Rule = DenialText.Clip(denial.Rule, RuleMax),
                    Observed = DenialText.Clip(denial.Observed, bounds.TextMax),
                    Limit = DenialText.Clip(denial.Limit, bounds.TextMax),
                }
            )
        );

    /// <summary>The trace of a refusal.</summary>
    public DecisionTrace Build() => Build([]);

    /// <summary>The trace.</summary>
    /// <param name="debits">What would be taken, if it is allowed.</param>
    public DecisionTrace Build(IReadOnlyList<TraceDebit> debits) => new([.. _steps], _state.LeftOut, debits);

    private bool HasRoom => _state.PartSteps < bounds.StepsMax && _state.PartSize < bounds.SizeMax;

    private void Add(TraceStep step)
    {
        var size = FormSize + step.Position.Length + step.Permission.Length;
        size += step.Unmet is { } unmet ? unmet.Rule.Length + unmet.Observed.Length + unmet.Limit.Length + unmet.Headroom.Length : 0;
        if (!HasRoom || _state.PartSize + size > bounds.SizeMax)
        {
            LeaveOut();
            return;
        }
        _steps.Add(step);
        _state = _state with
        {
            Steps = _steps.Count,
            PartSteps = _state.PartSteps + 1,
            PartSize = _state.PartSize + size,
            PartAll = _state.PartAll + 1,
        };
    }

    private void LeaveOut() =>
        _state = _state with
        {
            LeftOut = Math.Min(_state.LeftOut, int.MaxValue - 1) + 1,
            PartAll = Math.Min(_state.PartAll, int.MaxValue - 1) + 1,
        };

    private string Position() =>
        _position.Count == 0
            ? ""
            : string.Join('.', _position.Select(index => string.Create(CultureInfo.InvariantCulture, $"calls[{index}]")));

    /// <summary>How much was collected.</summary>
    internal readonly record struct State(int Steps, int LeftOut, int PartSteps, int PartSize, int PartAll);
}
