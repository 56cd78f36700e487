package org.ortnce.cli.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.evaluate.LossSummary;

/**
 * What the demonstration found.
 *
 * @param options what was asked for
 * @param corpus the corpus mined
 * @param mining how long mining took
 * @param fullBatchSize examples in a batch of the full loss
 * @param models what each model gave
 * @param files the files written
 */
public record DemoResult(
    DemoOptions options,
    Corpus corpus,
    Duration mining,
    int fullBatchSize,
    List<ModelResult> models,
    List<Path> files) {
  /** Copies the lists. */
  public DemoResult {
    models = List.copyOf(models);
    files = List.copyOf(files);
  }

  /**
   * The losses of one baseline.
   *
   * @param name its name
   * @param description what its weights and biases are
   * @param nce the noise-contrastive loss
   * @param full the full sigmoid loss
   */
  public record ModelResult(String name, String description, LossSummary nce, LossSummary full) {}

  /**
   * The full sigmoid loss of a model whose logits are all 0, in closed form: log 2 for each class.
   */
  public double zeroModelFullLoss() {
    return corpus.classes().size() * Math.log(2);
  }
}
