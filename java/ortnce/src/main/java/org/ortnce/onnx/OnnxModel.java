package org.ortnce.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.io.AtomicFile;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.TensorData;

/**
 * An ONNX model: made by {@link ModelBuilder} or read from a file. Immutable, but for the tensors
 * of its initializers, which are not copied (see {@link Value#initializer}).
 *
 * <p>Fields of the file that this version of the format does not know are kept and written back.
 * Reading parses only; {@link ModelChecker} says whether the model is valid.
 *
 * <p>A model file holds 2 GiB at most. Larger tensors go to external data: {@link #save(Path,
 * ExternalDataOptions)}.
 */
public final class OnnxModel {
  /** What messages call a model that has no file. */
  static final String UNNAMED = "ONNX model";

  private final ModelProto proto;

  /** The data of each initializer that was built; null where {@code proto} has it. */
  private final List<TensorData> data;

  /** Where the external data of {@code proto} is; null if there is none or it has no place. */
  private final Path directory;

  private OnnxModel(ModelProto proto, List<TensorData> data, Path directory) {
    this.proto = proto;
    this.data = Collections.unmodifiableList(new ArrayList<>(data));
    this.directory = directory;
  }

  /**
   * A model that was built.
   *
   * @param data for each initializer its data, or null if it is in {@code proto} or external
   * @param directory where the external data is, or null
   */
  static OnnxModel of(ModelProto proto, List<TensorData> data, Path directory) {
    return new OnnxModel(proto, data, directory);
  }

  private static OnnxModel parsed(ModelProto proto, Path directory) {
    int initializers = proto.getGraph().getInitializerCount();
    return new OnnxModel(proto, Collections.nCopies(initializers, null), directory);
  }

  OnnxModel with(ModelProto newProto, List<TensorData> newData, Path newDirectory) {
    return new OnnxModel(newProto, newData, newDirectory);
  }

  OnnxModel withProto(ModelProto newProto) {
    return new OnnxModel(newProto, data, directory);
  }

  ModelProto proto() {
    return proto;
  }

  List<TensorData> data() {
    return data;
  }

  Path directory() {
    return directory;
  }

  /**
   * Reads a model file. External data is checked ({@link ModelHeader}) and not read.
   *
   * @throws IOException if the file cannot be read, is larger than 2 GiB or is no ONNX model, if
   *     what it says of external data is not sound, or if it differs from the SHA-256 sum that it
   *     says it has
   */
  public static OnnxModel load(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw Files.exists(file)
          ? new IOException(file + ": is not a regular file, expected an ONNX model file")
          : new NoSuchFileException(file.toString());
    }
    long size = Files.size(file);
    if (size > Integer.MAX_VALUE - 8) {
      throw new IOException(
          file
              + ": has "
              + size
              + " bytes, a model file holds at most "
              + Integer.MAX_VALUE
              + ": its weights belong in external data");
    }
    byte[] bytes = Files.readAllBytes(file);
    ModelManifest.Bytes content = () -> new ByteArrayInputStream(bytes);
    Optional<ModelScan> scan = ModelScan.ofModel(content.fromStart());
    if (scan.isPresent()) {
      ModelManifest.verifyOwn(scan.get(), content, file.toString());
    }
    Path directory = ExternalDataFiles.directoryOf(file);
    OnnxModel model = parse(bytes, true, file.toString(), directory);
    try {
      if (scan.isPresent()) {
        ExternalDataFiles.check(scan.get().external(), directory);
      }
    } catch (ExternalTensor.Refused e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    return model;
  }

  /**
   * Reads a model from memory; {@code bytes} may change afterwards. Its external data, if it has
   * any, is nowhere to be found.
   *
   * @throws IOException if the bytes are no ONNX model
   */
  public static OnnxModel parse(byte[] bytes) throws IOException {
    return parse(Objects.requireNonNull(bytes, "bytes"), false, UNNAMED, null);
  }

  private static OnnxModel parse(byte[] bytes, boolean own, String source, Path directory)
      throws IOException {
    if (bytes.length == 0) {
      throw new IOException(source + ": is empty");
    }
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    // The bytes are ours alone: large tensors may stay where they are.
    in.enableAliasing(own);
    ModelProto proto;
    try {
      proto = ModelProto.parseFrom(in);
      in.checkLastTagWas(0);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(source + ": is not an ONNX model: " + e.getMessage(), e);
    }
    if (!proto.hasGraph() || !proto.hasIrVersion()) {
      throw new IOException(
          source + ": is not an ONNX model: no " + (proto.hasGraph() ? "ir_version" : "graph"));
    }
    return parsed(proto, directory);
  }

