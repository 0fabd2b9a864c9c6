using System;
using System.Collections.Generic;

namespace Streamario
{
    /// <summary>The codewords of a QR code: data, padding, and Reed-Solomon error correction,
    /// interleaved.</summary>
    static class QrCodewords
    {
        const int ByteMode = 4;
        const int Field = 0x11D; // x^8 + x^4 + x^3 + x^2 + 1

        public static byte[] Of(byte[] bytes, QrVersion version)
        {
            return Interleaved(Data(bytes, version), version);
        }

        static byte[] Data(byte[] bytes, QrVersion version)
        {
            var bits = new List<bool>();
            Append(bits, ByteMode, 4);
            Append(bits, bytes.Length, version.LengthBits);
            foreach (var each in bytes) Append(bits, each, 8);
            var room = 8 * version.DataCodewords;
            Append(bits, 0, Math.Min(4, room - bits.Count)); // the terminator
            Append(bits, 0, (8 - bits.Count % 8) % 8);
            for (var pad = 0xEC; bits.Count < room; pad ^= 0xEC ^ 0x11) Append(bits, pad, 8);
            return Packed(bits);
        }

        static void Append(List<bool> bits, int value, int count)
        {
            for (var i = count - 1; i >= 0; i--) bits.Add((value >> i & 1) != 0);
        }

        static byte[] Packed(List<bool> bits)
        {
            var bytes = new byte[bits.Count / 8];
            for (var i = 0; i < bits.Count; i++)
                if (bits[i]) bytes[i / 8] |= (byte)(0x80 >> i % 8);
            return bytes;
        }

        // The last blocks are a codeword longer where the data does not divide evenly.
        static byte[] Interleaved(byte[] data, QrVersion version)
        {
            var shorter = data.Length / version.Blocks;
            var firstLonger = version.Blocks - data.Length % version.Blocks;
            var divisor = Divisor(version.Correction);
            var blocks = new List<byte[]>();
            var corrections = new List<byte[]>();
            for (int i = 0, from = 0; i < version.Blocks; i++)
            {
                var block = new byte[i < firstLonger ? shorter : shorter + 1];
                Array.Copy(data, from, block, 0, block.Length);
                from += block.Length;
                blocks.Add(block);
                corrections.Add(Remainder(block, divisor));
            }
            var codewords = new List<byte>();
            Weave(codewords, blocks, shorter + 1);
            Weave(codewords, corrections, version.Correction);
            return codewords.ToArray();
        }

        static void Weave(List<byte> codewords, List<byte[]> blocks, int longest)
        {
            for (var i = 0; i < longest; i++)
                foreach (var block in blocks)
                    if (i < block.Length) codewords.Add(block[i]);
        }

        // The product of (x - 2^i) for i below the degree, without its leading 1.
        static byte[] Divisor(int degree)
        {
            var divisor = new byte[degree];
            divisor[degree - 1] = 1;
            byte root = 1;
            for (var i = 0; i < degree; i++)
            {
                for (var j = 0; j < degree; j++)
                {
                    divisor[j] = Product(divisor[j], root);
                    if (j + 1 < degree) divisor[j] ^= divisor[j + 1];
                }
                root = Product(root, 2);
            }
            return divisor;
        }

        static byte[] Remainder(byte[] block, byte[] divisor)
        {
            var remainder = new byte[divisor.Length];
            foreach (var each in block)
            {
                var factor = (byte)(each ^ remainder[0]);
                Array.Copy(remainder, 1, remainder, 0, remainder.Length - 1);
                remainder[remainder.Length - 1] = 0;
                for (var i = 0; i < remainder.Length; i++) remainder[i] ^= Product(divisor[i], factor);
            }
            return remainder;
        }

        static byte Product(byte one, byte other)
        {
            var product = 0;
            for (var i = 7; i >= 0; i--)
            {
                product = product << 1 ^ (product >> 7) * Field;
                product ^= (other >> i & 1) * one;
            }
            return (byte)product;
        }
    }
}
