using System;
using System.Collections.Generic;
using System.Linq;
using Streamario.Messages;

namespace Streamario.Tests
{
    /// <summary>Runs every scenario and prints a line for each: "ok NAME", or "FAILED NAME: why".</summary>
    static class Scenario
    {
        static void Main()
        {
            foreach (var type in typeof(Scenario).Assembly.GetTypes().Where(t => t.Name.EndsWith("Scenarios")))
                foreach (var method in type.GetMethods().Where(m => m.DeclaringType == type && m.IsStatic))
                    Console.WriteLine(Run(type.Name + "." + method.Name, () => method.Invoke(null, null)));
        }

        static string Run(string name, Action scenario)
        {
            try
            {
                scenario();
                return "ok " + name;
            }
            catch (Exception problem)
            {
                var cause = problem.InnerException ?? problem;
                return "FAILED " + name + ": " + cause.ToString().Replace("\n", " ");
            }
        }

        public static void Equal<T>(T expected, T actual)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
                throw new InvalidOperationException("expected " + expected + ", was " + actual);
        }

        public static void Same<T>(IEnumerable<T> actual, params T[] expected)
        {
            Equal(string.Join(" ", expected), string.Join(" ", actual));
        }

        /// <summary>The acknowledgement as it is sent.</summary>
        public static string Ack(long seq, long epoch = 1)
        {
            return new ContractJson().Write(new Ack { epoch = epoch, seq = seq });
        }

        public static void True(bool fact, string claim)
        {
            if (!fact) throw new InvalidOperationException("not so: " + claim);
        }
    }
}
