namespace Minilm.Tests.Interop;

/// <summary>Breaks the managed side on purpose, in a copy of what was read, and sees the comparison of <see cref="SeamProofTests"/> report it.</summary>
public sealed class SeamMutationTests
{
    private const int LeastMutations = 60;

    private SeamTable _native = null!;
    private SeamTable _managed = null!;

    [OneTimeSetUp]
    public void Read()
    {
        _native = NativeSide.Read();
        _managed = ManagedSide.Read(_native, SeamProofTests.OwnEnums);
    }

    [Test]
    public void Every_mutation_is_caught()
    {
        (string What, SeamTable Table)[] mutations = [.. StructMutations(), .. FunctionMutations(), .. ConstantMutations(), .. HandleMutations()];

        string[] missed = [.. mutations.Where(mutation => SeamComparison.Differences(_native, mutation.Table).Count == 0).Select(mutation => mutation.What)];

        TestContext.Out.WriteLine($"{mutations.Length} mutations, {mutations.Length - missed.Length} caught");
        Assert.Multiple(() =>
        {
            Assert.That(SeamComparison.Differences(_native, _managed), Is.Empty, "without a mutation");
            Assert.That(missed, Is.Empty);
            Assert.That(mutations, Has.Length.AtLeast(LeastMutations));
            Assert.That(mutations.DistinctBy(mutation => mutation.What).Count(), Is.EqualTo(mutations.Length));
        });
    }

    private IEnumerable<(string What, SeamTable Table)> StructMutations()
    {
        foreach (SeamStruct item in _managed.Structs)
        {
            SeamTable With(SeamStruct other) => _managed with { Structs = Replace(_managed.Structs, item, other) };
            SeamTable WithField(SeamField field, SeamField other) => With(item with { Fields = Replace(item.Fields, field, other) });

            yield return ($"{item.Name}: gone", _managed with { Structs = [.. _managed.Structs.Where(other => other != item)] });
            yield return ($"{item.Name}: 8 bytes longer", With(item with { Size = item.Size + 8 }));
            yield return ($"{item.Name}: last field gone", With(item with { Fields = [.. item.Fields.SkipLast(1)] }));
            for (int i = 0; i + 1 < item.Fields.Count; i++)
            {
                (SeamField first, SeamField second) = (item.Fields[i], item.Fields[i + 1]);
                yield return ($"{item.Name}: {first.Name} and {second.Name} swapped", With(item with
                {
                    Fields = Replace(Replace(item.Fields, first, first with { Name = second.Name }), second, second with { Name = first.Name }),
                }));
            }
            foreach (SeamField field in item.Fields)
            {
                SeamField other = field.Kind switch
                {
                    "floating" => field with { Type = "double", Size = 8 },
                    "signed" => field with { Type = $"u{field.Type}", Kind = "unsigned" },
                    "unsigned" => field with { Type = field.Type.TrimStart('u'), Kind = "signed" },
                    "bool" => field with { Type = "uint8_t", Kind = "unsigned" },
                    _ => field with { Type = "double*" },
                };
                yield return ($"{item.Name}.{field.Name}: {field.Type} as {other.Type}", WithField(field, other));
            }
        }
    }

    private IEnumerable<(string What, SeamTable Table)> FunctionMutations()
    {
        foreach (SeamFunction item in _managed.Functions)
        {
            SeamTable With(SeamFunction other) => _managed with { Functions = Replace(_managed.Functions, item, other) };

            string result = item.Result is "int32_t" ? "uint32_t" : item.Result is "void" ? "bool" : "int32_t";
            yield return ($"{item.Name}: gone", _managed with { Functions = [.. _managed.Functions.Where(other => other != item)] });
            yield return ($"{item.Name}: returns {result}", With(item with { Result = result }));
            yield return ($"{item.Name}: a result that is passed in another way", With(item with { Passed = [item.Passed[0] == "float" ? "double" : "float", .. item.Passed.Skip(1)] }));
            if (item.Parameters.Count == 0)
            {
                continue;
            }
            yield return ($"{item.Name}: last parameter dropped", With(item with { Parameters = [.. item.Parameters.SkipLast(1)] }));
            foreach (SeamParameter parameter in item.Parameters)
            {
                string type = OtherType(parameter.Type);
                yield return ($"{item.Name}: {parameter.Name} as {type}", With(item with { Parameters = Replace(item.Parameters, parameter, parameter with { Type = type }) }));
            }
            for (int i = 0; i + 1 < item.Parameters.Count; i++)
            {
                (SeamParameter first, SeamParameter second) = (item.Parameters[i], item.Parameters[i + 1]);
                yield return ($"{item.Name}: {first.Name} and {second.Name} swapped", With(item with { Parameters = [.. item.Parameters.Take(i), second, first, .. item.Parameters.Skip(i + 2)] }));
            }
        }
    }

    private string OtherType(string type) => type switch
    {
        "float" => "double",
        "int32_t" => "uint32_t",
        "bool" => "uint8_t",
        "size_t" => "int32_t",
        _ => _managed.Handles.FirstOrDefault(handle => handle.Name != type && _managed.Handles.Any(own => own.Name == type))?.Name ?? "int32_t",
    };

    private IEnumerable<(string What, SeamTable Table)> ConstantMutations()
    {
        foreach (SeamConstant item in _managed.Constants.Where(item => _native.Constants.First(other => (other.Type, other.Member) == (item.Type, item.Member)).Value is not null))
        {
            yield return ($"{item.Type}.{item.Member}: one more", _managed with { Constants = Replace(_managed.Constants, item, item with { Value = item.Value + 1 }) });
        }
        foreach (IGrouping<string, SeamConstant> type in _managed.Constants.GroupBy(item => item.Type, StringComparer.Ordinal))
        {
            yield return ($"{type.Key}: a member that C does not have", _managed with { Constants = [.. _managed.Constants, new SeamConstant(type.Key, "Invented", 1)] });
            yield return ($"{type.Key}: a member gone", _managed with { Constants = [.. _managed.Constants.Where(item => item != type.First())] });
        }
    }

    private IEnumerable<(string What, SeamTable Table)> HandleMutations()
    {
        foreach (SeamHandle item in _managed.Handles)
        {
            SeamHandle other = _managed.Handles.First(another => another.Type != item.Type);
            yield return ($"{item.Name}: stands for {other.Type}", _managed with { Handles = Replace(_managed.Handles, item, item with { Type = other.Type }) });
            yield return ($"{item.Name}: a second handle type for {item.Type}", _managed with { Handles = [.. _managed.Handles, new SeamHandle("Second", item.Type)] });
        }
    }

    private static T[] Replace<T>(IReadOnlyList<T> items, T old, T other)
        where T : class => [.. items.Select(item => ReferenceEquals(item, old) ? other : item)];
}
