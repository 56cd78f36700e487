package org.ortnce.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How far the resident memory of this process rises above where it was. Linux only. */
final class ResidentMemory {
  private static final Path SELF = Path.of("/proc/self");

  private final long before;

  private ResidentMemory(long before) {
    this.before = before;
  }

  /** Forgets the peak so far and starts to measure. */
  static ResidentMemory start() throws IOException {
    System.gc();
    // 5 sets the peak back to what is resident now.
    Files.write(SELF.resolve("clear_refs"), "5".getBytes(StandardCharsets.US_ASCII));
    return new ResidentMemory(kilobytes("VmRSS:"));
  }

  /** The peak since the start less what was resident then. */
  long peakGrowthKilobytes() throws IOException {
    return kilobytes("VmHWM:") - before;
  }

  private static long kilobytes(String field) throws IOException {
    for (String line : Files.readAllLines(SELF.resolve("status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(SELF + "/status has no " + field);
  }
}
