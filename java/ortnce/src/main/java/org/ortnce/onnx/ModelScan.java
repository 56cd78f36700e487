package org.ortnce.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Goes through the wire format of a model once and notes what must be known before anybody opens
 * its files: tensors with external data wherever they hide, operator set imports, metadata. Bytes
 * of tensors are skipped: a scan needs no more memory than the rest of the model.
 *
 * <p>Two occurrences of a message that should be one, which a parser merges, are noted as two.
 */
final class ModelScan {
  /** The depth that protobuf itself allows. */
  private static final int MAX_DEPTH = 100;

  private static final int MODEL_OPSET_IMPORT = 8;
  private static final int MODEL_METADATA_PROPS = 14;

  /** Tags: field numbers 1 and 2, of length-delimited wire type. */
  private static final int PAIR_KEY = 10;

  private static final int PAIR_VALUE = 18;

  /** The messages that tensors hide in. */
  private enum Message {
    MODEL,
    TRAINING_INFO,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR;

    /** The message in a field of this one; null for what holds no tensor. */
    Message in(int field) {
      return switch (this) {
        case MODEL ->
            field == 7 ? GRAPH : field == 20 ? TRAINING_INFO : field == 25 ? FUNCTION : null;
        case TRAINING_INFO -> field == 1 || field == 2 ? GRAPH : null;
        case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : null;
        case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE_TENSOR : null;
        case NODE -> field == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE ->
            switch (field) {
              case 5, 10 -> TENSOR;
              case 6, 11 -> GRAPH;
              case 22, 23 -> SPARSE_TENSOR;
              default -> null;
            };
        case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : null;
        case TENSOR -> null;
      };
    }
  }

  /** An import of an operator set. */
  record Opset(String domain, long version) {}

  /** A pair of {@code metadata_props} and the bytes [begin, end) of its field, tag and all. */
  record Metadata(String key, String value, int begin, int end) {}

  private final CodedInputStream in;
  private final List<ExternalTensor> external = new ArrayList<>();
  private final List<Opset> opsets = new ArrayList<>();
  private final List<Metadata> metadata = new ArrayList<>();

  private ModelScan(CodedInputStream in) {
    this.in = in;
  }

  /**
   * Scans a serialized model.
   *
   * @throws InvalidProtocolBufferException if the stream is none, or nested too deep
   * @throws IOException if the stream cannot be read
   */
  static ModelScan of(InputStream model) throws IOException {
    ModelScan scan = new ModelScan(CodedInputStream.newInstance(model));
    scan.message(Message.MODEL, 0);
    return scan;
  }

  /** The same; empty for what is no model: whoever parses that refuses it. */
  static Optional<ModelScan> ofModel(InputStream stream) throws IOException {
    try {
      return Optional.of(of(stream));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /** The tensors that have external data or say anything about it. */
  List<ExternalTensor> external() {
    return external;
  }

  List<Opset> opsets() {
    return opsets;
  }

  List<Metadata> metadata() {
    return metadata;
  }

  private void message(Message kind, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new InvalidProtocolBufferException("messages are nested more than 100 deep");
    }
    if (kind == Message.TENSOR) {
      ExternalTensor tensor = ExternalTensor.read(in);
      if (tensor.isExternal()) {
        external.add(tensor);
      }
      return;
    }
    int begin = in.getTotalBytesRead();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      boolean message = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      Message inner = message ? kind.in(field) : null;
      if (inner != null) {
        int outer = in.pushLimit(in.readRawVarint32());
        message(inner, depth + 1);
        in.popLimit(outer);
      } else if (message && kind == Message.MODEL && field == MODEL_OPSET_IMPORT) {
        readOpset();
      } else if (message && kind == Message.MODEL && field == MODEL_METADATA_PROPS) {
        readMetadata(begin);
      } else {
        in.skipField(tag);
      }
      begin = in.getTotalBytesRead();
    }
  }

  private void readOpset() throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String domain = "";
    long version = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> domain = in.readString();
        case 2 -> version = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    opsets.add(new Opset(ModelReader.domain(domain), version));
  }

  private void readMetadata(int begin) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case PAIR_KEY -> key = in.readString();
        case PAIR_VALUE -> value = in.readString();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    metadata.add(new Metadata(key, value, begin, in.getTotalBytesRead()));
  }
}
