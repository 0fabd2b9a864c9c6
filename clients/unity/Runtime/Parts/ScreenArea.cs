namespace Streamario
{
    /// <summary>The part of the screen that no notch and no rounded corner covers, y downwards as IMGUI has
    /// it.</summary>
    struct ScreenArea
    {
        public readonly float Left;
        public readonly float Top;
        public readonly float Right;
        public readonly float Bottom;

        /// <param name="x">With y, the lower left corner of Unity's safe area, y upwards.</param>
        public ScreenArea(float screenWidth, float screenHeight, float x, float y, float width, float height)
        {
            // Some devices tell an empty area until the first frame is drawn.
            var isKnown = width > 0 && height > 0;
            Left = isKnown ? x : 0;
            Top = isKnown ? screenHeight - y - height : 0;
            Right = isKnown ? x + width : screenWidth;
            Bottom = isKnown ? screenHeight - y : screenHeight;
        }
    }
}
