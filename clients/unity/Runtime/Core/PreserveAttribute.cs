using System;

namespace Streamario
{
    /// <summary>Keeps a class that only JsonUtility makes in builds with stripped code.</summary>
    /// <remarks>Unity's linker knows the attribute by its name alone, so no reference to Unity is needed; a
    /// link.xml would not do, since it is not looked for in packages.</remarks>
    [AttributeUsage(AttributeTargets.Class)]
    sealed class PreserveAttribute : Attribute
    {
    }
}
