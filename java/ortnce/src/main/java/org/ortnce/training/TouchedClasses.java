package org.ortnce.training;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.ortnce.nce.SplitTrainingStep;

/**
 * The classes that a batch touches, and the batch in terms of their places among them. They are in
 * ascending order: sums over the classes of a batch keep theirs.
 */
final class TouchedClasses {
  private final long[] ids;
  private final long[] labels;
  private final long[] candidates;

  private TouchedClasses(long[] ids, long[] labels, long[] candidates) {
    this.ids = ids;
    this.labels = labels;
    this.candidates = candidates;
  }

  /**
   * Finds them.
   *
   * @param ignoreIndex the label that is padding, if there is one
   */
  static TouchedClasses of(LongBuffer labels, LongBuffer candidates, OptionalLong ignoreIndex) {
    int numLabels = labels.remaining();
    int numCandidates = candidates.remaining();
    long[] sorted = new long[numLabels + numCandidates];
    candidates.get(candidates.position(), sorted, 0, numCandidates);
    int count = numCandidates;
    for (int i = 0; i < numLabels; i++) {
      long label = labels.get(labels.position() + i);
      if (!isIgnored(label, ignoreIndex)) {
        sorted[count++] = label;
      }
    }
    Arrays.sort(sorted, 0, count);
    int unique = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[unique++] = sorted[i];
      }
    }
    long[] ids = Arrays.copyOf(sorted, unique);
    return new TouchedClasses(
        ids, places(labels, ids, ignoreIndex), places(candidates, ids, OptionalLong.empty()));
  }

  private static long[] places(LongBuffer classes, long[] ids, OptionalLong ignoreIndex) {
    long[] places = new long[classes.remaining()];
    for (int i = 0; i < places.length; i++) {
      long id = classes.get(classes.position() + i);
      places[i] =
          isIgnored(id, ignoreIndex) ? SplitTrainingStep.IGNORED : Arrays.binarySearch(ids, id);
    }
    return places;
  }

  static boolean isIgnored(long label, OptionalLong ignoreIndex) {
    return ignoreIndex.isPresent() && label == ignoreIndex.getAsLong();
  }

  /** The counted labels and the candidates, ascending, each once; not a copy. */
  long[] ids() {
    return ids;
  }

  /** The places of the labels, and {@link SplitTrainingStep#IGNORED} for padding. */
  long[] labels() {
    return labels;
  }

  /** The places of the candidates. */
  long[] candidates() {
    return candidates;
  }
}
