using System.Globalization;
using System.Xml.Linq;

namespace Minilm.Build;

/// <summary>Line coverage over any number of Cobertura reports: a line is covered when any test project runs it.</summary>
internal static class CoverageReport
{
    public static IEnumerable<string> Lines(string results, IEnumerable<string> assemblies)
    {
        if (!Directory.Exists(results))
        {
            return [];
        }
        var lines = from report in Directory.EnumerateFiles(results, "coverage.cobertura.xml", SearchOption.AllDirectories)
                    from package in XDocument.Load(report).Descendants("package")
                    from type in package.Descendants("class")
                    from line in type.Elements("lines").Elements("line")
                    select (
                        Assembly: package.Attribute("name")!.Value,
                        Place: (File: type.Attribute("filename")!.Value, Number: line.Attribute("number")!.Value),
                        IsHit: line.Attribute("hits")!.Value != "0");
        var places = lines.ToLookup(line => line.Assembly, StringComparer.Ordinal);
        return from assembly in assemblies
               where places.Contains(assembly)
               let hits = places[assembly].GroupBy(line => line.Place, line => line.IsHit).Select(place => place.Any(hit => hit)).ToList()
               select string.Create(CultureInfo.InvariantCulture, $"line coverage of {assembly}: {100.0 * hits.Count(hit => hit) / hits.Count:0.0} %");
    }
}
