using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Streamario.Unity")]
[assembly: InternalsVisibleTo("Streamario.Editor")]
[assembly: InternalsVisibleTo("Streamario.Tests")]
