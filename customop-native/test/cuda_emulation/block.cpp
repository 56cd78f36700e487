#include "cuda_emulation/block.h"

#include <algorithm>
#include <cstring>

namespace ortnce::emulation {
namespace {

thread_local Block* running_block = nullptr;

}  // namespace

Block& current_block() { return *running_block; }
void set_current_block(Block* block) { running_block = block; }

Block::Block(int threads, Findings& findings)
    : findings_(findings), threads_(static_cast<size_t>(threads)), warps_(static_cast<size_t>(threads / kLanes)) {}

void Block::enter(void* block) {
  auto* const self = static_cast<Block*>(block);
  self->body_(self->argument_);
  Thread& thread = self->current();
  for (const auto& group : thread.groups) {
    if (!group.empty()) self->findings_.add("thread %d ends before its copies arrive", self->running_);
  }
  thread.state = State::kDone;
}

void Block::run(int64_t x, int64_t y, size_t shared_bytes, void (*body)(const void*), const void* argument) {
  x_ = x;
  y_ = y;
  body_ = body;
  argument_ = argument;
  shared_ = std::make_unique<SharedMemory>(shared_bytes, findings_);
  for (Thread& thread : threads_) {
    thread.state = State::kReady;
    thread.groups.assign(1, {});
    thread.fiber.start(&Block::enter, this);
  }
  for (Warp& warp : warps_) warp = Warp{};
  const auto in = [&](State state) {
    return std::count_if(threads_.begin(), threads_.end(), [&](const Thread& t) { return t.state == state; });
  };
  const auto all = static_cast<std::ptrdiff_t>(threads_.size());
  while (in(State::kDone) < all) {
    if (run_ready_threads()) continue;
    if (in(State::kAtBarrier) < all) {
      findings_.add("block (%lld, %lld) hangs: %td threads at a barrier, %td in an operation of their warp, %td done",
                    static_cast<long long>(x), static_cast<long long>(y), in(State::kAtBarrier), in(State::kInWarp),
                    in(State::kDone));
      return;
    }
    shared_->barrier();
    for (Thread& thread : threads_) thread.state = State::kReady;
    ++turn_;
  }
}

bool Block::run_ready_threads() {
  bool any = false;
  const auto count = static_cast<int>(threads_.size()), warps = count / kLanes;
  for (int i = 0; i < count; ++i) {
    // Other warps first at every barrier, backwards at every other.
    const int place = turn_ % 2 == 0 ? i / kLanes : warps - 1 - i / kLanes;
    const int warp = (place + static_cast<int>(turn_ * 7 % 1024)) % warps;
    running_ = warp * kLanes + i % kLanes;
    if (current().state != State::kReady) continue;
    any = true;
    current().fiber.resume();
  }
  return any;
}

void Block::sync() {
  Thread& thread = current();
  thread.state = State::kAtBarrier;
  thread.fiber.suspend();
}

void Block::together(WarpOperation operation, void* arguments) {
  const auto lane = static_cast<size_t>(running_ % kLanes);
  Warp& warp = warps_[static_cast<size_t>(running_ / kLanes)];
  if (warp.arrived > 0 && warp.operation != operation) {
    findings_.add("warp %d: its lanes are in different operations", running_ / kLanes);
  }
  warp.operation = operation;
  warp.arguments[lane] = arguments;
  if (++warp.arrived < kLanes) {
    Thread& thread = current();
    thread.state = State::kInWarp;
    thread.fiber.suspend();
    return;
  }
  operation(warp.arguments);
  warp.arrived = 0;
  const size_t first = static_cast<size_t>(running_) - lane;
  for (size_t other = 0; other < kLanes; ++other) threads_[first + other].state = State::kReady;
}

void Block::copy(void* to, const void* from, bool valid) {
  Copy copy{static_cast<unsigned char*>(to), {}};
  if (reinterpret_cast<uintptr_t>(from) % 16 != 0 && valid) {
    findings_.add("thread %d copies from an address that is no multiple of 16", running_);
  }
  if (valid && !findings_.any()) std::memcpy(copy.data, from, sizeof copy.data);
  shared_->expect(running_, to, sizeof copy.data);
  current().groups.back().push_back(copy);
}

void Block::commit() { current().groups.emplace_back(); }

void Block::wait(size_t pending) {
  auto& groups = current().groups;
  while (groups.size() > pending + 1) {  // besides the open one
    for (const Copy& copy : groups.front()) shared_->arrive(running_, copy.to, copy.data, sizeof copy.data);
    groups.erase(groups.begin());
  }
}

}  // namespace ortnce::emulation
