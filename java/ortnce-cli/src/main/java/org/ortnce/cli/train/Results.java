package org.ortnce.cli.train;

import java.io.IOException;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.cli.files.ResultFile;
import org.ortnce.cli.plot.LossCurve;
import org.ortnce.cli.plot.LossPlot;
import org.ortnce.cli.train.data.Dataset;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.Reduction;
import org.ortnce.tensor.Npy;
import org.ortnce.training.Parameter;

/** Writes what a training leaves; each file is there as a whole or not at all. */
final class Results {
  private static final System.Logger LOGGER = System.getLogger(Results.class.getName());

  private final RunDirectory directory;
  private final TrainSettings settings;
  private final Dataset data;
  private final Parameters parameters;

  Results(RunDirectory directory, TrainSettings settings, Dataset data, Parameters parameters) {
    this.directory = directory;
    this.settings = settings;
    this.data = data;
    this.parameters = parameters;
  }

  void write(NceLossOptions loss, HeldOutSample heldOut, LossCurve curve) throws IOException {
    for (Parameter parameter : parameters.all()) {
      Npy.write(directory.file(parameter.name() + ".npy"), parameter.value());
    }
    models(loss);
    if (data.vocabulary().isPresent()) {
      ResultFile.write(directory.file(Outputs.VOCABULARY), lines(data.vocabulary().get()));
    }
    if (heldOut.size() > 0) {
      Npy.write(directory.file(Outputs.HELD_OUT_INPUTS), heldOut.inputs());
      Npy.write(directory.file(Outputs.HELD_OUT_LABELS), heldOut.labels());
    }
    ResultFile.write(directory.file(Outputs.LOSS_CSV), curve.toCsv());
    plot(curve);
  }

  private void models(NceLossOptions loss) throws IOException {
    NceLossOptions perExample = loss.toBuilder().reduction(Reduction.NONE).build();
    parameters
        .network()
        .trainingLoss(parameters.tensors(), perExample, ModelOptions.defaults())
        .save(directory.file(Outputs.TRAINING_LOSS));
    parameters
        .network()
        .evaluation(parameters.tensors(), EvaluationOptions.of(perExample).withMetrics())
        .save(directory.file(Outputs.EVALUATION));
    int k = Math.min(settings.evaluation().neighbours(), data.numClasses());
    parameters.network().inference(parameters.tensors(), k).save(directory.file(Outputs.INFERENCE));
  }

  /** A line {@code word,count} for each id, as the vocabulary files of TensorFlow's samplers. */
  private static String lines(Vocabulary vocabulary) {
    StringBuilder lines = new StringBuilder();
    for (int id = 0; id < vocabulary.size(); id++) {
      lines.append(vocabulary.name(id)).append(',').append(vocabulary.count(id)).append('\n');
    }
    return lines.toString();
  }

  /** A Java without fonts cannot plot; the numbers are in the table all the same. */
  private void plot(LossCurve curve) throws IOException {
    byte[] png;
    byte[] svg;
    try {
      LossPlot plot = new LossPlot(curve, "NCE loss, " + settings.optimizer().kind());
      png = plot.png();
      svg = plot.svg();
    } catch (LinkageError | InternalError | RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, "no plot: this Java cannot draw text", e);
      return;
    }
    ResultFile.write(directory.file(Outputs.LOSS_PNG), png);
    ResultFile.write(directory.file(Outputs.LOSS_SVG), svg);
  }
}
