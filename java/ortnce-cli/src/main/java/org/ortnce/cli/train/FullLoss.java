package org.ortnce.cli.train;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.ortnce.cli.evaluate.LossEvaluation;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.evaluate.ModelReduction;
import org.ortnce.cli.evaluate.TensorExamples;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;

/** The full sigmoid loss of an evaluation model, with bounded memory. */
final class FullLoss {
  /** Working memory of the model, whose standard ops hold [batch, V] logits. */
  private static final long BYTES = 128L << 20;

  /** Logits, softplus and what lies between them: copies of [batch, V] that live at once. */
  private static final int LOGIT_COPIES = 4;

  private static final int MAX_BATCH = 1024;

  private static final ModelReduction PER_EXAMPLE =
      new ModelReduction(ModelReduction.Kind.NONE, OptionalLong.empty());

  private FullLoss() {}

  /** The losses of all examples; the model gives one for each. */
  static LossSummary of(
      Path model,
      long classes,
      TensorExamples examples,
      SessionConfig sessions,
      Progress.Factory progress)
      throws Exception {
    long perExample = classes * Float.BYTES * LOGIT_COPIES;
    int batchSize = (int) Math.max(1, Math.min(MAX_BATCH, BYTES / perExample));
    try (EvaluationSession session = EvaluationSession.open(model, sessions);
        Progress bar = progress.start("full loss", " examples", examples.size())) {
      return new LossEvaluation(
              (batch, index) -> session.loss(batch.inputs(), batch.labels()).loss(),
              PER_EXAMPLE,
              batchSize)
          .run(examples, Long.MAX_VALUE, LossEvaluation.PerExample.NONE, bar);
    }
  }
}
