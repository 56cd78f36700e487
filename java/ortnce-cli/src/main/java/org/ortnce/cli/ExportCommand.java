package org.ortnce.cli;

import org.ortnce.cli.terminal.Console;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.OnnxModel;
import picocli.CommandLine.Command;

/** {@code ortnce export}: a model of weights and biases. */
@Command(
    name = "export",
    sortOptions = false,
    description =
        "Makes a training-loss, evaluation or inference model of weights and biases in .npy or"
            + " .npz files.")
final class ExportCommand extends ModelExport {

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  Body body() {
    return new Body() {
      @Override
      public OnnxModel trainingLoss(OutputLayer layer, NceLossOptions options, ModelOptions graph) {
        return NceModels.trainingLoss(layer, options, graph);
      }

      @Override
      public OnnxModel evaluation(OutputLayer layer, EvaluationOptions options) {
        return NceModels.evaluation(layer, options);
      }

      @Override
      public OnnxModel inference(OutputLayer layer, InferenceOptions options) {
        return NceModels.inference(layer, options);
      }
    };
  }
}
