package org.ortnce.cli.train;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.ortnce.cli.evaluate.Examples;
import org.ortnce.cli.evaluate.LossEvaluation;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.evaluate.ModelReduction;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;

/** The full sigmoid loss of an evaluation model. */
final class FullLoss {
  private static final int BATCH = 1024;

  private static final ModelReduction PER_EXAMPLE =
      new ModelReduction(ModelReduction.Kind.NONE, OptionalLong.empty());

  private FullLoss() {}

  /** The losses of all examples; the model gives one for each. */
  static LossSummary of(
      Path model, Examples examples, SessionConfig sessions, Progress.Factory progress)
      throws Exception {
    try (EvaluationSession session = EvaluationSession.open(model, sessions);
        Progress bar = progress.start("full loss", " examples", examples.size())) {
      return new LossEvaluation(
              (batch, index) -> session.loss(batch.inputs(), batch.labels()).loss(),
              PER_EXAMPLE,
              BATCH)
          .run(examples, Long.MAX_VALUE, LossEvaluation.PerExample.NONE, bar);
    }
  }
}
