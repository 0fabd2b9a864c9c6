using UnityEngine;

namespace Streamario
{
    /// <summary>Makes textures of QR codes.</summary>
    public static class QrTexture
    {
        const int Quiet = 4; // light modules around the code

        static readonly Color32 Light = new Color32(255, 255, 255, 255);
        static readonly Color32 Dark = new Color32(0, 0, 0, 255);

        /// <summary>A texture of a text, such as a URL: a pixel for each module and four light ones around,
        /// unfiltered. Show it at a whole multiple of its size, and destroy it when it is out of use. Throws
        /// ArgumentException if the text has more than QrCode.Capacity bytes.</summary>
        public static Texture2D Of(string text)
        {
            var code = QrCode.Of(text);
            var side = code.Size + 2 * Quiet;
            var texture = new Texture2D(side, side, TextureFormat.RGBA32, false)
            {
                filterMode = FilterMode.Point,
                wrapMode = TextureWrapMode.Clamp,
                hideFlags = HideFlags.HideAndDontSave,
            };
            texture.SetPixels32(Pixels(code, side));
            texture.Apply();
            return texture;
        }

        // A texture's rows go upwards.
        static Color32[] Pixels(QrCode code, int side)
        {
            var pixels = new Color32[side * side];
            for (var i = 0; i < pixels.Length; i++) pixels[i] = Light;
            for (var y = 0; y < code.Size; y++)
                for (var x = 0; x < code.Size; x++)
                    if (code.IsDark(x, y)) pixels[(side - 1 - Quiet - y) * side + Quiet + x] = Dark;
            return pixels;
        }
    }
}
