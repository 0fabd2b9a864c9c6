using System;

namespace Streamario
{
    /// <summary>The modules of a QR code under one of the eight masks.</summary>
    sealed class QrModules
    {
        const int FormatDivisor = 0x537;
        const int FormatMask = 0x5412;
        const int VersionDivisor = 0x1F25;

        static readonly bool[] Finder = { true, false, true, true, true, false, true };

        public readonly int Size;
        public readonly bool[,] Dark; // row, column
        public readonly int Penalty;

        readonly QrVersion _version;
        readonly bool[,] _isPattern;

        public QrModules(QrVersion version, byte[] codewords, int mask)
        {
            _version = version;
            Size = version.Size;
            Dark = new bool[Size, Size];
            _isPattern = new bool[Size, Size];
            DrawPatterns();
            DrawFormat(mask);
            DrawVersion();
            DrawCodewords(codewords, mask);
            Penalty = Runs() + Boxes() + Finders() + Balance();
        }

        void Pattern(int row, int column, bool dark)
        {
            Dark[row, column] = dark;
            _isPattern[row, column] = true;
        }

        void DrawPatterns()
        {
            for (var i = 0; i < Size; i++)
            {
                Pattern(6, i, i % 2 == 0);
                Pattern(i, 6, i % 2 == 0);
            }
            DrawFinder(3, 3);
            DrawFinder(3, Size - 4);
            DrawFinder(Size - 4, 3);
            DrawAlignment();
        }

        // With the light ring around it.
        void DrawFinder(int row, int column)
        {
            for (var y = -4; y <= 4; y++)
            {
                for (var x = -4; x <= 4; x++)
                {
                    if (row + y < 0 || row + y >= Size || column + x < 0 || column + x >= Size) continue;
                    var ring = Math.Max(Math.Abs(x), Math.Abs(y));
                    Pattern(row + y, column + x, ring != 2 && ring != 4);
                }
            }
        }

        void DrawAlignment()
        {
            foreach (var row in _version.Alignment)
                foreach (var column in _version.Alignment)
                    if (!(row == 6 && (column == 6 || column == Size - 7)) && !(column == 6 && row == Size - 7))
                        DrawAlignment(row, column);
        }

        void DrawAlignment(int row, int column)
        {
            for (var y = -2; y <= 2; y++)
                for (var x = -2; x <= 2; x++)
                    Pattern(row + y, column + x, Math.Max(Math.Abs(x), Math.Abs(y)) != 1);
        }

        // Level M is 0, so the format's five bits are the mask.
        void DrawFormat(int mask)
        {
            var bits = (mask << 10 | Check(mask, FormatDivisor, 10)) ^ FormatMask;
            for (var i = 0; i < 15; i++)
            {
                var dark = (bits >> i & 1) != 0;
                Pattern(i < 6 ? i : i < 8 ? i + 1 : Size - 15 + i, 8, dark);
                Pattern(8, i < 8 ? Size - 1 - i : i < 9 ? 15 - i : 14 - i, dark);
            }
            Pattern(Size - 8, 8, true);
        }

        void DrawVersion()
        {
            if (_version.Number < 7) return;
            var bits = _version.Number << 12 | Check(_version.Number, VersionDivisor, 12);
            for (var i = 0; i < 18; i++)
            {
                var dark = (bits >> i & 1) != 0;
                Pattern(i / 3, Size - 11 + i % 3, dark);
                Pattern(Size - 11 + i % 3, i / 3, dark);
            }
        }

        // The remainder of a BCH code.
        static int Check(int value, int divisor, int bits)
        {
            var remainder = value;
            for (var i = 0; i < bits; i++)
                remainder = remainder << 1 ^ (remainder >> (bits - 1) & 1) * divisor;
            return remainder & (1 << bits) - 1;
        }

        // In columns of two, upwards and downwards in turn, from the right; the timing pattern's is left out.
        void DrawCodewords(byte[] codewords, int mask)
        {
            var next = 0;
            for (var right = Size - 1; right > 0; right -= 2)
            {
                if (right == 6) right--;
                var upwards = (right + 1 & 2) == 0;
                for (var i = 0; i < Size; i++)
                {
                    var row = upwards ? Size - 1 - i : i;
                    for (var column = right; column >= right - 1; column--)
                    {
                        if (_isPattern[row, column]) continue;
                        var bit = next < codewords.Length * 8 && (codewords[next / 8] >> 7 - next % 8 & 1) != 0;
                        Dark[row, column] = bit ^ Inverts(mask, row, column);
                        next++;
                    }
                }
            }
        }

        static bool Inverts(int mask, int row, int column)
        {
            switch (mask)
            {
                case 0: return (row + column) % 2 == 0;
                case 1: return row % 2 == 0;
                case 2: return column % 3 == 0;
                case 3: return (row + column) % 3 == 0;
                case 4: return (row / 2 + column / 3) % 2 == 0;
                case 5: return row * column % 2 + row * column % 3 == 0;
                case 6: return (row * column % 2 + row * column % 3) % 2 == 0;
                default: return ((row + column) % 2 + row * column % 3) % 2 == 0;
            }
        }

        bool At(int line, int place, bool inRow)
        {
            return inRow ? Dark[line, place] : Dark[place, line];
        }

        // Five or more of one colour in a line.
        int Runs()
        {
            var penalty = 0;
            for (var line = 0; line < Size; line++)
                penalty += Runs(line, true) + Runs(line, false);
            return penalty;
        }

        int Runs(int line, bool inRow)
        {
            int penalty = 0, length = 1;
            for (var place = 1; place <= Size; place++)
            {
                if (place < Size && At(line, place, inRow) == At(line, place - 1, inRow))
                {
                    length++;
                    continue;
                }
                if (length >= 5) penalty += length - 2;
                length = 1;
            }
            return penalty;
        }

        // Two by two of one colour.
        int Boxes()
        {
            var penalty = 0;
            for (var row = 1; row < Size; row++)
            {
                for (var column = 1; column < Size; column++)
                {
                    var dark = Dark[row, column];
                    if (dark == Dark[row - 1, column] && dark == Dark[row, column - 1]
                        && dark == Dark[row - 1, column - 1]) penalty += 3;
                }
            }
            return penalty;
        }

        // What looks like a finder pattern, with four light modules before or after it.
        int Finders()
        {
            var penalty = 0;
            for (var line = 0; line < Size; line++)
                for (var from = 0; from + Finder.Length <= Size; from++)
                    penalty += Finders(line, from, true) + Finders(line, from, false);
            return penalty;
        }

        int Finders(int line, int from, bool inRow)
        {
            for (var i = 0; i < Finder.Length; i++)
                if (At(line, from + i, inRow) != Finder[i]) return 0;
            return IsLight(line, from - 4, inRow) || IsLight(line, from + Finder.Length, inRow) ? 40 : 0;
        }

        // Around the symbol it is light.
        bool IsLight(int line, int from, bool inRow)
        {
            for (var place = Math.Max(from, 0); place < Math.Min(from + 4, Size); place++)
                if (At(line, place, inRow)) return false;
            return true;
        }

        // Ten for each five per cent that dark modules differ from a half.
        int Balance()
        {
            var dark = 0;
            foreach (var each in Dark)
                if (each) dark++;
            return Math.Abs(dark * 20 - Size * Size * 10) / (Size * Size) * 10;
        }
    }
}
