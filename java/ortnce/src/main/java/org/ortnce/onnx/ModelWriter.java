package org.ortnce.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.TensorData;

/**
 * Writes a model whose initializers keep their data apart, as tensors: byte for byte as protobuf
 * writes the whole (fields in the order of their numbers), without ever having the whole in memory.
 */
final class ModelWriter {
  private static final int COPY_BUFFER = 1 << 16;

  private final ModelProto modelHead;
  private final GraphProto graphHead;
  private final List<TensorProto> tensorHeads;
  private final List<TensorData> data;
  private final GraphProto graphTail;
  private final ModelProto modelTail;
  private final long graphSize;

  /**
   * Takes a model apart.
   *
   * @param model a model of {@link ModelBuilder}
   * @param data the data of each initializer that has none in {@code model}, and then no fields
   *     after it either; null for the others
   */
  ModelWriter(ModelProto model, List<TensorData> data) {
    GraphProto graph = model.getGraph();
    modelHead =
        model.toBuilder()
            .clearGraph()
            .clearOpsetImport()
            .clearMetadataProps()
            .clearFunctions()
            .build();
    modelTail =
        ModelProto.newBuilder()
            .addAllOpsetImport(model.getOpsetImportList())
            .addAllMetadataProps(model.getMetadataPropsList())
            .addAllFunctions(model.getFunctionsList())
            .build();
    graphHead =
        GraphProto.newBuilder().addAllNode(graph.getNodeList()).setName(graph.getName()).build();
    graphTail = graph.toBuilder().clearNode().clearName().clearInitializer().build();
    tensorHeads = new ArrayList<>(graph.getInitializerList());
    this.data = data;
    long size = (long) graphHead.getSerializedSize() + graphTail.getSerializedSize();
    for (int i = 0; i < tensorHeads.size(); i++) {
      size += fieldSize(GraphProto.INITIALIZER_FIELD_NUMBER, tensorSize(i));
    }
    graphSize = size;
  }

  /** The bytes of the whole; may be more than a model file can have. */
  long size() {
    return modelHead.getSerializedSize()
        + fieldSize(ModelProto.GRAPH_FIELD_NUMBER, graphSize)
        + modelTail.getSerializedSize();
  }

  /** Writes the whole, in small pieces; its size must be less than 2^31. */
  void writeTo(OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, COPY_BUFFER);
    coded.useDeterministicSerialization();
    modelHead.writeTo(coded);
    writeHeader(coded, ModelProto.GRAPH_FIELD_NUMBER, graphSize);
    graphHead.writeTo(coded);
    for (int i = 0; i < tensorHeads.size(); i++) {
      writeHeader(coded, GraphProto.INITIALIZER_FIELD_NUMBER, tensorSize(i));
      tensorHeads.get(i).writeTo(coded);
      if (data.get(i) != null) {
        writeHeader(coded, TensorProto.RAW_DATA_FIELD_NUMBER, data.get(i).byteSize());
        coded.flush();
        data.get(i).writeLittleEndian(out);
      }
    }
    graphTail.writeTo(coded);
    modelTail.writeTo(coded);
    coded.flush();
  }

  private long tensorSize(int i) {
    long head = tensorHeads.get(i).getSerializedSize();
    return data.get(i) == null
        ? head
        : head + fieldSize(TensorProto.RAW_DATA_FIELD_NUMBER, data.get(i).byteSize());
  }

  private static long fieldSize(int field, long size) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt64SizeNoTag(size)
        + size;
  }

  private static void writeHeader(CodedOutputStream coded, int field, long size)
      throws IOException {
    // Wire type 2: a length and as many bytes.
    coded.writeTag(field, 2);
    coded.writeUInt64NoTag(size);
  }
}
