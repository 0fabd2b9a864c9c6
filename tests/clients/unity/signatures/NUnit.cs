// The parts of Unity's test framework that the package's own tests use, to compile against.
using System;

namespace NUnit.Framework
{
    public sealed class SetUpAttribute : Attribute
    {
    }

    public sealed class TearDownAttribute : Attribute
    {
    }

    public static class Assert
    {
        public static void AreSame(object expected, object actual) { }
        public static void AreEqual(object expected, object actual) { }
        public static void IsTrue(bool condition) { }
        public static void IsFalse(bool condition) { }
    }
}

namespace UnityEngine.TestTools
{
    public sealed class UnityTestAttribute : Attribute
    {
    }
}
