using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Serialization.Json;
using System.Text;
using UnityEngine;
using UnityEngine.Events;

namespace Streamario.Tests
{
    /// <summary>Scenes with a client, played by signatures/Playing.cs, and the client's sockets.</summary>
    static class Scenes
    {
        const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance;

        public static readonly List<ScriptedSocket> Sockets = new List<ScriptedSocket>();

        public static ScriptedSocket Socket => Sockets[Sockets.Count - 1];

        /// <summary>A script of a scene, wired to a client in the inspector.</summary>
        public sealed class Painter : MonoBehaviour
        {
            public List<long> Painted = new List<long>();
            public List<string> Pages = new List<string>();

            public void Paint(ViewerTrigger trigger) => Painted.Add(trigger.seq);
            public void Show(string page) => Pages.Add(page);
        }

        /// <summary>A script on the client's own object, which subscribes to events itself.</summary>
        public sealed class Sibling : MonoBehaviour
        {
            public readonly List<long> Heard = new List<long>();

            void Start()
            {
                GetComponent<StreamarioClient>().Game.Trigger += Hear;
            }

            void Hear(ViewerTrigger trigger) => Heard.Add(trigger.seq);
        }

        /// <summary>A scene: a client, and a script that is wired to it.</summary>
        public sealed class Level
        {
            public readonly StreamarioClient Client = On<StreamarioClient>(new GameObject());
            public readonly Painter Painter = On<Painter>(new GameObject());

            public Level()
            {
                Event<ViewerTrigger>(Client, "onTrigger").Wire(Painter, Painter.Paint);
                Event<string>(Client, "onViewerPage").Wire(Painter, Painter.Show);
            }

            public Level Load()
            {
                Playing.Load(Client.gameObject, Painter.gameObject);
                return this;
            }
        }

        /// <summary>A level whose client is in its new room.</summary>
        public static Level InRoom()
        {
            return Enter(new Level());
        }

        public static Level Enter(Level level, string page = "http://page")
        {
            Playing.Stop();
            Sockets.Clear();
            PlayerPrefs.Kept.Clear();
            JsonUtility.Reader = (type, json) => new DataContractJsonSerializer(type).ReadObject(
                new MemoryStream(Encoding.UTF8.GetBytes(json)));
            JsonUtility.Writer = Written;
            StreamarioClient.NewSocket = () =>
            {
                Sockets.Add(new ScriptedSocket());
                return Socket;
            };
            level.Load();
            Playing.Frame();
            Socket.BringRoom(page: page);
            Playing.Frame();
            return level;
        }

        static string Written(object value)
        {
            var stream = new MemoryStream();
            new DataContractJsonSerializer(value.GetType()).WriteObject(stream, value);
            return Encoding.UTF8.GetString(stream.ToArray());
        }

        public static void Frames(int count)
        {
            for (var frame = 0; frame < count; frame++) Playing.Frame();
        }

        public static string[] Acks()
        {
            return Socket.Sent.Where(text => text.Contains("\"ack\"")).ToArray();
        }

        public static T On<T>(GameObject thing) where T : MonoBehaviour, new()
        {
            var script = new T { gameObject = thing };
            thing.Scripts.Add(script);
            return script;
        }

        public static UnityEvent<T> Event<T>(StreamarioClient client, string field)
        {
            return (UnityEvent<T>)typeof(StreamarioClient).GetField(field, Private).GetValue(client);
        }

        public static void Set(StreamarioClient client, string field, object value)
        {
            typeof(StreamarioClient).GetField(field, Private).SetValue(client, value);
        }

        public static void Focus(StreamarioClient client, bool inFront)
        {
            typeof(StreamarioClient).GetMethod("OnApplicationFocus", Private)
                .Invoke(client, new object[] { inFront });
        }
    }
}
