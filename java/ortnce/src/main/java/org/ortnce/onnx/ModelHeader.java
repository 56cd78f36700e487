package org.ortnce.onnx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What must be known of a model before it is opened: read in one pass that skips all data of
 * tensors, and checked.
 *
 * <p>A model says itself in which files its external data is, and must not say just anything.
 * Refused, with an {@link IOException} that names the tensor, are: a location that is not a
 * relative path of plain names below the directory of the model; symbolic links, hard links and
 * everything that is no regular file; keys other than {@code location}, {@code offset}, {@code
 * length} and {@code checksum}; offsets and lengths that are no numbers, not what the shape needs
 * or not all in the file. That holds for every tensor of the model: initializers, sparse ones,
 * attributes, subgraphs and functions. No data file is opened.
 *
 * @param opsetImports the operator set version of every imported domain; {@code ""} is ONNX's own
 * @param dataFiles the files of external data, each once
 */
public record ModelHeader(Map<String, Long> opsetImports, List<Path> dataFiles) {
  /** What is compared with the SHA-256 sums that a model has. */
  public enum Sums {
    NOTHING,

    /** The model, if it has a sum, as {@link OnnxModel#verifyWithoutData} does. */
    MODEL,

    /** The model, which must have sums, and its data files, as {@link OnnxModel#verify} does. */
    MODEL_AND_DATA
  }

  /** Copies the collections. */
  public ModelHeader {
    opsetImports = Map.copyOf(opsetImports);
    dataFiles = List.copyOf(dataFiles);
  }

  /**
   * Reads and checks the header of a model file. For a file that is no model it is empty: whoever
   * parses that refuses it.
   *
   * @throws IOException for what is listed above, or if the model cannot be read
   */
  public static ModelHeader check(Path model) throws IOException {
    return check(model, Sums.NOTHING);
  }

  /**
   * The same, and compares sums.
   *
   * @throws IOException for what is listed above, if the model cannot be read, or for what {@code
   *     sums} find
   */
  public static ModelHeader check(Path model, Sums sums) throws IOException {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(sums, "sums");
    // One file for all passes: another may take its place meanwhile.
    try (FileChannel channel = FileChannel.open(model, StandardOpenOption.READ)) {
      return check(
          () -> Channels.newInputStream(channel.position(0)),
          ExternalDataFiles.directoryOf(model),
          model.toString(),
          sums);
    } catch (ExternalTensor.Refused e) {
      throw new IOException(model + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads and checks the header of a serialized model.
   *
   * @param directory where its data files are; null if nowhere: then it may have none
   * @throws IOException for what is listed above
   */
  public static ModelHeader check(byte[] model, Path directory) throws IOException {
    return check(model, directory, Sums.NOTHING);
  }

  /** The same, and compares sums. */
  public static ModelHeader check(byte[] model, Path directory, Sums sums) throws IOException {
    Objects.requireNonNull(sums, "sums");
    return check(() -> new ByteArrayInputStream(model), directory, OnnxModel.UNNAMED, sums);
  }

  private static ModelHeader check(
      ModelManifest.Bytes model, Path directory, String source, Sums sums) throws IOException {
    if (sums == Sums.MODEL_AND_DATA) {
      ModelScan scan = ModelManifest.scan(model, source);
      ModelHeader header = of(scan, directory);
      ModelManifest.verify(scan, model, directory, source);
      return header;
    }
    Optional<ModelScan> scan = ModelScan.ofModel(model.fromStart());
    if (scan.isEmpty()) {
      return new ModelHeader(Map.of(), List.of());
    }
    ModelHeader header = of(scan.get(), directory);
    if (sums == Sums.MODEL) {
      ModelManifest.verifyOwn(scan.get(), model, source);
    }
    return header;
  }

  private static ModelHeader of(ModelScan scan, Path directory) throws IOException {
    Map<String, Long> opsets = new TreeMap<>();
    scan.opsets().forEach(o -> opsets.merge(o.domain(), o.version(), Math::max));
    return new ModelHeader(opsets, ExternalDataFiles.check(scan.external(), directory));
  }
}
