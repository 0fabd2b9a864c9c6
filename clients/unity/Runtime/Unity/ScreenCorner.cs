namespace Streamario
{
    /// <summary>Where the HUD and the toasts are drawn.</summary>
    public enum ScreenCorner
    {
        TopLeft,
        TopRight,
        BottomLeft,
        BottomRight,
    }
}
