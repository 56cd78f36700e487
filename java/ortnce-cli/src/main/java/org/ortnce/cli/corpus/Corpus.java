package org.ortnce.cli.corpus;

import java.util.Objects;
import java.util.Random;

/**
 * Examples to evaluate a loss on: pairs of a centre (what the embedding of an example is looked up
 * by) and a class (its label).
 *
 * <p>Centres and classes are numbered apart: a method that nobody calls is a centre but no class.
 * In a text both are the same words and {@link #centres} is {@link #classes}. A class counts as
 * often as it was read, also in pairs that were not kept.
 */
public final class Corpus {
  private final String description;
  private final Vocabulary centres;
  private final Vocabulary classes;
  private final int[] centreIds;
  private final int[] classIds;
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

  Corpus(
      String description,
      Vocabulary centres,
      Vocabulary classes,
      int[] centreIds,
      int[] classIds,
      Statistics statistics) {
    if (centreIds.length != classIds.length) {
      throw new IllegalArgumentException(
          centreIds.length + " centres, " + classIds.length + " classes");
    }
    this.description = Objects.requireNonNull(description, "description");
    this.centres = Objects.requireNonNull(centres, "centres");
    this.classes = Objects.requireNonNull(classes, "classes");
    this.centreIds = centreIds;
    this.classIds = classIds;
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /** Where it was read from, for people. */
  public String description() {
    return description;
  }

  /** What the first ids of the pairs number. */
  public Vocabulary centres() {
    return centres;
  }

  /** What the second ids of the pairs number: the classes of the losses. */
  public Vocabulary classes() {
    return classes;
  }

  /** How much was read. */
  public Statistics statistics() {
    return statistics;
  }

  /** The number of pairs. */
  public int pairCount() {
    return centreIds.length;
  }

  /** The centre of pair {@code index}, in [0, centres().size()). */
  public int centre(int index) {
    return centreIds[index];
  }

  /** The class of pair {@code index}, in [0, classes().size()). */
  public int classId(int index) {
    return classIds[index];
  }

  /**
   * The same pairs in a random order that depends on the seed only, so that a prefix of them stands
   * for the whole.
   */
  public Corpus shuffled(long seed) {
    int[] newCentres = centreIds.clone();
    int[] newClasses = classIds.clone();
    Random random = new Random(seed);
    for (int i = newCentres.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      swap(newCentres, i, j);
      swap(newClasses, i, j);
    }
    return new Corpus(description, centres, classes, newCentres, newClasses, statistics);
  }

  private static void swap(int[] array, int i, int j) {
    int kept = array[i];
    array[i] = array[j];
    array[j] = kept;
  }
}
