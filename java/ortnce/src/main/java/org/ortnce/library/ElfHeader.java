package org.ortnce.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * Refuses a file that the dynamic loader could not map, before ONNX Runtime hands it over: the
 * loader's own messages do not say what is wrong, and a cut file can kill the process (SIGBUS).
 */
final class ElfHeader {
  static final int MACHINE_X86_64 = 62;
  static final int MACHINE_AARCH64 = 183;

  private static final int HEADER_BYTES = 64;
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int TYPE_SHARED = 3;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int SEGMENT_LOAD = 1;

  private ElfHeader() {}

  /**
   * Checks that {@code file} is a whole 64-bit shared library for {@code platform}.
   *
   * @throws NativeLibraryException naming the file and the reason
   */
  static void check(Path file, Platform platform) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = read(channel, 0, HEADER_BYTES);
      if (header.remaining() < 4 || header.getInt(0) != MAGIC) {
        byte[] first = new byte[Math.min(4, header.remaining())];
        header.get(first);
        throw refused(
            file,
            "it is not an ELF shared library: its first bytes are ["
                + HexFormat.ofDelimiter(" ").formatHex(first)
                + "], expected [7f 45 4c 46]");
      }
      if (header.remaining() < HEADER_BYTES) {
        throw refused(file, "it is cut off after " + header.remaining() + " bytes");
      }
      if (header.get(4) != CLASS_64 || header.get(5) != LITTLE_ENDIAN) {
        throw refused(file, "it is not a 64-bit little-endian ELF file");
      }
      int type = header.getShort(16);
      if (type != TYPE_SHARED) {
        throw refused(file, "it is an ELF file of type " + type + ", not a shared library (3)");
      }
      checkMachine(file, Short.toUnsignedInt(header.getShort(18)), platform);
      checkSegments(file, channel, header);
    }
  }

  private static void checkMachine(Path file, int machine, Platform platform) {
    OptionalInt wanted = platform.elfMachine();
    if (wanted.isPresent() && wanted.getAsInt() != machine) {
      throw refused(
          file,
          "it is built for "
              + machineName(machine)
              + ", this JVM runs on "
              + platform.osArch()
              + " and needs "
              + machineName(wanted.getAsInt()));
    }
  }

  private static void checkSegments(Path file, FileChannel channel, ByteBuffer header)
      throws IOException {
    long size = channel.size();
    long offset = header.getLong(32);
    int entryBytes = Short.toUnsignedInt(header.getShort(54));
    int entries = Short.toUnsignedInt(header.getShort(56));
    if (entryBytes < PROGRAM_HEADER_BYTES || entries == 0) {
      throw refused(file, "its ELF header lists no program headers");
    }
    ByteBuffer table = read(channel, Math.max(0, offset), entries * entryBytes);
    if (offset < 0 || table.remaining() < entries * entryBytes) {
      throw refused(file, "it is cut off: " + size + " bytes do not hold its program headers");
    }
    for (int i = 0; i < entries; i++) {
      int at = i * entryBytes;
      long start = table.getLong(at + 8);
      long length = table.getLong(at + 32);
      boolean inside = start >= 0 && length >= 0 && start <= size && length <= size - start;
      if (table.getInt(at) == SEGMENT_LOAD && !inside) {
        throw refused(
            file,
            "it is cut off: it has " + size + " bytes, segment " + i + " goes beyond its end");
      }
    }
  }

  /** Up to {@code length} bytes from {@code offset}, fewer at the end of the file. */
  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
    return bytes.flip();
  }

  private static String machineName(int machine) {
    return switch (machine) {
      case MACHINE_X86_64 -> "x64 (ELF machine 62)";
      case MACHINE_AARCH64 -> "aarch64 (ELF machine 183)";
      default -> "ELF machine " + machine;
    };
  }

  private static NativeLibraryException refused(Path file, String reason) {
    return new NativeLibraryException("cannot use native library " + file + ": " + reason);
  }
}
