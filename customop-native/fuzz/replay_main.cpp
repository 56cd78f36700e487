// Runs the saved inputs of every target: the files corpus/TARGET.txt, an input a line, in hexadecimal; then, for so
// many seconds a target, changed ones. Folders of inputs, as libFuzzer has them, are made of such a file and back.
// usage: ortnce_fuzz_replay CORPUS_DIRECTORY [SECONDS] | unpack FILE FOLDER | pack FOLDER FILE
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "neighbours.h"
#include "support/op_runtime.h"
#include "target.h"

namespace {

namespace fs = std::filesystem;
using ortnce::fuzz::Input;

std::vector<Input> read_inputs(const fs::path& file) {
  std::vector<Input> inputs;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    Input input;
    for (size_t at = 0; at + 1 < line.size(); at += 2) {
      input.push_back(static_cast<uint8_t>(std::stoi(line.substr(at, 2), nullptr, 16)));
    }
    inputs.push_back(input);
  }
  return inputs;
}

int unpack(const fs::path& file, const fs::path& folder) {
  fs::create_directories(folder);
  size_t number = 0;
  for (const Input& input : read_inputs(file)) {
    std::ofstream stream(folder / ("saved-" + std::to_string(number++)), std::ios::binary);
    stream.write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  }
  return 0;
}

int pack(const fs::path& folder, const fs::path& file) {
  std::vector<std::string> lines;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    std::string line;
    for (const char byte : std::string{std::istreambuf_iterator<char>(stream), {}}) {
      char digits[3];
      std::snprintf(digits, sizeof(digits), "%02x", static_cast<unsigned>(static_cast<uint8_t>(byte)));
      line += digits;
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::ofstream stream(file);
  for (const std::string& line : lines) stream << line << "\n";
  return stream.good() ? 0 : 1;
}

int replay(const fs::path& directory, double seconds) {
  ortnce::test::limit_op_memory(size_t{1} << 20);
  const uint64_t seed = std::random_device()();
  size_t count = 0;
  int64_t neighbours = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(directory)) {
    const auto* const target = ortnce::fuzz::find_target(file.path().stem().c_str());
    if (target == nullptr) {
      std::fprintf(stderr, "%s: no target of this name\n", file.path().c_str());
      return 1;
    }
    const std::vector<Input> inputs = read_inputs(file.path());
    for (const Input& input : inputs) ortnce::fuzz::run_target(*target, input.data(), input.size(), true);
    count += inputs.size();
    if (seconds > 0) neighbours += ortnce::fuzz::run_neighbours(*target, inputs, seconds, seed);
  }
  std::printf("%zu inputs replayed, %lld changed ones tried\n", count, static_cast<long long>(neighbours));
  return count > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 || argc == 3) return replay(argv[1], argc == 3 ? std::atof(argv[2]) : 0);
  if (argc == 4 && std::strcmp(argv[1], "unpack") == 0) return unpack(argv[2], argv[3]);
  if (argc == 4 && std::strcmp(argv[1], "pack") == 0) return pack(argv[2], argv[3]);
  std::fprintf(stderr, "usage: %s CORPUS_DIRECTORY [SECONDS] | unpack FILE FOLDER | pack FOLDER FILE\n", argv[0]);
  return 2;
}
