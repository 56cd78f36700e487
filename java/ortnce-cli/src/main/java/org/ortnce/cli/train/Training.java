package org.ortnce.cli.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.OrtNce;
import org.ortnce.cli.evaluate.LossSummary;
import org.ortnce.cli.evaluate.PairedExamples;
import org.ortnce.cli.neighbours.NeighbourTable;
import org.ortnce.cli.neighbours.Tokens;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.train.TrainResult.HeldOutLosses;
import org.ortnce.cli.train.data.DataSource;
import org.ortnce.cli.train.data.Dataset;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.Reduction;
import org.ortnce.session.SessionConfig;

/** A training from data to results: reads, trains, measures, writes. */
public final class Training {
  private final DataSource source;
  private final TrainSettings settings;
  private final SessionConfig sessions;
  private final Progress.Factory progress;

  /** A training that has not run; its sessions are opened with {@code sessions}. */
  public Training(
      DataSource source,
      TrainSettings settings,
      SessionConfig sessions,
      Progress.Factory progress) {
    this.source = source;
    this.settings = settings;
    this.sessions = sessions;
    this.progress = progress;
  }

  /**
   * Runs it all.
   *
   * @throws IOException if the data cannot be read, the directory cannot be used, or the results
   *     cannot be written
   * @throws IllegalArgumentException if the settings do not fit the data or a run to be resumed
   * @throws IllegalStateException if there is no native library for this platform
   * @throws Exception if a session cannot be opened or a model cannot be run
   */
  public TrainResult run() throws Exception {
    // What may be missing is found out before anybody waits for the data.
    OrtNce.libraryPath();
    RunDirectory directory = RunDirectory.check(settings.output(), settings.start());
    try (Dataset data = source.read(settings.heldOut(), settings.seed(), progress)) {
      return run(directory, data, HeldOutSample.of(data.heldOut(), settings.evaluation().limit()));
    }
  }

  private TrainResult run(RunDirectory directory, Dataset data, HeldOutSample heldOut)
      throws Exception {
    NetworkSettings network = settings.network();
    if (network.numSampled() > data.numClasses()) {
      throw new IllegalArgumentException(
          "num_sampled is "
              + network.numSampled()
              + ", there are "
              + data.numClasses()
              + " classes: use --num-sampled "
              + data.numClasses()
              + " or less");
    }
    List<Integer> tokens = Tokens.choose(settings.evaluation().tokens(), data);
    BiasesOnly unigram = BiasesOnly.unigram(data.classCounts());
    BiasesOnly zeros = BiasesOnly.zeros(data.numClasses());
    BiasesOnly before =
        network.initialBiases() == NetworkSettings.InitialBiases.UNIGRAM ? unigram : zeros;
    Parameters parameters =
        Parameters.initial(data, network.dim(), before.biases(), settings.seed());

    directory.prepare();
    TrainingLoop loop = new TrainingLoop(settings, data.training(), parameters);
    TrainingLoop.Finished finished =
        loop.run(loss(data), decisive(data, loop.steps()), directory, sessions, progress);

    Results results = new Results(directory, settings, data, parameters);
    results.write(loss(data), heldOut, finished.curve());
    LossSummary trained = trained(heldOut);
    return new TrainResult(
        settings,
        data,
        finished.run(),
        new HeldOutLosses(
            heldOut.size(),
            zeros.loss(heldOut.labels()),
            before.loss(heldOut.labels()),
            unigram.loss(heldOut.labels()),
            trained.mean(),
            trained.seconds()),
        NeighbourTable.of(
            parameters.embeddings(), data.inputNames(), tokens, settings.evaluation().neighbours()),
        directory.written());
  }

  private NceLossOptions loss(Dataset data) {
    return NceLossOptions.builder()
        .numSampled(settings.network().numSampled())
        .numTrue(data.numTrue())
        .removeAccidentalHits(settings.network().removeAccidentalHits())
        .seed(settings.seed(), 0)
        .reduction(Reduction.MEAN)
        .build();
  }

  private Map<String, String> decisive(Dataset data, long steps) {
    Map<String, String> values = new LinkedHashMap<>(source.settings());
    values.putAll(settings.decisive(steps));
    values.put("data", Long.toHexString(data.fingerprint()));
    return values;
  }

  private LossSummary trained(HeldOutSample heldOut) throws Exception {
    return FullLoss.of(
        settings.output().resolve(Outputs.EVALUATION),
        new PairedExamples(heldOut.inputs(), heldOut.labels()),
        sessions,
        progress);
  }
}
