package org.ortnce;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Properties;
import org.ortnce.library.LibraryRegistration;
import org.ortnce.library.NativeLibrary;

/**
 * The way in for code that has ONNX Runtime sessions of its own: where the native library lies, and
 * how its ops are made known to a session.
 *
 * <pre>{@code
 * try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
 *   OrtNce.register(options);
 *   try (OrtSession session = environment.createSession("model.onnx", options)) { ... }
 * }
 * }</pre>
 *
 * <p>Close the options only after the sessions made with them: closing options unloads the
 * libraries registered with them. Behind a long command line, take the environment from {@link
 * org.ortnce.library.RuntimeEnvironment}. {@link org.ortnce.session.ModelSession} takes care of all
 * this.
 */
public final class OrtNce {
  private OrtNce() {}

  /**
   * The absolute path of the native library, found and checked; for code that registers custom-op
   * libraries by path.
   *
   * @throws org.ortnce.library.NativeLibraryException if there is none for this platform, or it is
   *     damaged
   */
  public static Path libraryPath() {
    return NativeLibrary.locate();
  }

  /**
   * Makes the ops of domain {@code org.ortnce} known to sessions created with {@code options}. A
   * second call for the same options does nothing; do not also register {@link #libraryPath()} by
   * hand.
   *
   * @throws IllegalStateException if the options are closed
   * @throws org.ortnce.library.NativeLibraryException if there is no usable library
   * @throws OrtException if ONNX Runtime cannot open the library, or the library refuses this ONNX
   *     Runtime
   */
  public static void register(OrtSession.SessionOptions options) throws OrtException {
    LibraryRegistration.register(options);
  }

  /**
   * What the native library says of itself, such as the instruction set it uses; by a session of
   * its own.
   *
   * @throws org.ortnce.library.NativeLibraryException if there is no usable library
   * @throws OrtException if ONNX Runtime cannot open the library, or the library refuses this ONNX
   *     Runtime
   */
  public static LibraryInfo libraryInfo() throws OrtException {
    return LibraryInfo.read();
  }

  /** The version of this library, such as {@code 1.2.0}. */
  public static String version() {
    Properties properties = new Properties();
    // A resource and not the jar's manifest: manifests are lost in modules and in merged jars.
    try (InputStream in = OrtNce.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
