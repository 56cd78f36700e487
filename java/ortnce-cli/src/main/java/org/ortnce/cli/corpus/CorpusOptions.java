package org.ortnce.cli.corpus;

/**
 * What a corpus keeps of what was read.
 *
 * @param minCount words seen less often are dropped; at least 1
 * @param maxVocabulary the most frequent words kept; at least 1
 * @param window how many words to each side of the centre make pairs with it; at least 1
 * @param maxPairs pairs kept, in the order read; later ones are counted, not stored; at least 1
 */
public record CorpusOptions(int minCount, int maxVocabulary, int window, int maxPairs) {

  /** Every word, windows of 5 words to each side, at most 20 million pairs (160 MB). */
  public static final CorpusOptions DEFAULT =
      new CorpusOptions(1, Integer.MAX_VALUE, 5, 20_000_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is below 1
   */
  public CorpusOptions {
    atLeastOne("minCount", minCount);
    atLeastOne("maxVocabulary", maxVocabulary);
    atLeastOne("window", window);
    atLeastOne("maxPairs", maxPairs);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
