package org.ortnce.cli.train.data;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.cli.terminal.Table;
import org.ortnce.training.ExampleSource;

/** Examples in files; single ones are held out. */
final class PairFileDataset implements Dataset {
  private final PairFiles files;
  private final ExampleSource training;
  private final ExampleSource heldOut;
  private final int numInputs;
  private final int numClasses;
  private final ClassCounts counts;
  private final long fingerprint;

  /** Takes over the source. */
  PairFileDataset(
      PairFiles files, ExampleSource source, double fraction, long seed, Progress.Factory progress)
      throws IOException {
    this.files = files;
    HeldOut split = new HeldOut(source.size(), fraction, seed);
    this.training = new SplitExamples(source, split, false);
    this.heldOut = new SplitExamples(source, split, true);
    IdColumn inputs = new IdColumn(source, 0, files.inputs());
    IdColumn labels = new IdColumn(source, 1, files.labels());
    try (Progress bar = progress.start("reading inputs", " examples", source.size())) {
      this.numInputs = inputs.scan("--num-inputs", files.numInputs(), bar);
    }
    try (Progress bar = progress.start("reading labels", " examples", source.size())) {
      this.numClasses = labels.scan("--num-classes", files.numClasses(), bar);
    }
    this.counts = new ClassCounts(numClasses);
    try (Progress bar = progress.start("counting labels", " examples", training.size())) {
      labels.count(training, counts, bar);
    }
    this.fingerprint = 31 * (31 * inputs.hash() + labels.hash()) + source.size();
  }

  @Override
  public int numInputs() {
    return numInputs;
  }

  @Override
  public int numClasses() {
    return numClasses;
  }

  @Override
  public int context() {
    List<Long> row = training.columns().get(0).rowShape();
    return row.isEmpty() ? 0 : Math.toIntExact(row.get(0));
  }

  @Override
  public int numTrue() {
    return Math.toIntExact(training.columns().get(1).rowShape().get(0));
  }

  @Override
  public ExampleSource training() {
    return training;
  }

  @Override
  public ExampleSource heldOut() {
    return heldOut;
  }

  @Override
  public ClassCounts classCounts() {
    return counts;
  }

  @Override
  public Names inputNames() {
    return Names.numbers(numInputs);
  }

  @Override
  public Optional<Vocabulary> vocabulary() {
    return Optional.empty();
  }

  @Override
  public long fingerprint() {
    return fingerprint;
  }

  @Override
  public Table table() {
    Table table = new Table("lrl");
    table.row("inputs", "", files.inputs());
    table.row("  ids", numInputs, context() == 0 ? "" : "the mean of " + context() + " an example");
    table.row("labels", "", files.labels());
    table.row("  classes", numClasses, numTrue() == 1 ? "" : numTrue() + " an example");
    table.row("  examples", training.size() + heldOut.size(), "");
    table.row("  held out", heldOut.size(), "examples, never trained on");
    return table;
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("inputs", files.inputs().toString());
    json.put("labels", files.labels().toString());
    json.put("examples", training.size() + heldOut.size());
    json.put("num_inputs", numInputs);
    json.put("num_classes", numClasses);
    json.put("context", context());
    json.put("num_true", numTrue());
    json.put("held_out", heldOut.size());
    return json;
  }

  @Override
  public void close() throws IOException {
    // Both parts have one source.
    training.close();
  }
}
