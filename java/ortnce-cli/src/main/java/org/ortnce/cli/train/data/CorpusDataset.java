package org.ortnce.cli.train.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.cli.terminal.Table;
import org.ortnce.training.ExampleSource;

/** The pairs of a corpus; whole passages are held out. */
final class CorpusDataset implements Dataset {
  private static final int FREQUENT_WORDS = 3;

  private final Corpus corpus;
  private final boolean text;
  private final PairExamples training;
  private final PairExamples heldOut;
  private final ClassCounts counts;
  private final long fingerprint;

  CorpusDataset(Corpus corpus, boolean text, double fraction, long seed) {
    this.corpus = corpus;
    this.text = text;
    this.counts = new ClassCounts(corpus.vocabulary().size());
    HeldOut split = new HeldOut(corpus.passageCount(), fraction, seed);
    boolean[] isHeldOut = new boolean[corpus.passageCount()];
    int heldOutPairs = 0;
    for (long i = 0; i < split.heldOutSize(); i++) {
      int passage = (int) split.heldOut(i);
      isHeldOut[passage] = true;
      heldOutPairs += corpus.passageEnd(passage) - start(passage);
    }
    this.training = new PairExamples(corpus.pairCount() - heldOutPairs);
    this.heldOut = new PairExamples(heldOutPairs);
    long hash = corpus.pairCount();
    for (int passage = 0; passage < isHeldOut.length; passage++) {
      PairExamples part = isHeldOut[passage] ? heldOut : training;
      for (int pair = start(passage); pair < corpus.passageEnd(passage); pair++) {
        part.add(corpus.centre(pair), corpus.classId(pair));
        hash = 31 * (31 * hash + corpus.centre(pair)) + corpus.classId(pair);
        if (!isHeldOut[passage]) {
          counts.add(corpus.classId(pair));
        }
      }
    }
    this.fingerprint = hash;
  }

  private int start(int passage) {
    return passage == 0 ? 0 : corpus.passageEnd(passage - 1);
  }

  @Override
  public int numInputs() {
    return corpus.vocabulary().size();
  }

  @Override
  public int numClasses() {
    return corpus.vocabulary().size();
  }

  @Override
  public int context() {
    return 0;
  }

  @Override
  public int numTrue() {
    return 1;
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
    return Names.of(corpus.vocabulary());
  }

  @Override
  public Optional<Vocabulary> vocabulary() {
    return Optional.of(corpus.vocabulary());
  }

  @Override
  public long fingerprint() {
    return fingerprint;
  }

  @Override
  public Table table() {
    Corpus.Statistics read = corpus.statistics();
    Table table = new Table("lrl");
    table.row("corpus", "", corpus.description());
    if (text) {
      table.row("  lines", read.sentences(), "with a word");
      table.row("  words", read.tokens(), Table.grouped(read.distinctTokens()) + " different");
    } else {
      table.row("  class files", read.documents(), "");
      table.row("  method bodies", read.sentences(), "that call a method");
      table.row(
          "  calls", read.tokens(), "of " + Table.grouped(read.distinctTokens()) + " methods");
    }
    table.row(
        "  pairs", corpus.pairCount(), text ? "(word, word near it)" : "(call, call near it)");
    if (read.droppedPairs() > 0) {
      table.row("  pairs left out", read.droppedPairs(), "see --max-pairs");
    }
    table.row("  held out", heldOut.size(), "pairs, never trained on");
    Vocabulary words = corpus.vocabulary();
    table.row("vocabulary", words.size(), text ? "words; the first:" : "methods; the first:");
    for (int id = 0; id < Math.min(FREQUENT_WORDS, words.size()); id++) {
      // Packages are long and the table is for a terminal.
      String name = words.name(id);
      table.row("", words.count(id), name.substring(name.lastIndexOf('/') + 1));
    }
    return table;
  }

  @Override
  public Map<String, Object> json() {
    Corpus.Statistics read = corpus.statistics();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("description", corpus.description());
    json.put("documents", read.documents());
    json.put("sentences", read.sentences());
    json.put("tokens", read.tokens());
    json.put("distinct_tokens", read.distinctTokens());
    json.put("pairs", corpus.pairCount());
    json.put("dropped_pairs", read.droppedPairs());
    json.put("vocabulary", corpus.vocabulary().size());
    json.put("held_out", heldOut.size());
    return json;
  }

  /** Does nothing: all is in memory. */
  @Override
  public void close() {}
}
