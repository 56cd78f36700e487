package org.ortnce.cli.train;

import java.util.OptionalLong;
import org.ortnce.cli.plot.LossCurve;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.train.data.Dataset;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.session.SessionConfig;
import org.ortnce.training.BoundOptimizer;
import org.ortnce.training.LearningRateSchedule;
import org.ortnce.training.LossGradients;
import org.ortnce.training.ShuffledBatches;
import org.ortnce.training.TrainingSession;

/** The steps of a training. */
final class TrainingLoop {
  private final TrainSettings settings;
  private final Parameters parameters;
  private final NceLossOptions loss;
  private final SessionConfig sessions;
  private final ShuffledBatches batches;
  private final long steps;

  TrainingLoop(
      TrainSettings settings,
      Dataset data,
      Parameters parameters,
      NceLossOptions loss,
      SessionConfig sessions) {
    this.settings = settings;
    this.parameters = parameters;
    this.loss = loss;
    this.sessions = sessions;
    this.batches =
        ShuffledBatches.builder(data.training())
            .batchSize(settings.length().batchSize())
            .seed(settings.seed())
            .build();
    this.steps = settings.length().steps(batches.batchesPerEpoch());
  }

  long steps() {
    return steps;
  }

  TrainResult.Run run(RunDirectory directory, LossCurve curve, Progress.Factory progress)
      throws Exception {
    LearningRateSchedule rates = settings.optimizer().rates(steps);
    BoundOptimizer optimizer = settings.optimizer().kind().optimizer().bind(parameters.all());
    long examples = 0;
    double mean = 0;
    long start = System.nanoTime();
    try (TrainingSession session =
            TrainingSession.open(
                parameters.network().trainingStep(loss), parameters.all(), sessions);
        Progress bar = progress.start("training", " steps", steps)) {
      for (long step = 0; step < steps; step++) {
        var batch = batches.next();
        LossGradients result = session.run(batch.columns(), step);
        optimizer.apply(
            settings.optimizer().clipping().clip(result.gradients()), rates.at(step), step);
        double value = result.meanLoss();
        mean = step == 0 ? value : mean + 0.01 * (value - mean);
        curve.add(step + 1, value);
        examples += batch.size();
        bar.at(step + 1, steps);
        bar.message("loss " + mean);
      }
    }
    curve.end(steps);
    return new TrainResult.Run(
        steps, OptionalLong.empty(), examples, (System.nanoTime() - start) * 1e-9, mean);
  }
}
