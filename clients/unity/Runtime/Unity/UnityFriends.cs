using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Streamario.Editor")]
