package org.ortnce.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Every row of the table of bad inputs in a child process of limited memory and time: an error that
 * explains, or the defined result, and never the end of the process. A row of the table that no
 * test is of, and that is not excused with a reason, fails.
 */
@EnabledOnOs(OS.LINUX)
class BadInputTableTest {
  @Test
  void everyRowInAProcessOfItsOwn() throws Exception {
    RowTable table = RowTable.read();
    Set<String> covered = new TreeSet<>(idsOf(discover(BadInputs.Apart.TAG)));
    List<String> failures = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    int tests = 0;
    for (List<String> classes : batches(discover(BadInputs.TAG))) {
      RowBatch batch = RowBatch.run(classes);
      covered.addAll(batch.covered());
      failures.addAll(batch.failures());
      skipped.addAll(batch.skipped());
      tests += batch.tests();
    }
    System.out.println(report(table, covered, skipped, tests));
    assertThat(failures).isEmpty();
    Set<String> missing = new TreeSet<>(table.rows().keySet());
    missing.removeAll(covered);
    missing.removeAll(table.excuses().keySet());
    assertThat(missing).as("rows that no test is of").isEmpty();
    assertThat(covered).as("rows of the table").isSubsetOf(table.rows().keySet());
    assertThat(table.excuses().keySet())
        .as("excused, and tested")
        .doesNotContainAnyElementsOf(covered);
  }

  private static String report(
      RowTable table, Set<String> covered, List<String> skipped, int tests) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "Bad inputs: %d of %d rows, %d tests in child processes",
            covered.size(), table.rows().size(), tests));
    table
        .excuses()
        .forEach((id, why) -> text.append("\n  not in Java: ").append(id).append(": ").append(why));
    skipped.forEach(row -> text.append("\n  not on this machine: ").append(row));
    return text.toString();
  }

  private static TestPlan discover(String tag) {
    return LauncherFactory.create()
        .discover(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectPackage("org.ortnce"))
                .filters(TagFilter.includeTags(tag))
                .build());
  }

  /** Without those of dynamic tests, which are known only when they run. */
  private static Set<String> idsOf(TestPlan plan) {
    Set<String> ids = new TreeSet<>();
    plan.getRoots()
        .forEach(root -> plan.getDescendants(root).forEach(t -> ids.addAll(RowIds.of(plan, t))));
    return ids;
  }

  /** One process for the classes of a package. */
  private static Iterable<List<String>> batches(TestPlan plan) {
    Map<String, List<String>> byPackage = new TreeMap<>();
    for (TestIdentifier root : plan.getRoots()) {
      for (TestIdentifier test : plan.getDescendants(root)) {
        if (test.getSource().orElse(null) instanceof ClassSource source) {
          String name = source.getClassName();
          byPackage
              .computeIfAbsent(name.substring(0, name.lastIndexOf('.')), p -> new ArrayList<>())
              .add(name);
        }
      }
    }
    return byPackage.values();
  }
}
