// Times the kernels at the shapes that are promised, with one thread and with two, beside what the
// machine can do. Results are checked against the double-precision reference before they are timed.
//
//     ortnce_kernels_bench [--only TEXT] [--threads N,...] [--runs N] [--seconds S] [--json FILE]
//
// --only: shapes whose name contains the text. --runs: of which the median is taken (101), as long as
// they fit in --seconds (1). ORTNCE_ISA chooses the instruction set.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "class_bench.h"
#include "machine_floor.h"
#include "nce_bench.h"
#include "platform/instruction_set.h"
#include "report.h"
#include "thread_pool.h"

namespace ortnce::bench {
namespace {

struct Options {
  std::string only;
  std::vector<int> threads = {1, 2};
  int runs = 101;
  double seconds = 1;
  const char* json = nullptr;
};

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: ortnce_kernels_bench [--only TEXT] [--threads N,...] [--runs N] [--seconds S] [--json FILE]\n");
  std::exit(2);
}

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count) usage();
    const std::string name = arguments[i];
    const char* const value = arguments[i + 1];
    if (name == "--only") {
      options.only = value;
    } else if (name == "--threads") {
      options.threads.clear();
      for (const char* at = value; at != nullptr; at = std::strchr(at, ',')) {
        options.threads.push_back(std::atoi(at += *at == ','));
        if (options.threads.back() < 1) usage();
      }
    } else if (name == "--runs") {
      options.runs = std::atoi(value);
      if (options.runs < 1) usage();
    } else if (name == "--seconds") {
      options.seconds = std::atof(value);
    } else if (name == "--json") {
      options.json = value;
    } else {
      usage();
    }
  }
  return options;
}

/// A subject that is made only when it is wanted: tables of classes take up to a gigabyte.
struct Choice {
  std::string name;
  Subject (*make)(const void* shape);
  const void* shape;
};

constexpr auto kFloat = kernels::ElementType::kFloat, kFloat16 = kernels::ElementType::kFloat16,
               kBfloat16 = kernels::ElementType::kBfloat16;

constexpr NceShape kLossShapes[] = {
    {128, 128, 64, 50'000, 1},     {1024, 64, 64, 122'000, 1},   {1024, 256, 64, 1'000'000, 1},
    {1024, 512, 1024, 200'000, 1}, {512, 512, 8192, 200'000, 5}, {4096, 256, 4096, 200'000, 1},
    {1024, 256, 64, 1'000'000, 1, kFloat, kBfloat16},
    {1024, 256, 64, 1'000'000, 1, kBfloat16, kBfloat16},
    {1024, 256, 64, 1'000'000, 1, kFloat, kFloat16},
    {1024, 512, 1024, 200'000, 1, kFloat, kBfloat16},
    {1024, 512, 1024, 200'000, 1, kBfloat16, kBfloat16},
    {1024, 512, 1024, 200'000, 1, kFloat, kFloat16},
};
constexpr NceShape kGradientShapes[] = {
    {1024, 64, 64, 122'000, 1}, {1024, 512, 1024, 200'000, 1}, {4096, 256, 4096, 200'000, 1},
    {1024, 512, 1024, 200'000, 1, kFloat, kBfloat16},
    {1024, 512, 1024, 200'000, 1, kBfloat16, kBfloat16}};
constexpr ClassShape kClassShapes[] = {
    {1, 128, 100'000}, {16, 128, 100'000}, {256, 128, 100'000}, {256, 128, 200'000}, {1024, 128, 1'000'000},
    {1, 128, 100'000, kFloat, kBfloat16},
    {1, 128, 100'000, kFloat, kFloat16},
    {256, 128, 100'000, kFloat, kBfloat16},
    {256, 128, 100'000, kBfloat16, kBfloat16},
    {256, 128, 100'000, kFloat, kFloat16}};

template <class Shape, Subject (*Make)(const Shape&), size_t Count>
void add_choices(const char* op, const Shape (&shapes)[Count], std::vector<Choice>* choices) {
  for (const Shape& shape : shapes) {
    choices->push_back({std::string(op) + " " + describe(shape),
                        [](const void* of) { return Make(*static_cast<const Shape*>(of)); }, &shape});
  }
}

int run(const Options& options) {
  if (!platform::forced_level_is_available()) {
    std::fprintf(stderr, "%s names a level that does not run here\n", platform::kInstructionSetVariable);
    return 2;
  }
  const char* const level = platform::name_of(platform::active_level());
  std::printf("level %s\n", level);
  std::map<int, MachineFloor> floors;
  for (const int threads : options.threads) {
    floors[threads] = measure_floor(threads);
    print_floor(threads, floors[threads]);
  }
  std::vector<Choice> choices;
  add_choices<NceShape, nce_loss>("NceLoss", kLossShapes, &choices);
  add_choices<NceShape, nce_loss_and_gradient>("NceLossGrad", kGradientShapes, &choices);
  add_choices<ClassShape, full_sigmoid_loss>("FullSigmoidLoss", kClassShapes, &choices);

  print_header();
  std::vector<Result> results;
  for (const Choice& choice : choices) {
    if (choice.name.find(options.only) == std::string::npos) continue;
    const Subject subject = choice.make(choice.shape);
    for (const int threads : options.threads) {
      ThreadPool pool(threads);
      subject.run(pool);
      const std::string wrong = subject.check();
      if (!wrong.empty()) {
        std::fprintf(stderr, "%s: %s\n", choice.name.c_str(), wrong.c_str());
        return 1;
      }
      const Seconds seconds = measure(subject, pool, options.runs, options.seconds);
      const MachineFloor& floor = floors[threads];
      const double gflops = subject.pairs && floor.pair_gflops > 0 ? floor.pair_gflops : floor.gflops;
      const double floor_seconds = std::max(subject.flop / gflops, subject.bytes / floor.gigabytes_a_second) * 1e-9;
      results.push_back({choice.name, threads, seconds, subject.flop / seconds.median * 1e-9, floor_seconds});
      print_result(results.back());
    }
  }
  if (options.json != nullptr && !write_json(options.json, level, results)) {
    std::fprintf(stderr, "cannot write %s\n", options.json);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace ortnce::bench

int main(int count, char** arguments) { return ortnce::bench::run(ortnce::bench::parse(count, arguments)); }
