using System;

namespace Streamario
{
    /// <summary>Stops Unity's code stripping from removing a class that only JsonUtility creates.</summary>
    /// <remarks>Unity's linker recognises the attribute by its name, so no reference to Unity is needed. A
    /// link.xml would not work: Unity ignores it in packages.</remarks>
    [AttributeUsage(AttributeTargets.Class)]
    sealed class PreserveAttribute : Attribute
    {
    }
}
