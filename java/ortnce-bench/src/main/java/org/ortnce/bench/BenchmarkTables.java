package org.ortnce.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of this module and prints a Markdown table of each: medians, and the bytes
 * that a call allocates on the heap. What is compared stands side by side: the values of the
 * parameter {@code peer}, or the methods of a benchmark without one.
 *
 * <p>Arguments: those of JMH, such as {@code SessionCall -p model=loss}.
 */
final class BenchmarkTables {
  private static final String PEER = "peer";
  private static final String BYTES = "gc.alloc.rate.norm";

  /** By what is compared, for each setting of the other parameters. */
  private final Map<String, Map<String, RunResult>> rows = new LinkedHashMap<>();

  /** See the class. */
  public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.parent(new CommandLineOptions(arguments));
    options.addProfiler(GCProfiler.class).shouldFailOnError(true).verbosity(VerboseMode.SILENT);
    Map<String, BenchmarkTables> tables = new TreeMap<>();
    for (RunResult result : new Runner(options.build()).run()) {
      String name = result.getParams().getBenchmark();
      String benchmark = name.substring(0, name.lastIndexOf('.'));
      tables
          .computeIfAbsent(
              benchmark.substring(benchmark.lastIndexOf('.') + 1), key -> new BenchmarkTables())
          .add(name.substring(name.lastIndexOf('.') + 1), result);
    }
    tables.forEach((benchmark, table) -> System.out.println(table.markdown(benchmark)));
  }

  private void add(String method, RunResult result) {
    BenchmarkParams params = result.getParams();
    StringBuilder setting = new StringBuilder();
    for (String key : params.getParamsKeys()) {
      if (!key.equals(PEER)) {
        setting.append(setting.isEmpty() ? "" : ", ").append(params.getParam(key));
      }
    }
    String compared = params.getParamsKeys().contains(PEER) ? params.getParam(PEER) : method;
    rows.computeIfAbsent(setting.toString(), key -> new TreeMap<>()).put(compared, result);
  }

  private String markdown(String benchmark) {
    TreeSet<String> columns = new TreeSet<>();
    rows.values().forEach(row -> columns.addAll(row.keySet()));
    RunResult any = rows.values().iterator().next().values().iterator().next();
    StringBuilder text = new StringBuilder();
    text.append("| ").append(benchmark).append(", ").append(any.getPrimaryResult().getScoreUnit());
    columns.forEach(column -> text.append(" | ").append(column).append(" | bytes"));
    text.append(" |\n| ---").append(" | ---: | ---:".repeat(columns.size())).append(" |\n");
    rows.forEach(
        (setting, row) -> {
          text.append("| ").append(setting);
          for (String column : columns) {
            RunResult result = row.get(column);
            text.append(result == null ? " | |" : " | " + median(result) + " | " + bytes(result));
          }
          text.append(" |\n");
        });
    return text.toString();
  }

  private static String median(RunResult result) {
    double median = result.getPrimaryResult().getStatistics().getPercentile(50);
    return String.format(Locale.ROOT, median < 1 ? "%.3f" : "%.1f", median);
  }

  private static String bytes(RunResult result) {
    Result<?> bytes = result.getSecondaryResults().get(BYTES);
    return String.format(Locale.ROOT, "%,.0f", bytes.getScore());
  }
}
