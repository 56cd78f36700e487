package org.ortnce.golden;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
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
        new EncoderCase("lstm_opset20", "hidden"),
        new EncoderCase("transformer_opset11", "pooled"),
        new EncoderCase("transformer_dynamo_opset20", "pooled"));
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
    return new DataSet(DataSets.read(set, "input"), DataSets.read(set, "output"));
  }
}
