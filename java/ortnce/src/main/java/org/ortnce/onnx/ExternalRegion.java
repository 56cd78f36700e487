package org.ortnce.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of one tensor in an external data file, which is opened when they are wanted. */
record ExternalRegion(Path file, long offset, long length) {
  private static final int PIECE = 1 << 20;

  void writeTo(OutputStream out) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, length)];
    try (FileChannel channel = open()) {
      for (long done = 0; done < length; ) {
        ByteBuffer target = ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, length - done));
        int read = channel.read(target, offset + done);
        if (read < 0) {
          throw new EOFException(file + ": ends at byte " + (offset + done));
        }
        out.write(piece, 0, read);
        done += read;
      }
    }
  }

  /** Maps the bytes, of which there must be less than 2 GiB; they are read when they are used. */
  ByteBuffer map() throws IOException {
    try (FileChannel channel = open()) {
      if (offset > channel.size() - length) {
        throw new EOFException(file + ": ends at byte " + channel.size());
      }
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }
}
