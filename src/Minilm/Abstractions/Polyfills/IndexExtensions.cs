#if !NET9_0_OR_GREATER
namespace System.Linq;

internal static class IndexExtensions
{
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) => source.Select((item, index) => (index, item));
}
#endif
