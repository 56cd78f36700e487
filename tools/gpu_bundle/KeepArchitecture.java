import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Zeros the code of all GPU architectures but one in a shared library, in place, so that it
 * compresses to a fraction: {@code java KeepArchitecture.java LIBRARY 90}. Nothing moves; a device
 * of another architecture finds no code.
 *
 * <p>Section .nv_fatbin is a row of containers (magic, version, header bytes, content bytes), each a
 * row of entries (kind, version, header bytes, content bytes, ..., architecture at byte 28).
 */
final class KeepArchitecture {
  private static final int CONTAINER = 0xBA55ED50;
  private static final int ARCHITECTURE_AT = 28;

  private final ByteBuffer file;
  private final int kept;
  private long keptBytes;
  private long zeroedBytes;

  private KeepArchitecture(ByteBuffer file, int kept) {
    this.file = file;
    this.kept = kept;
  }

  public static void main(String[] arguments) throws IOException {
    Path library = Path.of(arguments[0]);
    try (FileChannel channel =
        FileChannel.open(library, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      KeepArchitecture work = new KeepArchitecture(bytes, Integer.parseInt(arguments[1]));
      work.section();
      bytes.force();
      System.out.printf(
          "%s: %d MB of sm_%d kept, %d MB of others zeroed%n",
          library.getFileName(), work.keptBytes >> 20, work.kept, work.zeroedBytes >> 20);
      if (work.keptBytes == 0) {
        throw new IOException("the library has no code for sm_" + work.kept);
      }
    }
  }

  /** Finds the section in the table of an ELF64 file. */
  private void section() throws IOException {
    long table = file.getLong(40);
    int size = file.getShort(58);
    int count = file.getShort(60);
    long names = file.getLong(at(table + (long) size * file.getShort(62) + 24));
    for (int i = 0; i < count; i++) {
      long header = table + (long) size * i;
      if (text(names + file.getInt(at(header))).equals(".nv_fatbin")) {
        long begin = file.getLong(at(header + 24));
        containers(at(begin), at(begin + file.getLong(at(header + 32))));
        return;
      }
    }
    throw new IOException("there is no section .nv_fatbin");
  }

  private void containers(int begin, int end) {
    int at = begin;
    while (at + 16 <= end) {
      if (file.getInt(at) != CONTAINER) {
        at += 8; // padding
        continue;
      }
      int entry = at + file.getShort(at + 6);
      at = entry + at(file.getLong(at + 8));
      while (entry < at) {
        int content = entry + file.getInt(entry + 4);
        int bytes = at(file.getLong(entry + 8));
        entry(file.getInt(entry + ARCHITECTURE_AT), content, bytes);
        entry = content + bytes;
      }
    }
  }

  private void entry(int architecture, int content, int bytes) {
    if (architecture == kept) {
      keptBytes += bytes;
      return;
    }
    zeroedBytes += bytes;
    file.put(content, new byte[bytes]);
  }

  private String text(long begin) {
    int end = at(begin);
    while (file.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at(begin)];
    file.get(at(begin), bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static int at(long offset) {
    return Math.toIntExact(offset);
  }
}
