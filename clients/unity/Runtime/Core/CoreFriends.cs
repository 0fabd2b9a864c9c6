using System.Runtime.CompilerServices;

// For the attribute that keeps messages from being stripped.
[assembly: InternalsVisibleTo("Streamario.Parts")]
// For the end of what is awaited, and for requests with the room's token.
[assembly: InternalsVisibleTo("Streamario.Unity")]
