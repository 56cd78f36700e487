package org.ortnce.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** One folder of models/encoders; the README there describes the files. */
record EncoderCase(String name, String activations) {
  private static final Path ROOT = Path.of("..", "..", "models", "encoders");

  /** Inputs and outputs of a data set by name. */
  record DataSet(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    Tensor output() {
      return outputs.values().iterator().next();
    }
  }

  static Stream<EncoderCase> all() {
    return Stream.of(
        new EncoderCase("transformer_opset17", "pooled"),
        new EncoderCase("lstm_opset20", "hidden"));
  }

  Path folder() {
    return ROOT.resolve(name);
  }

  Path model(boolean external) {
    return folder().resolve(external ? "encoder_external.onnx" : "encoder.onnx");
  }

  OutputLayer layer() throws IOException {
    return OutputLayer.of(
        Npy.read(folder().resolve("weights.npy")), Npy.read(folder().resolve("biases.npy")));
  }

  /** Of all cases: two target classes, given candidates. */
  static NceLossOptions options() {
    return NceLossOptions.builder().numTrue(2).build();
  }

  DataSet dataSet(String kind) throws IOException {
    Path set = folder().resolve(kind).resolve("test_data_set_0");
    return new DataSet(tensors(set, "input"), tensors(set, "output"));
  }

  private static Map<String, Tensor> tensors(Path set, String prefix) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; Files.exists(set.resolve(prefix + "_" + i + ".pb")); i++) {
      TensorProto proto =
          TensorProto.parseFrom(Files.readAllBytes(set.resolve(prefix + "_" + i + ".pb")));
      tensors.put(proto.getName(), TensorProtos.tensor(proto));
    }
    return tensors;
  }
}
