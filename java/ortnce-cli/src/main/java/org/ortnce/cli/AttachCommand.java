package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.ortnce.cli.terminal.Console;
import org.ortnce.nce.Encoder;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.OnnxModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ortnce attach}: an output layer on an encoder that exists. */
@Command(
    name = "attach",
    sortOptions = false,
    description =
        "Attaches weights and biases to an encoder, a model that computes activations: a"
            + " training-loss, evaluation or inference model that takes the encoder's inputs.")
final class AttachCommand extends ModelExport {
  @Parameters(paramLabel = "ENCODER", description = "The .onnx file of the encoder.")
  Path encoder;

  @Option(
      names = "--activations",
      required = true,
      paramLabel = "NAME",
      description =
          "The value of the encoder that the layer is put on: float [batch, dim], an output or one"
              + " inside the graph.")
  String activations;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "The size of the activations, if the encoder does not say what they are.")
  Long dim;

  AttachCommand(Console console) {
    super(console);
  }

  @Override
  Body body() throws IOException {
    if (dim != null && dim < 1) {
      throw wrongUsage("--dim must be at least 1, got " + dim);
    }
    Encoder loaded =
        dim == null ? Encoder.load(encoder, activations) : Encoder.load(encoder, activations, dim);
    return new Body() {
      @Override
      public OnnxModel trainingLoss(OutputLayer layer, NceLossOptions options, ModelOptions graph) {
        return loaded.trainingLoss(layer, options, graph);
      }

      @Override
      public OnnxModel evaluation(OutputLayer layer, EvaluationOptions options) {
        return loaded.evaluation(layer, options);
      }

      @Override
      public OnnxModel inference(OutputLayer layer, InferenceOptions options) {
        return loaded.inference(layer, options);
      }
    };
  }
}
