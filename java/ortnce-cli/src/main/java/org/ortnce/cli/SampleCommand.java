package org.ortnce.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ortnce.cli.sample.SampleReport;
import org.ortnce.cli.sample.SamplerKind;
import org.ortnce.cli.sample.SavedRuns;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.nce.FixedUnigramOptions;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.SamplerSession;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code ortnce sample}: what a candidate sampler draws. */
@Command(
    name = "sample",
    sortOptions = false,
    description =
        "Prints or saves what one of TensorFlow's candidate samplers draws: classes, and how often"
            + " they and given labels are expected.")
final class SampleCommand extends Subcommand {
  private static final long DEFAULT_LIMIT = 20;

  /** What cannot change that all classes are drawn, once. */
  private static final Set<String> NOT_OF_ALL =
      Set.of("--range-max", "--unique", "--run", "--runs");

  @Option(
      names = "--sampler",
      paramLabel = "SAMPLER",
      defaultValue = "log-uniform",
      description = "The sampler: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  SamplerKind kind;

  @Option(
      names = "--range-max",
      paramLabel = "V",
      description =
          "The number of classes; required, unless --unigrams, --vocabulary or --initial-counts say"
              + " it, or all are drawn.")
  Long rangeMax;

  @Option(
      names = "--num-sampled",
      required = true,
      paramLabel = "S",
      description = "Candidates drawn in a run.")
  long numSampled;

  @Option(
      names = "--unique",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Draw without replacement (default), as tf.nn.nce_loss does; --no-unique draws with"
              + " replacement. TensorFlow's samplers themselves have no default.")
  boolean unique;

  @Option(
      names = "--labels",
      paramLabel = "FILE.npy|N[,N...]",
      description =
          "True classes: int64 or int32 [batch, num_true] or [batch] in a file, or a list with one"
              + " for each example. Their expected counts are given too (default: none).")
  String labels;

  @Option(
      names = "--run",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "The first run to show, counted from 0 (default: ${DEFAULT-VALUE}). A learned unigram"
              + " sampler does the runs before it too, and learns the labels in each, unless"
              + " --initial-counts say what it has learned in them.")
  long firstRun;

  @Option(
      names = "--runs",
      paramLabel = "K",
      defaultValue = "1",
      description = "How many runs to show (default: ${DEFAULT-VALUE}).")
  long runs;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Print the first N candidates and examples of each run (default: "
              + DEFAULT_LIMIT
              + ", all with --json). Files have all.")
  Long limit;

  @Mixin SampleSeedOptions seeds = new SampleSeedOptions();

  @Mixin SampleUnigramOptions unigrams = new SampleUnigramOptions();

  @Mixin LearnedOptions learned = new LearnedOptions();

  @Mixin SampleFileOptions files = new SampleFileOptions();

  /** The options that only the learned unigram sampler has. */
  @OptionHeading("For --sampler learned-unigram")
  static final class LearnedOptions {
    static final Set<String> NAMES = Set.of("--initial-counts", "--save-counts");

    @Option(
        names = "--initial-counts",
        paramLabel = "FILE.npy",
        description =
            "The counts of the classes before run --run, int64 [range_max] (default: 1s).")
    Path initialCounts;

    @Option(
        names = "--save-counts",
        paramLabel = "FILE.npy",
        description = "Write the counts after the last run, int64 [range_max].")
    Path saveCounts;
  }

  SampleCommand(Console console) {
    super(console);
  }

  /** A sampler and its model. */
  private record Sampler(SamplerOptions options, OnnxModel model) {}

  @Override
  void run() throws Exception {
    Set<String> given =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(OptionSpec::longestName)
            .collect(Collectors.toSet());
    checkThatOptionsFit(given);
    Tensor trueClasses = trueClasses();
    Sampler sampler = sampler(given, trueClasses);
    Map<String, SavedRuns> saved =
        fromOptions(() -> files.savedRuns(runs, numSampled, trueClasses));
    long shown = limit != null ? limit : common.json ? Long.MAX_VALUE : DEFAULT_LIMIT;
    SampleReport report = new SampleReport(kind, sampler.options(), trueClasses, shown);
    try (SamplerSession session =
        SamplerSession.open(sampler.model().toByteArray(), sessions().build())) {
      draw(session, trueClasses, report, saved.values());
      if (learned.saveCounts != null) {
        session.saveCounts(learned.saveCounts);
        report.wrote("counts_file", learned.saveCounts);
      }
    }
    for (Map.Entry<String, SavedRuns> file : saved.entrySet()) {
      file.getValue().write();
      report.wrote(file.getKey(), file.getValue().file());
    }
    if (files.model != null) {
      sampler.model().save(files.model);
      report.wrote("model_file", files.model);
    }
    print(report.json(), report::text);
  }

  /** An option without an effect is a mistake. */
  private void checkThatOptionsFit(Set<String> given) {
    for (String name : given) {
      boolean fits =
          (kind == SamplerKind.LEARNED_UNIGRAM || !LearnedOptions.NAMES.contains(name))
              && (kind == SamplerKind.FIXED_UNIGRAM || !SampleUnigramOptions.NAMES.contains(name))
              && (kind != SamplerKind.ALL
                  || !(NOT_OF_ALL.contains(name) || SampleSeedOptions.NAMES.contains(name)));
      if (!fits) {
        throw wrongUsage(name + " has no effect with --sampler " + kind);
      }
    }
    if (firstRun < 0 || runs < 1 || firstRun > Long.MAX_VALUE - runs) {
      throw wrongUsage("--run must be at least 0 and --runs at least 1, within 64 bits");
    }
    if (limit != null && limit < 0) {
      throw wrongUsage("--limit must be at least 0, got " + limit);
    }
  }

  private Tensor trueClasses() throws IOException {
    if (labels == null) {
      return Tensor.of(new long[0], 0, 1);
    }
    return ClassIds.isList(labels)
        ? fromOptions(() -> ClassIds.labelsInList(labels))
        : ClassIds.labelsInFile(Path.of(labels));
  }

  private Sampler sampler(Set<String> given, Tensor trueClasses) throws IOException {
    SamplerOptions.Builder options =
        fromOptions(
            () ->
                SamplerOptions.builder()
                    .numSampled(numSampled)
                    .numTrue(Math.toIntExact(trueClasses.dim(1)))
                    .unique(unique)
                    .seed(seeds.seeds(given)));
    return switch (kind) {
      case LOG_UNIFORM ->
          ofOptions(ranged(options, null), made -> SamplerModels.logUniform(made, true));
      case UNIFORM -> ofOptions(ranged(options, null), made -> SamplerModels.uniform(made, true));
      case LEARNED_UNIGRAM -> learnedUnigram(options);
      case FIXED_UNIGRAM -> fixedUnigram(options);
      case ALL -> ofOptions(options.build(), made -> SamplerModels.all(made, true));
    };
  }

  /** A sampler that reads no file: what the builder refuses is wrong usage. */
  private Sampler ofOptions(SamplerOptions options, Function<SamplerOptions, OnnxModel> model) {
    return new Sampler(options, fromOptions(() -> model.apply(options)));
  }

  private Sampler learnedUnigram(SamplerOptions.Builder builder) throws IOException {
    if (learned.initialCounts == null) {
      return ofOptions(ranged(builder, null), SamplerModels::learnedUnigram);
    }
    Tensor counts = Npy.read(learned.initialCounts);
    SamplerOptions options = ranged(builder, counts.elementCount());
    return new Sampler(options, SamplerModels.learnedUnigram(options, counts));
  }

  private Sampler fixedUnigram(SamplerOptions.Builder builder) throws IOException {
    FixedUnigramOptions attributes = fromOptions(unigrams::attributes);
    Tensor weights = unigrams.weights();
    SamplerOptions options = ranged(builder, attributes.rangeMax(weights.elementCount()));
    return new Sampler(options, SamplerModels.fixedUnigram(weights, options, attributes, true));
  }

  /**
   * The options with a number of classes.
   *
   * @param ofFile the number that fits a file; null if none says it
   */
  private SamplerOptions ranged(SamplerOptions.Builder builder, Long ofFile) {
    if (rangeMax == null && ofFile == null) {
      throw wrongUsage("--sampler " + kind + " needs the number of classes: give --range-max");
    }
    long classes = rangeMax != null ? rangeMax : ofFile;
    SamplerOptions options = fromOptions(() -> builder.rangeMax(classes).build());
    if (unique && numSampled > classes) {
      throw wrongUsage(
          "--num-sampled "
              + numSampled
              + " is more than there are classes, "
              + (rangeMax != null ? "--range-max " : "")
              + classes
              + "; --no-unique draws with replacement");
    }
    return options;
  }

  private void draw(
      SamplerSession session, Tensor trueClasses, SampleReport report, Collection<SavedRuns> saved)
      throws OrtException {
    // A sampler that learns comes to its first run through those before it.
    long before = session.takesStep() ? 0 : firstRun;
    boolean hasLearned = learned.initialCounts != null;
    try (Progress progress = progress("sample", " runs", before + runs)) {
      for (long run = 0; run < before; run++) {
        if (hasLearned) {
          session.skip(1);
        } else {
          session.sample(trueClasses);
        }
        progress.at(run + 1, before + runs);
      }
      for (long i = 0; i < runs; i++) {
        long run = firstRun + i;
        CandidateSample sample =
            session.takesStep() ? session.sample(trueClasses, run) : session.sample(trueClasses);
        report.add(run, sample);
        saved.forEach(file -> file.add(sample));
        progress.at(before + i + 1, before + runs);
      }
    }
  }
}
