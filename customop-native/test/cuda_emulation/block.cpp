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
    : findings_(findings),
      threads_(static_cast<size_t>(threads)),
      meetings_(static_cast<size_t>(threads / kLanes + threads / kMostTogether)) {}

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
  for (Meeting& meeting : meetings_) meeting = Meeting{};
  barriers_ = std::make_unique<PhaseBarriers>(findings_);
  products_.assign(threads_.size() / size_t{kMostTogether} + 1, {});
  box_copies_.clear();
  const auto all = static_cast<std::ptrdiff_t>(threads_.size());
  while (count(State::kDone) < all) {
    if (run_ready_threads() || wake_threads() || end_late_meeting() || end_copy()) continue;
    if (count(State::kAtBarrier) < all) {
      findings_.add("block (%lld, %lld) hangs: %td threads at a barrier of all, %td in an operation of several, "
                    "%td at a barrier of bytes, %td done",
                    static_cast<long long>(x), static_cast<long long>(y), count(State::kAtBarrier),
                    count(State::kTogether), count(State::kAwaiting), count(State::kDone));
      return;
    }
    shared_->barrier();
    for (Thread& thread : threads_) thread.state = State::kReady;
    ++turn_;
  }
  if (!box_copies_.empty()) findings_.add("a block ends before its copies arrive");
  for (const GroupProducts& products : products_) {
    if (products.under_way()) findings_.add("a block ends before its products");
  }
}

std::ptrdiff_t Block::count(State state) const {
  return std::count_if(threads_.begin(), threads_.end(), [&](const Thread& t) { return t.state == state; });
}

bool Block::wake_threads() {
  bool any = false;
  for (Thread& thread : threads_) {
    if (thread.state != State::kAwaiting || !barriers_->ended(thread.awaited, thread.parity)) continue;
    thread.state = State::kReady;
    any = true;
  }
  return any;
}

void Block::await(const void* barrier, int parity) {
  if (barriers_->ended(barrier, parity)) return;
  Thread& thread = current();
  thread.awaited = barrier;
  thread.parity = parity;
  thread.state = State::kAwaiting;
  thread.fiber.suspend();
}

void Block::begin_copy(BoxCopy copy) {
  for (const BoxCopy::Piece& piece : copy.pieces) shared_->expect(running_, piece.to, sizeof piece.data);
  box_copies_.emplace_back(running_, std::move(copy));
}

bool Block::end_copy() {
  if (box_copies_.empty()) return false;
  const auto ended = turn_++ % 2 == 0 ? box_copies_.begin() : box_copies_.end() - 1;
  const auto& [thread, copy] = *ended;
  for (const BoxCopy::Piece& piece : copy.pieces) shared_->arrive(thread, piece.to, piece.data, sizeof piece.data);
  barriers_->bytes_came(copy.barrier, static_cast<int64_t>(copy.pieces.size() * sizeof BoxCopy::Piece::data));
  box_copies_.erase(ended);
  return true;
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

Block::Meeting& Block::join(int count, Operation operation, void* arguments) {
  const int first = running_ / count * count;
  const size_t warps = count == kLanes ? 0 : threads_.size() / kLanes;
  Meeting& meeting = meetings_[warps + static_cast<size_t>(running_ / count)];
  if (meeting.arrived > 0 && meeting.operation != operation) {
    findings_.add("threads from %d on are in different operations", first);
  }
  meeting.first = first;
  meeting.count = count;
  meeting.operation = operation;
  meeting.arguments[running_ - first] = arguments;
  ++meeting.arrived;
  return meeting;
}

void Block::leave_together() {
  Thread& thread = current();
  thread.state = State::kTogether;
  thread.fiber.suspend();
}

void Block::end(Meeting& meeting) {
  meeting.operation(meeting.arguments);
  meeting.arrived = 0;
  meeting.late = false;
  for (int other = 0; other < meeting.count; ++other) {
    threads_[static_cast<size_t>(meeting.first + other)].state = State::kReady;
  }
}

void Block::together(int count, Operation operation, void* arguments) {
  Meeting& meeting = join(count, operation, arguments);
  if (meeting.arrived < count) return leave_together();
  end(meeting);
}

void Block::together_late(int count, Operation operation, void* arguments) {
  join(count, operation, arguments).late = true;
  leave_together();
}

bool Block::end_late_meeting() {
  for (Meeting& meeting : meetings_) {
    if (!meeting.late || meeting.arrived < meeting.count) continue;
    running_ = meeting.first;  // for what asks whose operation it is
    end(meeting);
    return true;
  }
  return false;
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
