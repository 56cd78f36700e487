package org.ortnce.cli.sample;

import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.cli.terminal.Table;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.session.CandidateSample;
import org.ortnce.tensor.Tensor;

/** Draws of a sampler for a person and for machines. Keeps only what is shown of them. */
public final class SampleReport {
  private final SamplerKind kind;
  private final SamplerOptions options;
  private final Tensor trueClasses;
  private final long limit;
  private final List<SampledRun> runs = new ArrayList<>();
  private final Map<String, Path> files = new LinkedHashMap<>();

  /**
   * A report without draws.
   *
   * @param trueClasses int64 [batch, num_true]
   * @param limit how many candidates and examples of each run are shown
   */
  public SampleReport(SamplerKind kind, SamplerOptions options, Tensor trueClasses, long limit) {
    this.kind = kind;
    this.options = options;
    this.trueClasses = trueClasses;
    this.limit = limit;
  }

  /** Adds a draw. */
  public void add(long run, CandidateSample sample) {
    runs.add(new SampledRun(run, sample, limit));
  }

  /** Adds a file that was written; {@code key} is its name in JSON. */
  public void wrote(String key, Path file) {
    files.put(key, file);
  }

  private long rangeMax() {
    return options.rangeMax().orElse(options.numSampled());
  }

  /** For machines. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sampler", kind.toString());
    json.put("num_sampled", options.numSampled());
    json.put("range_max", rangeMax());
    if (kind != SamplerKind.ALL) {
      json.put("unique", options.unique());
      json.put("seed", options.seeds().seed());
      json.put("seed2", options.seeds().seed2());
    }
    json.put("runs", runs.stream().map(this::json).toList());
    files.forEach((key, file) -> json.put(key, file.toString()));
    return json;
  }

  private Map<String, Object> json(SampledRun run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", run.run);
    json.put("sampled_candidates", run.sampledCandidates);
    json.put("sampled_expected_count", run.sampledExpectedCount);
    if (hasLabels()) {
      json.put("true_expected_count", run.trueExpectedCount);
    }
    return json;
  }

  private boolean hasLabels() {
    return trueClasses.dim(0) > 0;
  }

  /** For a person. */
  public String text() {
    Table head = new Table("ll");
    head.row("sampler", kind + ", " + Table.grouped(rangeMax()) + " classes" + replacement());
    if (kind != SamplerKind.ALL) {
      String seeds = options.seeds().seed() + ", " + options.seeds().seed2();
      head.row("seed, seed2", seeds + (options.seeds().isFresh() ? " (fresh ones)" : ""));
    }
    files.values().forEach(file -> head.row("wrote", file));
    StringBuilder text = new StringBuilder(head.render(0));
    for (SampledRun run : runs) {
      text.append("\nrun ").append(run.run).append('\n').append(candidates(run));
      if (hasLabels()) {
        text.append(labels(run));
      }
    }
    return text.toString();
  }

  private String replacement() {
    if (kind == SamplerKind.ALL) {
      return "";
    }
    return options.unique() ? ", without replacement" : ", with replacement";
  }

  private String candidates(SampledRun run) {
    Table table = new Table("rl").row("candidate", "expected count");
    for (int i = 0; i < run.sampledCandidates.length; i++) {
      table.row(
          Long.toString(run.sampledCandidates[i]), Float.toString(run.sampledExpectedCount[i]));
    }
    return table.render(2) + more(options.numSampled(), run.sampledCandidates.length);
  }

  private String labels(SampledRun run) {
    Table table = new Table("rl").row("label", "expected count");
    LongBuffer labels = trueClasses.longs();
    for (float[] example : run.trueExpectedCount) {
      for (float count : example) {
        table.row(Long.toString(labels.get()), Float.toString(count));
      }
    }
    return table.render(2) + more(trueClasses.dim(0), run.trueExpectedCount.length);
  }

  private static String more(long size, int shown) {
    return size == shown ? "" : "  ... " + Table.grouped(size - shown) + " more\n";
  }
}
