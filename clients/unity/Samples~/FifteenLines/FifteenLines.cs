using Streamario;
using UnityEngine;

public sealed class FifteenLines : MonoBehaviour
{
    async void Start()
    {
        var client = StreamarioClient.Instance;
        client.Game.Trigger += Throw;
        var room = await client.OpenAsync();
        await client.StartRoundAsync();
        Debug.Log("Viewers press at " + room.WebUrl);
    }

    void Throw(ViewerTrigger trigger)
    {
        var cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
        cube.AddComponent<Rigidbody>().AddForce(Vector3.up * 10, ForceMode.VelocityChange);
        Destroy(cube, 4);
    }
}
