package org.ortnce.cli.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Numbers names as they come and counts them; the final numbering is by frequency. */
final class Lexicon {
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private long[] counts = new long[1024];
  private long total;

  /** The provisional id of a name, which counts as seen once more. */
  int add(String name) {
    Integer known = ids.get(name);
    int id = known == null ? names.size() : known;
    if (known == null) {
      ids.put(name, id);
      names.add(name);
      if (id == counts.length) {
        counts = Arrays.copyOf(counts, id + (id >> 1));
      }
    }
    counts[id]++;
    total++;
    return id;
  }

  int size() {
    return names.size();
  }

  String name(int id) {
    return names.get(id);
  }

  long total() {
    return total;
  }

  /** The names that stay, numbered anew, and the way from provisional ids to the new ones. */
  Ranking rank(int minCount, int maxVocabulary) {
    int[] order =
        IntStream.range(0, names.size())
            .filter(id -> counts[id] >= minCount)
            .boxed()
            .sorted(Comparator.comparingLong((Integer id) -> -counts[id]).thenComparing(names::get))
            .limit(maxVocabulary)
            .mapToInt(Integer::intValue)
            .toArray();
    int[] rankOf = new int[names.size()];
    Arrays.fill(rankOf, Ranking.DROPPED);
    String[] rankedNames = new String[order.length];
    long[] rankedCounts = new long[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      rankOf[order[rank]] = rank;
      rankedNames[rank] = names.get(order[rank]);
      rankedCounts[rank] = counts[order[rank]];
    }
    return new Ranking(new Vocabulary(rankedNames, rankedCounts), rankOf);
  }

  /**
   * Final ids of provisional ones.
   *
   * @param vocabulary the names that stay
   * @param rankOf for each provisional id its rank, or {@link #DROPPED}
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  record Ranking(Vocabulary vocabulary, int[] rankOf) {
    static final int DROPPED = -1;
  }
}
