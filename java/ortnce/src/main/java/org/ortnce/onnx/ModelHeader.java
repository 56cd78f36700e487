package org.ortnce.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    Objects.requireNonNull(model, "model");
    try (InputStream in = Files.newInputStream(model)) {
      return check(in, ExternalDataFiles.directoryOf(model));
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
    return check(new ByteArrayInputStream(model), directory);
  }

  private static ModelHeader check(InputStream model, Path directory) throws IOException {
    ModelScan scan;
    try {
      scan = ModelScan.of(model);
    } catch (InvalidProtocolBufferException e) {
      return new ModelHeader(Map.of(), List.of());
    }
    Map<String, Long> opsets = new TreeMap<>();
    scan.opsets().forEach(o -> opsets.merge(o.domain(), o.version(), Math::max));
    return new ModelHeader(opsets, ExternalDataFiles.check(scan.external(), directory));
  }
}
