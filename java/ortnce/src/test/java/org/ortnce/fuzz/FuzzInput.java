package org.ortnce.fuzz;

/** The bytes of an input as small decisions; zeros once they are used up. */
public final class FuzzInput {
  private final byte[] bytes;
  private int at;

  /** Reads from the first byte. */
  public FuzzInput(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Whether bytes are left. */
  public boolean hasNext() {
    return at < bytes.length;
  }

  /** One of 0 to {@code bound - 1}, of at most 256. */
  public int next(int bound) {
    return at < bytes.length ? (bytes[at++] & 0xFF) % bound : 0;
  }

  /** A signed byte, or an extreme number. */
  public long number() {
    int b = next(256);
    return switch (b) {
      case 0x80 -> Long.MIN_VALUE;
      case 0x81 -> Long.MAX_VALUE;
      case 0x82 -> Integer.MAX_VALUE + 1L;
      case 0x83 -> 1L << 62;
      default -> (byte) b;
    };
  }
}
