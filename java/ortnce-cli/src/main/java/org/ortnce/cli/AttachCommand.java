package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.cli.terminal.Console;
import org.ortnce.nce.Encoder;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.ImportedModel;
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
          "The value of the encoder that the layer is put on: [batch, dim] of a floating-point"
              + " type, an output or one inside the graph.")
  String activations;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description =
          "The size of the activations, if the encoder does not say it; it must be that of the"
              + " weights in any case.")
  Long dim;

  @Option(
      names = "--rename-input",
      paramLabel = "OLD=NEW",
      description =
          "Calls an input of the encoder otherwise in the new model: one that has a name of the"
              + " layer's own graph, such as labels. May be given several times.")
  Map<String, String> newInputNames = new LinkedHashMap<>();

  AttachCommand(Console console) {
    super(console);
  }

  @Override
  Body body() throws IOException {
    if (dim != null && dim < 1) {
      throw wrongUsage("--dim must be at least 1, got " + dim);
    }
    ImportedModel model = ImportedModel.load(encoder);
    for (Map.Entry<String, String> name : newInputNames.entrySet()) {
      model = model.withInputName(name.getKey(), name.getValue());
    }
    Encoder loaded =
        dim == null ? Encoder.of(model, activations) : Encoder.of(model, activations, dim);
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
