package org.ortnce.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ortnce.OrtNce;
import org.ortnce.cli.corpus.ClassFileCorpus;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.corpus.TextCorpus;
import org.ortnce.cli.evaluate.Examples;
import org.ortnce.cli.evaluate.LossEvaluation;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.evaluate.ModelReduction;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Mines a corpus, exports a training-loss and an evaluation model for each baseline, opens them in
 * sessions and evaluates them on the pairs of the corpus.
 */
public final class Demo {
  /** Working memory for the full loss, whose standard ops hold [batch, V] logits. */
  private static final long FULL_LOSS_BYTES = 128L << 20;

  /** Logits, softplus and what lies between them: copies of [batch, V] that live at once. */
  private static final int LOGIT_COPIES = 4;

  private static final ModelReduction PER_EXAMPLE =
      new ModelReduction(ModelReduction.Kind.NONE, OptionalLong.empty());

  private final DemoOptions options;
  private final SessionConfig sessions;
  private final Progress.Factory progress;
  private final List<Path> files = new ArrayList<>();

  /** A demonstration that has not run; its sessions are opened with {@code sessions}. */
  public Demo(DemoOptions options, SessionConfig sessions, Progress.Factory progress) {
    this.options = options;
    this.sessions = sessions;
    this.progress = progress;
  }

  /**
   * Runs it all.
   *
   * @throws IOException if the corpus cannot be read or the models cannot be written
   * @throws IllegalStateException if there is no native library for this platform
   * @throws Exception if a session cannot be opened or a model cannot be run
   */
  public DemoResult run() throws Exception {
    // What may be missing is found out before anybody waits for the corpus.
    OrtNce.libraryPath();
    long start = System.nanoTime();
    Corpus corpus = mine();
    Duration mining = Duration.ofNanos(System.nanoTime() - start);
    int numClasses = corpus.classes().size();
    if (options.numSampled() > numClasses) {
      throw new IllegalArgumentException(
          "num_sampled is "
              + options.numSampled()
              + ", the vocabulary has "
              + numClasses
              + " classes: use --num-sampled "
              + numClasses
              + " or less");
    }
    Files.createDirectories(options.outputDirectory());
    // A prefix of shuffled pairs stands for all of them: the full loss sees only so many.
    CorpusExamples examples =
        new CorpusExamples(
            corpus.shuffled(options.seed()),
            Embeddings.normal(corpus.centres().size(), options.dim(), 1, options.seed() + 1));
    writeFirstBatch(examples);
    List<DemoResult.ModelResult> results = new ArrayList<>();
    for (Baseline baseline : Baseline.of(corpus.classes(), options.dim(), options.seed() + 2)) {
      results.add(evaluate(baseline, examples, numClasses));
    }
    return new DemoResult(options, corpus, mining, fullBatchSize(numClasses), results, files);
  }

  private Corpus mine() throws IOException {
    boolean words = options.text().isPresent();
    String task = words ? "reading text" : "reading classes";
    try (Progress bar = progress.start(task, words ? " bytes" : " files", -1)) {
      return words
          ? TextCorpus.of(options.text().get(), options.corpus(), bar::at)
          : ClassFileCorpus.ofRunningJdk(options.corpus(), bar::at);
    }
  }

  /** What {@code ortnce loss} needs to repeat a part of this. */
  private void writeFirstBatch(CorpusExamples examples) throws IOException {
    int count = (int) Math.min(options.batchSize(), examples.size());
    Examples.Batch batch = examples.batch(0, count);
    write("inputs.npy", batch.inputs());
    write("labels.npy", batch.labels());
  }

  private void write(String name, Tensor tensor) throws IOException {
    Path file = options.outputDirectory().resolve(name);
    Npy.write(file, tensor);
    files.add(file);
  }

  private DemoResult.ModelResult evaluate(Baseline baseline, Examples examples, int numClasses)
      throws Exception {
    OutputLayer layer = OutputLayer.of(baseline.weights(), baseline.biases());
    NceLossOptions nce =
        NceLossOptions.builder().numSampled(options.numSampled()).seed(options.seed(), 0).build();
    Path directory = Files.createDirectories(options.outputDirectory().resolve(baseline.name()));
    Path training = directory.resolve("training-loss.onnx");
    NceModels.trainingLoss(layer, nce).save(training);
    Path evaluation = directory.resolve("evaluation.onnx");
    NceModels.evaluation(layer, EvaluationOptions.of(nce)).save(evaluation);
    files.add(training);
    files.add(evaluation);
    return new DemoResult.ModelResult(
        baseline.name(),
        baseline.description(),
        nceLoss(baseline.name(), training, examples),
        fullLoss(baseline.name(), evaluation, examples, fullBatchSize(numClasses)));
  }

  private LossSummary nceLoss(String name, Path model, Examples examples) throws Exception {
    try (TrainingLossSession session = TrainingLossSession.open(model, sessions);
        Progress bar = progress.start(name + ": NCE loss", " examples", examples.size())) {
      return new LossEvaluation(
              (batch, index) -> session.loss(batch.inputs(), batch.labels()).loss(),
              PER_EXAMPLE,
              options.batchSize())
          .run(examples, Long.MAX_VALUE, LossEvaluation.PerExample.NONE, bar);
    }
  }

  private LossSummary fullLoss(String name, Path model, Examples examples, int batchSize)
      throws Exception {
    long count = Math.min(options.limit(), examples.size());
    try (EvaluationSession session = EvaluationSession.open(model, sessions);
        Progress bar = progress.start(name + ": full loss", " examples", count)) {
      return new LossEvaluation(
              (batch, index) -> session.loss(batch.inputs(), batch.labels()).loss(),
              PER_EXAMPLE,
              batchSize)
          .run(examples, count, LossEvaluation.PerExample.NONE, bar);
    }
  }

  private int fullBatchSize(int numClasses) {
    long perExample = (long) numClasses * Float.BYTES * LOGIT_COPIES;
    return (int) Math.max(1, Math.min(options.batchSize(), FULL_LOSS_BYTES / perExample));
  }
}
