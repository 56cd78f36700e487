package org.ortnce.library;

/**
 * The native library is missing, unreadable, built for another platform, or not the file its
 * checksum promises. The message names the path, the reason and the way out.
 */
public final class NativeLibraryException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NativeLibraryException(String message) {
    super(message);
  }

  NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
