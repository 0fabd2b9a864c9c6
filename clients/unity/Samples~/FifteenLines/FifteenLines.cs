using Streamario;
using UnityEngine;

public sealed class FifteenLines : MonoBehaviour
{
    async void Start()
    {
        var game = StreamarioClient.Instance.Game;
        game.Trigger += Throw;
        var room = await game.OpenAsync();
        await game.StartRoundAsync();
        Debug.Log("Viewers press at " + room.WebUrl);
    }

    void Throw(ViewerTrigger trigger)
    {
        var cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
        cube.AddComponent<Rigidbody>().AddForce(Vector3.up * 10, ForceMode.VelocityChange);
        Destroy(cube, 4);
    }
}
