package org.ortnce.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ortnce.io.AtomicFile;
import org.ortnce.onnx.proto.ModelProto;

/**
 * An ONNX model: made by {@link ModelBuilder} or read from a file. Immutable.
 *
 * <p>Fields of the file that this version of the format does not know are kept and written back.
 * Reading parses only; {@link ModelChecker} says whether the model is valid.
 */
public final class OnnxModel {
  private static final int COPY_BUFFER = 1 << 16;

  private final ModelProto proto;

  private OnnxModel(ModelProto proto) {
    this.proto = proto;
  }

  static OnnxModel of(ModelProto proto) {
    return new OnnxModel(proto);
  }

  ModelProto proto() {
    return proto;
  }

  /**
   * Reads a model file. External data is not read.
   *
   * @throws IOException if the file cannot be read, is larger than 2 GiB or is no ONNX model
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
    return parse(bytes, true, file.toString());
  }

  /**
   * Reads a model from memory; {@code bytes} may change afterwards.
   *
   * @throws IOException if the bytes are no ONNX model
   */
  public static OnnxModel parse(byte[] bytes) throws IOException {
    return parse(Objects.requireNonNull(bytes, "bytes"), false, "ONNX model");
  }

  private static OnnxModel parse(byte[] bytes, boolean own, String source) throws IOException {
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
    return new OnnxModel(proto);
  }

  /**
   * Writes the model to a file. Whoever opens {@code file} finds the old content or all of the new:
   * the bytes go to a temporary file beside it, are forced to the device, and replace it in one
   * step. A symbolic link is replaced itself.
   *
   * @throws IOException if writing fails; an old file is then untouched
   */
  public void save(Path file) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          CodedOutputStream coded = CodedOutputStream.newInstance(out, COPY_BUFFER);
          coded.useDeterministicSerialization();
          proto.writeTo(coded);
          coded.flush();
        });
  }

  /** The bytes that {@link #save} writes. */
  public byte[] toByteArray() {
    byte[] bytes = new byte[proto.getSerializedSize()];
    CodedOutputStream coded = CodedOutputStream.newInstance(bytes);
    coded.useDeterministicSerialization();
    try {
      proto.writeTo(coded);
    } catch (IOException e) {
      throw new IllegalStateException("an array of the computed size is too small", e);
    }
    coded.checkNoSpaceLeft();
    return bytes;
  }

  /** The size of the file in bytes. */
  public long byteSize() {
    return proto.getSerializedSize();
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
