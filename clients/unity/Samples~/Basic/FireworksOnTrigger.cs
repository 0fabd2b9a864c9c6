using System.Collections;
using Streamario;
using UnityEngine;

/// <summary>Throws cubes into the air at every trigger. Add it to an empty object in an empty
/// scene.</summary>
/// <remarks>S starts a round, E ends it. Show the page on the stream, or run `streamario
/// simulate`.</remarks>
[RequireComponent(typeof(StreamarioClient))]
public sealed class FireworksOnTrigger : MonoBehaviour
{
    const float Lifetime = 4;

    GameClient _game;
    string _last = "";

    // Unity calls this again after a recompile in Play mode, but not Start.
    void OnEnable()
    {
        _game = GetComponent<StreamarioClient>().Game;
        _game.Trigger += Fire;
        _game.RoundEnded += Congratulate;
    }

    void OnDisable()
    {
        _game.Trigger -= Fire;
        _game.RoundEnded -= Congratulate;
    }

    void Fire(ViewerTrigger trigger)
    {
        _last = trigger.HasViewerName ? trigger.event_type + ": " + trigger.viewer_name : trigger.event_type;
        var color = trigger.event_type.StartsWith("enemy") ? Color.red : Color.cyan;
        for (var i = 0; i < trigger.trigger_count; i++) Throw(color);
        StartCoroutine(Answer(trigger));
    }

    IEnumerator Answer(ViewerTrigger trigger)
    {
        _game.Lasting(trigger, Lifetime);
        yield return new WaitForSeconds(Lifetime);
        _game.Done(trigger);
    }

    void Throw(Color color)
    {
        var spark = GameObject.CreatePrimitive(PrimitiveType.Cube);
        spark.transform.position = transform.position;
        spark.transform.localScale = Vector3.one * 0.3f;
        spark.GetComponent<Renderer>().material.color = color;
        var body = spark.AddComponent<Rigidbody>();
        body.AddForce(Vector3.up * 8 + Random.insideUnitSphere * 4, ForceMode.VelocityChange);
        Destroy(spark, Lifetime);
    }

    void Congratulate(GameEndSummary summary)
    {
        _last = summary.HasTopOverall && summary.top_overall.HasViewerName
            ? "Round " + summary.round + ": " + summary.top_overall.viewer_name + " pressed most"
            : "Round " + summary.round + " is over";
    }

    void OnGUI()
    {
        GUI.skin.label.richText = false; // viewers choose their names
        GUILayout.Label(_game.State + ", " + _game.Viewers + " viewers. " + _last);
        if (_game.WebUrl != "") GUILayout.TextField(_game.WebUrl);
        if (!_game.InRound && (GUILayout.Button("Start (S)") || Pressed(KeyCode.S))) _game.StartRound();
        else if (_game.InRound && (GUILayout.Button("End (E)") || Pressed(KeyCode.E))) _game.EndRound();
    }

    static bool Pressed(KeyCode key)
    {
        return Event.current.type == EventType.KeyDown && Event.current.keyCode == key;
    }
}
