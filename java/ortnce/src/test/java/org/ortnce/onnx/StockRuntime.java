package org.ortnce.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.OldRuntimeBugs;
import org.ortnce.library.RuntimeEnvironment;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Runs models on ONNX Runtime as it comes, with no library of ours. */
final class StockRuntime implements AutoCloseable {
  private final OrtEnvironment environment = RuntimeEnvironment.get();
  private final OnnxModel model;
  private final OrtSession session;

  /** A session for many runs of one model. */
  StockRuntime(OnnxModel model) {
    this.model = model;
    try {
      session = environment.createSession(model.toByteArray());
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /** All outputs of one run. */
  Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        feeds.put(input.getKey(), feed(environment, input.getValue()));
      }
      try (OrtSession.Result result = session.run(feeds)) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), fetch((OnnxTensor) output.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private AssertionError failure(OrtException e) {
    OldRuntimeBugs.skipIfOne(e);
    return new AssertionError("ONNX Runtime: " + e.getMessage() + " in " + model.nodes(), e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /** All outputs of one run in a fresh session. */
  static Map<String, Tensor> run(OnnxModel model, Map<String, Tensor> inputs) {
    try (StockRuntime runtime = new StockRuntime(model)) {
      return runtime.run(inputs);
    }
  }

  /** The output {@code y} of a model that makes it from nothing. */
  static Tensor eval(Value y) {
    Tensor found = run(new ModelBuilder().output("y", y).build(), Map.of()).get("y");
    // What was inferred must hold for what the runtime computed.
    if (found.elementType() != y.elementType()
        || !Shape.of(found.shape()).isCompatibleWith(y.shape())) {
      throw new AssertionError("inferred " + y + ", computed " + found);
    }
    return found;
  }

  private static OnnxTensor feed(OrtEnvironment environment, Tensor tensor) throws OrtException {
    return switch (tensor.elementType()) {
      case FLOAT -> OnnxTensor.createTensor(environment, tensor.floats(), tensor.shape());
      case INT64 -> OnnxTensor.createTensor(environment, tensor.longs(), tensor.shape());
      case INT32 -> OnnxTensor.createTensor(environment, tensor.ints(), tensor.shape());
      case DOUBLE -> OnnxTensor.createTensor(environment, tensor.doubles(), tensor.shape());
      default -> throw new IllegalArgumentException("cannot feed " + tensor);
    };
  }

  private static Tensor fetch(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    ElementType type = ElementType.valueOf(info.type.name());
    ByteBuffer source = tensor.getByteBuffer();
    ByteBuffer copy = ByteBuffer.allocate(source.remaining()).order(ByteOrder.nativeOrder());
    copy.put(source).rewind();
    return Tensor.of(copy, type, info.getShape());
  }
}
