using UnityEngine;

namespace Streamario
{
    /// <summary>Draws things one below the other in a corner of the screen's safe area, or one above the other at
    /// the bottom.</summary>
    /// <remarks>Sizes are of a screen of 1,080 lines. Use it in one repaint of OnGUI.</remarks>
    struct HudPanel
    {
        const float Lines = 1080;
        const float Width = 216;
        const float Margin = 24;
        const float Gap = 6;
        const float Row = 34;

        static readonly Color Ground = new Color(0, 0, 0, 0.65f);
        static readonly Color Unusable = new Color(0.5f, 0.5f, 0.5f, 0.8f);
        static readonly Color Usual = new Color(0.29f, 0.58f, 1, 0.9f);

        static GUIStyle _line;
        static GUIStyle _heading;

        readonly ScreenArea _area;
        readonly bool _isRight;
        readonly bool _isBottom;
        readonly float _unit;
        float _offset;

        public HudPanel(ScreenCorner corner, float scale, Font font)
        {
            var safe = Screen.safeArea;
            _area = new ScreenArea(Screen.width, Screen.height, safe.x, safe.y, safe.width, safe.height);
            _isRight = corner == ScreenCorner.TopRight || corner == ScreenCorner.BottomRight;
            _isBottom = corner == ScreenCorner.BottomLeft || corner == ScreenCorner.BottomRight;
            _unit = Screen.height / Lines * scale;
            _offset = Margin;
            if (_line == null) MakeStyles();
            _line.font = _heading.font = font != null ? font : GUI.skin.font;
            _line.fontSize = Mathf.RoundToInt(20 * _unit);
            _heading.fontSize = Mathf.RoundToInt(30 * _unit);
        }

        public void QrCode(Texture2D code)
        {
            // A module is a whole number of pixels, or cameras cannot read it.
            var side = Mathf.Max(1, Mathf.FloorToInt(Width * _unit / code.width)) * code.width;
            var place = Next(side / _unit);
            if (_isRight) place.x += place.width - side;
            GUI.DrawTexture(new Rect(Mathf.Round(place.x), Mathf.Round(place.y), side, side), code);
        }

        public void Code(string code)
        {
            var place = Next(44);
            Fill(place, Ground);
            Write(place, code, _heading);
        }

        public void Button(ButtonProgress button)
        {
            var place = Next(Row);
            Fill(place, Ground);
            Fill(new Rect(place.x, place.y, place.width * (float)button.Share, place.height), ColorOf(button));
            Write(place, button.Label + "  " + button.Presses + " / " + button.Needed, _line);
        }

        public void Line(string text)
        {
            var place = Next(Row);
            Fill(place, Ground);
            Write(place, text, _line);
        }

        Rect Next(float height)
        {
            var x = _isRight ? _area.Right - (Margin + Width) * _unit : _area.Left + Margin * _unit;
            var y = _isBottom ? _area.Bottom - (_offset + height) * _unit : _area.Top + _offset * _unit;
            _offset += height + Gap;
            return new Rect(x, y, Width * _unit, height * _unit);
        }

        static void Fill(Rect place, Color color)
        {
            GUI.DrawTexture(place, Texture2D.whiteTexture, ScaleMode.StretchToFill, true, 0, color, 0, 0);
        }

        // A long name becomes smaller. Unity's own labels would break it into lines that the row cuts off.
        static void Write(Rect place, string text, GUIStyle style)
        {
            var size = style.fontSize;
            var width = style.CalcSize(new GUIContent(text)).x;
            if (width > place.width) style.fontSize = Mathf.Max(1, Mathf.FloorToInt(size * place.width / width));
            GUI.Label(place, text, style);
            style.fontSize = size;
        }

        static Color ColorOf(ButtonProgress button)
        {
            Color color;
            if (!button.IsUsable) return Unusable;
            return ColorUtility.TryParseHtmlString(button.Color, out color) ? color : Usual;
        }

        // GUI.skin is there only during OnGUI.
        static void MakeStyles()
        {
            _line = new GUIStyle(GUI.skin.label)
            {
                alignment = TextAnchor.MiddleCenter,
                clipping = TextClipping.Clip,
                wordWrap = false,
                richText = false, // viewers choose their names
            };
            _line.normal.textColor = Color.white;
            _heading = new GUIStyle(_line) { fontStyle = FontStyle.Bold };
        }
    }
}
