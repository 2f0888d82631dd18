namespace Minilm.Tests.Interop;

/// <summary>Finds where the managed side says something else than C.</summary>
internal static class SeamComparison
{
    /// <returns>A line for each difference.</returns>
    public static IReadOnlyList<string> Differences(SeamTable native, SeamTable managed)
    {
        List<string> found = [];
        CompareHandles(managed.Handles, found);
        Dictionary<string, string> handles = [];
        foreach (SeamHandle handle in managed.Handles)
        {
            handles[handle.Name] = handle.Type;
        }
        Match("struct", native.Structs, managed.Structs, item => item.Name, found, (theirs, ours) => CompareStruct(theirs, ours, handles, found));
        Match("function", native.Functions, managed.Functions, item => item.Name, found, (theirs, ours) => CompareFunction(theirs, ours, handles, found));
        Match("constant", native.Constants, managed.Constants, item => $"{item.Type}.{item.Member}", found, (theirs, ours) =>
        {
            if (theirs.Value is not null && theirs.Value != ours.Value)
            {
                found.Add($"constant {ours.Type}.{ours.Member} is {ours.Value}, in C {theirs.Value}");
            }
        });
        return found;
    }

    private static void CompareHandles(IReadOnlyList<SeamHandle> handles, List<string> found)
    {
        foreach (IGrouping<string, SeamHandle> group in handles.GroupBy(handle => handle.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            found.Add($"handle {group.Key} stands for {string.Join(" and ", group.Select(handle => handle.Type))}");
        }
        // A vocabulary and a model are different objects, whoever owns them: no two handle types share a C type.
        foreach (IGrouping<string, SeamHandle> group in handles.GroupBy(handle => handle.Type, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            found.Add($"{group.Key} has the handles {string.Join(" and ", group.Select(handle => handle.Name))}");
        }
    }

    private static void CompareStruct(SeamStruct theirs, SeamStruct ours, Dictionary<string, string> handles, List<string> found)
    {
        if (theirs.Size != ours.Size)
        {
            found.Add($"struct {ours.Name} has {ours.Size} bytes, in C {theirs.Size}");
        }
        Match($"field of {ours.Name}:", theirs.Fields, ours.Fields, field => field.Name, found, (inC, inCSharp) =>
        {
            SeamField resolved = inCSharp with { Type = handles.GetValueOrDefault(inCSharp.Type, inCSharp.Type) };
            if (inC != resolved)
            {
                found.Add($"field {ours.Name}.{inCSharp.Name} is {resolved}, in C {inC}");
            }
        });
    }

    private static void CompareFunction(SeamFunction theirs, SeamFunction ours, Dictionary<string, string> handles, List<string> found)
    {
        string result = handles.GetValueOrDefault(ours.Result, ours.Result);
        if (theirs.Result != result)
        {
            found.Add($"{ours.Name} returns {result}, in C {theirs.Result}");
        }
        SeamParameter[] parameters = [.. ours.Parameters.Select(parameter => parameter with { Type = handles.GetValueOrDefault(parameter.Type, parameter.Type) })];
        if (!theirs.Parameters.SequenceEqual(parameters))
        {
            found.Add($"{ours.Name} takes ({string.Join(", ", parameters.Select(Show))}), in C ({string.Join(", ", theirs.Parameters.Select(Show))})");
        }
        string[] passed = [.. theirs.Parameters.Select(parameter => parameter.Type).Prepend(theirs.Result).Select(Passed)];
        if (!passed.SequenceEqual(ours.Passed, StringComparer.Ordinal))
        {
            found.Add($"{ours.Name} passes ({string.Join(", ", ours.Passed)}), C expects ({string.Join(", ", passed)})");
        }
    }

    private static string Show(SeamParameter parameter) => $"{parameter.Type} {parameter.Name}";

    /// <summary>What is left of a type in a register.</summary>
    public static string Passed(string type) => type.EndsWith('*') || type.EndsWith(')') ? "pointer" : type;

    private static void Match<T>(string what, IReadOnlyList<T> native, IReadOnlyList<T> managed, Func<T, string> key, List<string> found, Action<T, T> compare)
    {
        ILookup<string, T> ours = managed.ToLookup(key, StringComparer.Ordinal);
        ILookup<string, T> theirs = native.ToLookup(key, StringComparer.Ordinal);
        found.AddRange(ours.Where(group => !theirs.Contains(group.Key)).Select(group => $"{what} {group.Key} is not in C"));
        found.AddRange(ours.Where(group => group.Count() > 1).Select(group => $"{what} {group.Key} is there {group.Count()} times"));
        foreach (IGrouping<string, T> group in theirs)
        {
            if (!ours.Contains(group.Key))
            {
                found.Add($"{what} {group.Key} is not in C#");
            }
            foreach (T item in ours[group.Key])
            {
                compare(group.First(), item);
            }
        }
    }
}
