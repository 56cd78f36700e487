package org.ortnce;

/**
 * Whether the native library was built for AddressSanitizer, under {@code tools/sanitize jvm}: its
 * shadow memory takes terabytes of addresses, and everything some ten times as long.
 */
public final class Sanitized {
  /** Whether this JVM, and those it starts, run such a library. */
  public static final boolean LIBRARY = System.getenv("ASAN_OPTIONS") != null;

  /** How much longer than otherwise something may take. */
  public static final int SLOWDOWN = LIBRARY ? 20 : 1;

  private Sanitized() {}
}
