using System;
using System.Text;

namespace Streamario
{
    /// <summary>A QR code (ISO/IEC 18004): byte mode, versions 1 to 10, error correction level M.</summary>
    public sealed class QrCode
    {
        /// <summary>The most bytes of UTF-8 that fit.</summary>
        public const int Capacity = 213;

        readonly QrModules _modules;

        QrCode(QrModules modules)
        {
            _modules = modules;
        }

        /// <summary>The number of modules of a side, without the quiet zone of four that a reader needs
        /// around it.</summary>
        public int Size => _modules.Size;

        /// <summary>Whether a module is dark; x to the right, y downwards, from 0.</summary>
        public bool IsDark(int x, int y)
        {
            return _modules.Dark[y, x];
        }

        /// <summary>The code of a text, in the smallest version that holds it. Throws ArgumentException if it
        /// has more than Capacity bytes.</summary>
        public static QrCode Of(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var version = QrVersion.For(bytes.Length);
            var codewords = QrCodewords.Of(bytes, version);
            QrModules best = null;
            for (var mask = 0; mask < 8; mask++)
            {
                var masked = new QrModules(version, codewords, mask);
                if (best == null || masked.Penalty < best.Penalty) best = masked;
            }
            return new QrCode(best);
        }
    }

    /// <summary>A row of the standard's tables for level M (tables 7, 9 and E.1).</summary>
    sealed class QrVersion
    {
        static readonly QrVersion[] All =
        {
            new QrVersion(1, 26, 10, 1),
            new QrVersion(2, 44, 16, 1, 6, 18),
            new QrVersion(3, 70, 26, 1, 6, 22),
            new QrVersion(4, 100, 18, 2, 6, 26),
            new QrVersion(5, 134, 24, 2, 6, 30),
            new QrVersion(6, 172, 16, 4, 6, 34),
            new QrVersion(7, 196, 18, 4, 6, 22, 38),
            new QrVersion(8, 242, 22, 4, 6, 24, 42),
            new QrVersion(9, 292, 22, 5, 6, 26, 46),
            new QrVersion(10, 346, 26, 5, 6, 28, 50),
        };

        public readonly int Number;

        /// <summary>Codewords of data and error correction together.</summary>
        public readonly int Codewords;

        /// <summary>Error correction codewords of each block.</summary>
        public readonly int Correction;

        public readonly int Blocks;

        /// <summary>The coordinates of the centres of alignment patterns.</summary>
        public readonly int[] Alignment;

        QrVersion(int number, int codewords, int correction, int blocks, params int[] alignment)
        {
            Number = number;
            Codewords = codewords;
            Correction = correction;
            Blocks = blocks;
            Alignment = alignment;
        }

        public int Size => 17 + 4 * Number;

        public int DataCodewords => Codewords - Correction * Blocks;

        /// <summary>The bits of the number of bytes.</summary>
        public int LengthBits => Number < 10 ? 8 : 16;

        /// <summary>The smallest version that holds so many bytes after the mode's 4 bits and the
        /// length.</summary>
        public static QrVersion For(int bytes)
        {
            foreach (var version in All)
                if (4 + version.LengthBits + 8 * bytes <= 8 * version.DataCodewords) return version;
            throw new ArgumentException("A QR code here holds " + QrCode.Capacity + " bytes, not " + bytes + ".");
        }
    }
}
