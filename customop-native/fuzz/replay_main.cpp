// Runs the saved inputs of every target: files corpus/TARGET/NAME.
// usage: ortnce_fuzz_replay CORPUS_DIRECTORY
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "support/op_runtime.h"
#include "target.h"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_DIRECTORY\n", argv[0]);
    return 2;
  }
  ortnce::test::limit_op_memory(size_t{1} << 20);
  size_t files = 0;
  for (const fs::directory_entry& folder : fs::directory_iterator(argv[1])) {
    const auto* const target = ortnce::fuzz::find_target(folder.path().filename().c_str());
    if (target == nullptr) {
      std::fprintf(stderr, "%s: no target of this name\n", folder.path().c_str());
      return 1;
    }
    for (const fs::directory_entry& file : fs::directory_iterator(folder.path())) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
      std::fflush(stdout);
      ortnce::fuzz::run_target(*target, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++files;
    }
  }
  std::printf("%zu inputs replayed\n", files);
  return files > 0 ? 0 : 1;
}
