using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Streamario.Editor")]
[assembly: InternalsVisibleTo("Streamario.Tests")]
