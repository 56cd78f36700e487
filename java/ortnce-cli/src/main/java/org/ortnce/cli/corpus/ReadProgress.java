package org.ortnce.cli.corpus;

/** Hears how far the reading of a corpus has come. */
@FunctionalInterface
public interface ReadProgress {
  /** Hears nothing. */
  ReadProgress NONE = (done, total) -> {};

  /**
   * Called from time to time.
   *
   * @param done class files or bytes read
   * @param total all there are to read, as far as known beforehand; {@code done} may go past it
   */
  void at(long done, long total);
}