  /**
   * Writes the model to a file. Whoever opens {@code file} finds the old content or all of the new:
   * the bytes go to a temporary file beside it, are forced to the device, and replace it in one
   * step. A symbolic link is replaced itself. The file says its own SHA-256 sum ({@link #verify}).
   *
   * <p>External data that the model has already stays where it is.
   *
   * @throws IOException if writing fails, or there is external data in another directory; an old
   *     file is then untouched
   * @throws IllegalStateException if the model would have more than the 2 GiB of a model file
   */
  public void save(Path file) throws IOException {
    checkSize(ModelManifest.SIZE);
    Path target = ExternalDataFiles.directoryOf(file);
    boolean external = ExternalDataFiles.isUsedBy(proto);
    if (external && (directory == null || !Files.isSameFile(directory, target))) {
      throw new IOException(
          file
              + ": the external data of the model is in "
              + (directory == null ? "no known directory" : directory)
              + ": save the model there, or with ExternalDataOptions, which copies it");
    }
    AtomicFile.writePatched(file, out -> ModelManifest.writeSigned(this, out));
  }

  /**
   * Writes the model with large initializers in external data files beside it, and SHA-256 sums of
   * all in its metadata ({@link #verify}). Nothing is ever in memory as a whole.
   *
   * <p>Data files are written first and forced to the device, each under a name of its own content;
   * the model follows in one step. So whoever opens {@code file}, after a crash too, finds the old
   * model with its old data or the new one with all of its data. Data files that a replaced model
   * leaves, or an export that failed between its files, stay: see {@link #deleteUnusedData}.
   *
   * @throws IOException if data cannot be read or a file cannot be written
   * @throws IllegalStateException if what remains in the model would have more than 2 GiB
   * @throws IllegalArgumentException if no data file can be named after {@code file}
   */
  public void save(Path file, ExternalDataOptions options) throws IOException {
    Objects.requireNonNull(options, "options");
    OnnxModel rest = new ExternalDataWriter(this, file.toAbsolutePath(), options).write();
    rest.checkSize(ModelManifest.SIZE);
    AtomicFile.writePatched(file, out -> ModelManifest.writeSigned(rest, out));
  }

  /**
   * Deletes the data files of {@link #save(Path, ExternalDataOptions)} that no {@code .onnx} file
   * of the directory refers to. No export may be at work there.
   *
   * @return the deleted files
   * @throws IOException if one of the models cannot be read; nothing is deleted then
   */
  public static List<Path> deleteUnusedData(Path directory) throws IOException {
    return DataFiles.deleteUnused(Objects.requireNonNull(directory, "directory"));
  }

