using UnityEngine;

namespace Streamario.Samples
{
    /// <summary>Throws as many cubes into the air as a trigger took presses. The inspector of the Streamario
    /// Client calls it.</summary>
    public sealed class Fountain : MonoBehaviour
    {
        const int Most = 30;
        const float Lifetime = 4; // s

        [SerializeField]
        Color color = Color.cyan;

        public void Throw(ViewerTrigger trigger)
        {
            for (var i = 0; i < Mathf.Min(trigger.trigger_count, Most); i++) Throw();
        }

        void Throw()
        {
            var cube = GameObject.CreatePrimitive(PrimitiveType.Cube);
            cube.transform.position = transform.position + Random.insideUnitSphere;
            cube.transform.localScale = Vector3.one * 0.3f;
            cube.GetComponent<Renderer>().material.color = color;
            cube.AddComponent<Rigidbody>().AddForce(
                Vector3.up * 9 + Random.insideUnitSphere * 3, ForceMode.VelocityChange);
            Destroy(cube, Lifetime);
        }
    }
}
