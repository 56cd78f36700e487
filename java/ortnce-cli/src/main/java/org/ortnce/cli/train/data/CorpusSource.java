package org.ortnce.cli.train.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ortnce.cli.corpus.ClassFileCorpus;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.corpus.CorpusOptions;
import org.ortnce.cli.corpus.TextCorpus;
import org.ortnce.cli.terminal.Progress;

/**
 * Reads a corpus.
 *
 * @param text the text to read; the running JDK if absent
 * @param options what is kept of it
 */
public record CorpusSource(Optional<Path> text, CorpusOptions options) implements DataSource {
  @Override
  public Dataset read(double heldOut, long seed, Progress.Factory progress) throws IOException {
    return new CorpusDataset(corpus(progress), text.isPresent(), heldOut, seed);
  }

  private Corpus corpus(Progress.Factory progress) throws IOException {
    if (text.isPresent()) {
      try (Progress bar = progress.start("reading text", " bytes", -1)) {
        return TextCorpus.of(text.get(), options, bar::at);
      }
    }
    try (Progress bar = progress.start("reading classes", " files", -1)) {
      return ClassFileCorpus.ofRunningJdk(options, bar::at);
    }
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("--window", Integer.toString(options.window()));
    values.put("--min-count", Integer.toString(options.minCount()));
    values.put("--max-vocabulary", Integer.toString(options.maxVocabulary()));
    values.put("--max-pairs", Integer.toString(options.maxPairs()));
    return values;
  }
}
