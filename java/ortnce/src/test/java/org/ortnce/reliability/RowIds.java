package org.ortnce.reliability;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Which rows of the table a test is of. */
final class RowIds {
  private static final Pattern ID = Pattern.compile("[A-Z]\\d\\d");
  private static final Pattern LEADING = Pattern.compile("\\G,? ?([A-Za-z]\\d\\d)(?!\\d)");

  private RowIds() {}

  /** The ids that a test, or the method that makes it, is tagged with or has a name of. */
  static Set<String> of(TestPlan plan, TestIdentifier test) {
    Set<String> ids = new TreeSet<>();
    for (Optional<TestIdentifier> at = Optional.of(test); at.isPresent(); ) {
      add(at.get(), ids);
      at = plan.getParent(at.get());
    }
    return ids;
  }

  private static void add(TestIdentifier test, Set<String> ids) {
    test.getTags().stream()
        .map(tag -> tag.getName())
        .filter(tag -> ID.matcher(tag).matches())
        .forEach(ids::add);
    Matcher leading = LEADING.matcher(test.getDisplayName());
    while (leading.find()) {
      ids.add(leading.group(1).toUpperCase(Locale.ROOT));
    }
  }
}
