package org.ortnce.cli.corpus;

import java.util.Objects;

/**
 * Examples to train on: pairs of a centre (the word an embedding is looked up by) and a class (a
 * word near it, the label), both numbered by one vocabulary.
 *
 * <p>The pairs lie in passages: sentences, or pieces of long ones. What is held out of a training
 * is held out by the passage, since a pair and its mirror image come from one place and know each
 * other.
 */
public final class Corpus {
  private final String description;
  private final Vocabulary vocabulary;
  private final int[] centreIds;
  private final int[] classIds;
  private final int[] passageEnds;
  private final Statistics statistics;

  /**
   * How much was read to make a corpus.
   *
   * @param documents class files, or 1 for a text
   * @param sentences method bodies that call something, or lines that have a word
   * @param tokens calls, or words
   * @param distinctTokens different methods called, or different words
   * @param droppedPairs pairs beyond {@link CorpusOptions#maxPairs}
   */
  public record Statistics(
      long documents, long sentences, long tokens, long distinctTokens, long droppedPairs) {}

  Corpus(String description, Vocabulary vocabulary, PairBuilder pairs, Statistics statistics) {
    this.description = Objects.requireNonNull(description, "description");
    this.vocabulary = Objects.requireNonNull(vocabulary, "vocabulary");
    this.centreIds = pairs.centres();
    this.classIds = pairs.classes();
    this.passageEnds = pairs.passageEnds();
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /** Where it was read from, for people. */
  public String description() {
    return description;
  }

  /** What the ids of the pairs number. A word counts as often as it was read. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** How much was read. */
  public Statistics statistics() {
    return statistics;
  }

  /** The number of pairs. */
  public int pairCount() {
    return centreIds.length;
  }

  /** The centre of pair {@code index}, in [0, vocabulary().size()). */
  public int centre(int index) {
    return centreIds[index];
  }

  /** The class of pair {@code index}, in [0, vocabulary().size()). */
  public int classId(int index) {
    return classIds[index];
  }

  /** The number of passages; each has at least one pair. */
  public int passageCount() {
    return passageEnds.length;
  }

  /** The first pair past passage {@code index}; it is the first of the next. */
  public int passageEnd(int index) {
    return passageEnds[index];
  }
}
