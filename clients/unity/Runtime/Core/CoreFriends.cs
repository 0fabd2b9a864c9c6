using System.Runtime.CompilerServices;

// For the attribute that keeps messages from being stripped.
[assembly: InternalsVisibleTo("Streamario.Parts")]
