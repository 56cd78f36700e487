// Runs every row of the table in a process of its own, with a limit on its address space and an alarm: a
// row that dies, hangs or is wrong fails alone, by its name.
// usage: ortnce_bad_inputs [ROW...] or [-ROW...], all but these
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>
#include <string>

#include "bad_inputs/rows.h"
#include "support/op_runtime.h"

/// Of builds that count coverage: what a process that ends by _exit would not write.
extern "C" __attribute__((weak)) void __gcov_dump();

namespace {

using namespace ortnce::test;

[[noreturn]] void end(int status) {
  if (__gcov_dump != nullptr) __gcov_dump();
  _exit(status);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // whose shadow memory no limit leaves room for
#else
constexpr bool kSanitized = false;
#endif

/// For a row; such builds take ten times as long.
unsigned seconds() { return kSanitized || __gcov_dump != nullptr ? 200 : 20; }

[[noreturn]] void run_in_child(const Row& row) {
  alarm(seconds());
  const auto bytes = static_cast<rlim_t>(row.mib) << 20;
  const rlimit limit{bytes, bytes};
  if (!kSanitized && setrlimit(RLIMIT_AS, &limit) != 0) _exit(3);
  limit_op_memory(size_t{1} << 30);
  try {
    row.check();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s (%s): %s\n", row.id, row.input, error.what());
    end(1);
  }
  end(0);
}

bool passes(const Row& row) {
  const pid_t child = fork();
  if (child == 0) run_in_child(row);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    std::perror("ortnce_bad_inputs");
    return false;
  }
  if (WIFSIGNALED(status)) {
    const bool hung = WTERMSIG(status) == SIGALRM;
    std::fprintf(stderr, "%s (%s): %s\n", row.id, row.input, hung ? "hangs" : strsignal(WTERMSIG(status)));
  } else if (WEXITSTATUS(status) > 1) {
    std::fprintf(stderr, "%s (%s): exit status %d\n", row.id, row.input, WEXITSTATUS(status));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::set<std::string> chosen(argv + 1, argv + argc);
  const bool but_these = argc > 1 && argv[1][0] == '-';
  std::set<std::string> seen;
  int right = 0, wrong = 0;
  for (const auto& section :
       {sampler_rows(), unigram_rows(), nce_shape_rows(), nce_sample_rows(), nce_value_rows(), nce_attribute_rows(),
        nce_gradient_rows(), class_rows(), sparse_rows(), runtime_rows()}) {
    for (const Row& row : section) {
      const bool named = chosen.count(std::string(but_these ? "-" : "") + row.id) > 0;
      if (!chosen.empty() && named == but_these) continue;
      seen.insert(row.id);
      if (passes(row)) {
        ++right;
      } else {
        ++wrong;
      }
    }
  }
  std::printf("%d checks of %zu rows right, %d wrong\n", right, seen.size(), wrong);
  if (chosen.empty()) {
    // Rows that the table lacks have a + in their names.
    const auto own = std::count_if(seen.begin(), seen.end(), [](const std::string& id) { return id.find('+') != id.npos; });
    const long met = static_cast<long>(seen.size()) - own;
    long others = 0;
    for (const OtherRows& rows : rows_of_others()) others += rows.count;
    std::printf("%ld of the %ld rows of the table, and %ld more; not met by the ops:\n", met, met + others, own);
    for (const OtherRows& rows : rows_of_others()) std::printf("%4d  %s: %s\n", rows.count, rows.ids, rows.reason);
  }
  return wrong == 0 && right > 0 ? 0 : 1;
}