  /**
   * Reads a saved model file, and all its data files, and compares them with the SHA-256 sums in
   * the model. That finds damage, not intent: whoever can write the files can write the sums.
   *
   * @throws IOException naming the file that differs, or if the model has no sums
   */
  public static void verify(Path file) throws IOException {
    // One file for all passes: another may take its place meanwhile.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ModelManifest.Bytes content = () -> Channels.newInputStream(channel.position(0));
      ModelManifest.verify(
          ModelManifest.scan(content, file.toString()),
          content,
          ExternalDataFiles.directoryOf(file),
          file.toString());
    }
  }

  /**
   * The same for a serialized model.
   *
   * @param directory where its data files are; null if it has none
   */
  public static void verify(byte[] model, Path directory) throws IOException {
    ModelManifest.Bytes content = () -> new ByteArrayInputStream(model);
    ModelScan scan = ModelManifest.scan(content, UNNAMED);
    ModelManifest.verify(scan, content, directory, UNNAMED);
  }

  /**
   * Reads a model file and compares it with its own SHA-256 sum, if it has one; data files are not
   * read.
   *
   * @throws IOException if it differs, or cannot be read
   */
  public static void verifyWithoutData(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      verifyWithoutData(() -> Channels.newInputStream(channel.position(0)), file.toString());
    }
  }

  /** The same for a serialized model. */
  public static void verifyWithoutData(byte[] model) throws IOException {
    verifyWithoutData(() -> new ByteArrayInputStream(model), UNNAMED);
  }

  private static void verifyWithoutData(ModelManifest.Bytes content, String source)
      throws IOException {
    Optional<ModelScan> scan = ModelScan.ofModel(content.fromStart());
    if (scan.isPresent()) {
      ModelManifest.verifyOwn(scan.get(), content, source);
    }
  }

  /**
   * The elements of an initializer: of external data, mapped when they are read.
   *
   * @throws IllegalArgumentException if there is no such initializer
   * @throws IOException if its data is not sound or of a type that has no {@link
   *     org.ortnce.tensor.ElementType}
   */
  public TensorData initializer(String name) throws IOException {
    List<TensorProto> tensors = proto.getGraph().getInitializerList();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).getName().equals(name)) {
        return data.get(i) != null ? data.get(i) : StoredTensor.of(tensors.get(i), directory);
      }
    }
    throw new IllegalArgumentException(
        "the model has no initializer '"
            + name
            + "'; it has "
            + tensors.stream().map(TensorProto::getName).toList());
  }

  private void checkSize(int more) {
    long size = byteSize() + more;
    if (size > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "the model would have "
              + size
              + " bytes, a model file holds at most "
              + Integer.MAX_VALUE
              + ": save it with ExternalDataOptions");
    }
  }

  /**
   * The bytes that {@link #save(Path)} writes, without sums where the model was not read from a
   * file that has them.
   *
   * @throws IllegalStateException if they are more than 2 GiB
   */
  public byte[] toByteArray() {
    checkSize(0);
    byte[] bytes = new byte[Math.toIntExact(byteSize())];
    ByteBuffer space = ByteBuffer.wrap(bytes);
    try {
      writeTo(
          new OutputStream() {
            @Override
            public void write(int b) {
              space.put((byte) b);
            }

            @Override
            public void write(byte[] piece, int offset, int length) {
              space.put(piece, offset, length);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return bytes;
  }

  void writeTo(OutputStream out) throws IOException {
    ModelManifest.pairsOf(proto).writeTo(out);
    ModelProto rest = ModelManifest.withoutPairs(proto);
    if (hasDataApart()) {
      new ModelWriter(rest, data).writeTo(out);
    } else {
      rest.writeTo(out);
    }
  }

  private boolean hasDataApart() {
    return data.stream().anyMatch(Objects::nonNull);
  }

  /** The size of the file in bytes. */
  public long byteSize() {
    return hasDataApart() ? new ModelWriter(proto, data).size() : proto.getSerializedSize();
  }

  /** The version of the file format. */
  public long irVersion() {
    return proto.getIrVersion();
  }

  /** The tool that made the model, or "". */
  public String producerName() {
    return proto.getProducerName();
  }

  /** The version of the tool that made the model, or "". */
  public String producerVersion() {
    return proto.getProducerVersion();
  }

  /** The text that goes with the model, or "". */
  public String docString() {
    return proto.getDocString();
  }

  /** The name of the graph. */
  public String graphName() {
    return proto.getGraph().getName();
  }

  /** The operator set version of every imported domain; {@code ""} is ONNX's own. */
  public Map<String, Long> opsetImports() {
    return ModelReader.opsetImports(proto.getOpsetImportList());
  }

  /** The pairs of {@code metadata_props}. */
  public Map<String, String> metadata() {
    return ModelReader.metadata(proto);
  }

  /** The graph inputs in order; those that are also initializers have a default. */
  public List<ValueInfo> inputs() {
    return ModelReader.valueInfos(proto.getGraph().getInputList());
  }

  /** The graph outputs in order. */
  public List<ValueInfo> outputs() {
    return ModelReader.valueInfos(proto.getGraph().getOutputList());
  }

  /** The types of values inside the graph that the file gives. */
  public List<ValueInfo> intermediateValues() {
    return ModelReader.valueInfos(proto.getGraph().getValueInfoList());
  }

  /** The stored tensors of the graph. */
  public List<InitializerInfo> initializers() {
    return ModelReader.initializers(proto.getGraph());
  }

  /** The nodes of the graph in topological order. */
  public List<NodeInfo> nodes() {
    return ModelReader.nodes(proto.getGraph().getNodeList());
  }

  /** The model-local functions. */
  public List<FunctionInfo> functions() {
    return ModelReader.functions(proto);
  }

  /** A short summary. */
  @Override
  public String toString() {
    return "OnnxModel["
        + graphName()
        + ", "
        + proto.getGraph().getNodeCount()
        + " nodes, opsets "
        + opsetImports()
        + "]";
  }
}
