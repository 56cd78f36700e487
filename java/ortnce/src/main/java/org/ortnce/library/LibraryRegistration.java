package org.ortnce.library;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * Registers the native library with session options, once per options object: ONNX Runtime accepts
 * a second registration and then fails to create the session ("Domain already set in registry").
 * Safe for concurrent use.
 */
public final class LibraryRegistration {
  private static final LibraryRegistration SHARED = new LibraryRegistration(NativeLibrary::locate);

  private final Supplier<Path> library;

  /** Options have no equals of their own, so the keys compare by identity. */
  private final Map<OrtSession.SessionOptions, Path> registered = new WeakHashMap<>();

  LibraryRegistration(Supplier<Path> library) {
    this.library = library;
  }

  /**
   * Registers the library that {@link NativeLibrary#locate()} finds with {@code options}; a second
   * call for the same options does nothing.
   *
   * @throws IllegalStateException if the options are closed
   * @throws NativeLibraryException if there is no usable library
   * @throws OrtException if ONNX Runtime cannot open the library, or the library refuses this ONNX
   *     Runtime
   */
  public static void register(OrtSession.SessionOptions options) throws OrtException {
    SHARED.registerOnce(options);
  }

  void registerOnce(OrtSession.SessionOptions options) throws OrtException {
    Objects.requireNonNull(options, "options");
    // Throws if the options are closed: nothing else tells, and a freed handle is memory misuse.
    options.getConfigEntries();
    Path path = library.get();
    synchronized (registered) {
      if (registered.containsKey(options)) {
        return;
      }
      try {
        options.registerCustomOpLibrary(path.toString());
      } catch (OrtException e) {
        throw explained(e, path);
      }
      registered.put(options, path);
    }
  }

  private static OrtException explained(OrtException e, Path path) {
    OrtException explained =
        new OrtException(
            e.getCode(),
            "cannot register native library "
                + path
                + ": "
                + e.getMessage()
                + (String.valueOf(e.getMessage()).contains("failed to map segment")
                    ? ". Its directory may be mounted noexec: set -D"
                        + NativeLibrary.EXTRACT_PATH_PROPERTY
                        + " to one that is not"
                    : ""));
    explained.initCause(e);
    return explained;
  }
}
