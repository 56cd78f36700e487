package org.ortnce.onnx;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How the tensors of a model are put into external data files by {@link
 * OnnxModel#save(java.nio.file.Path, ExternalDataOptions)}. Immutable.
 *
 * <p>A file is called {@code <base name>.<32 hexadecimal digits of its SHA-256>.data}: an export
 * never writes into a file that an existing model uses, and models that store the same tensors
 * under one base name share a file.
 */
public final class ExternalDataOptions {
  /** As in onnx's own helper: smaller tensors would only make more files and offsets. */
  private static final long DEFAULT_THRESHOLD = 1024;

  /** Leaves room for the checksum in the 255 bytes that a file name may have. */
  private static final int MAX_BASE_NAME = 150;

  /** Names that Windows keeps for devices, whatever follows the first dot. */
  private static final Set<String> DEVICES =
      Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$");

  private final boolean filePerTensor;
  private final long threshold;
  private final String baseName;
  private final boolean copyExisting;

  private ExternalDataOptions(
      boolean filePerTensor, long threshold, String baseName, boolean copyExisting) {
    this.filePerTensor = filePerTensor;
    this.threshold = threshold;
    this.baseName = baseName;
    this.copyExisting = copyExisting;
  }

  /** All tensors in one file. */
  public static ExternalDataOptions oneFile() {
    return new ExternalDataOptions(false, DEFAULT_THRESHOLD, null, false);
  }

  /** A file for each tensor, so for each partition of a table. */
  public static ExternalDataOptions filePerTensor() {
    return new ExternalDataOptions(true, DEFAULT_THRESHOLD, null, false);
  }

  /**
   * The same, but tensors of fewer bytes stay in the model; 1024 at first. So do the vectors that
   * decide on shapes: nobody reads those from external data.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ExternalDataOptions threshold(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("threshold must be >= 0 bytes, got " + bytes);
    }
    return new ExternalDataOptions(filePerTensor, bytes, baseName, copyExisting);
  }

  /**
   * The same with data files of this name; at first it is the name of the model file without {@code
   * .onnx}. Models of one directory that are given the same name share data files of the same
   * content.
   *
   * @throws IllegalArgumentException if it is no plain file name on every system, or too long
   */
  public ExternalDataOptions baseName(String name) {
    return new ExternalDataOptions(filePerTensor, threshold, checkBaseName(name), copyExisting);
  }

  /**
   * The same, but tensors that are in external data already, beside the model, are copied; at first
   * they stay where they are. Tensors whose data is elsewhere are copied in any case.
   */
  public ExternalDataOptions copyExisting() {
    return new ExternalDataOptions(filePerTensor, threshold, baseName, true);
  }

  boolean isFilePerTensor() {
    return filePerTensor;
  }

  long threshold() {
    return threshold;
  }

  boolean copiesExisting() {
    return copyExisting;
  }

  String baseNameFor(String modelFile) {
    String own = modelFile.endsWith(".onnx") ? modelFile.substring(0, modelFile.length() - 5) : "";
    return Optional.ofNullable(baseName)
        .orElseGet(() -> checkBaseName(own.isEmpty() ? modelFile : own));
  }

  private static String checkBaseName(String name) {
    String device = name == null ? "" : name.split("\\.", 2)[0].strip().toUpperCase(Locale.ROOT);
    boolean plain =
        name != null
            && name.matches("[^\\\\/:*?\"<>|\\p{Cntrl}\\p{Cs}]+")
            && !name.matches("[. ].*|.*[. ]")
            && !DEVICES.contains(device)
            && !device.matches("(COM|LPT)[0-9\u00b9\u00b2\u00b3]");
    if (!plain) {
      throw new IllegalArgumentException(
          "the base name of data files must be a plain file name on every system, got '"
              + name
              + "': give another by baseName(..)");
    }
    if (name.length() > MAX_BASE_NAME) {
      throw new IllegalArgumentException(
          "the base name of data files must have at most "
              + MAX_BASE_NAME
              + " characters, got "
              + name.length()
              + ": give another by baseName(..)");
    }
    return name;
  }
}
