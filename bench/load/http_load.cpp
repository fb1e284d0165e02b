#include "bench/load/connection.hpp"
#include "bench/load/report.hpp"

#include <charconv>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace bench {

namespace {

/// Lines of `METHOD PATH TOKEN ETAG BODY`, `-` for none, as whole requests.
std::vector<std::string> read_requests(const std::string& path) {
  std::ifstream file{path};
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    std::string method, target, token, etag, body;
    words >> method >> target >> token >> etag >> std::ws;
    std::getline(words, body);
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (token != "-")
      text += "Authorization: Bearer " + token + "\r\n";
    if (etag != "-")
      text += "If-None-Match: " + etag + "\r\n";
    if (body != "-" && !body.empty())
      text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    else
      text += "\r\n";
    out.push_back(std::move(text));
  }
  if (out.empty())
    throw std::runtime_error{"no requests in " + path};
  return out;
}

/// Length of the first whole answer in `text` and its status; 0 if it is not whole.
std::size_t answer_length(std::string_view text, int& status) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return 0;
  std::from_chars(text.data() + 9, text.data() + 12, status);
  std::size_t body = 0;
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "})
    if (const auto at = text.substr(0, end).find(name); at != std::string_view::npos)
      std::from_chars(text.data() + at + name.size(), text.data() + end, body);
  if (status == 204 || status == 304)
    body = 0;
  const auto whole = end + 4 + body;
  return text.size() >= whole ? whole : 0;
}

/// One keep-alive connection with at most one request under way.
struct lane {
  std::unique_ptr<connection> link;
  std::size_t next = 0;
  bool busy = false;
  steady::time_point due;  ///< when the request should have started
};

class run {
 public:
  explicit run(const arguments& args)
      : requests_(read_requests(args.text("requests"))),
        lanes_(args.number("connections", 64)),
        seconds_(args.number("seconds", 10)),
        warmup_(args.number("warmup", 2)),
        rate_(args.number("rate", 0)) {
    report_.name = args.text("name", "http");
    const auto port = static_cast<std::uint16_t>(args.number("port", 8080));
    for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].link = std::make_unique<connection>(port);
      lanes_[i].next = i % requests_.size();
      poller_.add(*lanes_[i].link, i);
      free_.push_back(i);
    }
  }

  int go() {
    const auto begin = steady::now();
    measure_from_ = begin + std::chrono::seconds{warmup_};
    end_ = measure_from_ + std::chrono::seconds{seconds_};
    due_ = begin;
    while (steady::now() < end_) {
      start_due();
      poller_.wait(rate_ == 0 ? 100 : 1, [this](std::uint32_t tag) { on_ready(tag); });
    }
    report_.seconds = double(seconds_);
    report_.print();
    return report_.done > 0 && report_.errors == 0 ? 0 : 1;
  }

 private:
  /// With a rate, latency counts from the moment a request was due, so a stall is not hidden.
  void start_due() {
    const auto now = steady::now();
    while (!free_.empty() && (rate_ == 0 || due_ <= now)) {
      const auto tag = free_.back();
      free_.pop_back();
      start(lanes_[tag], rate_ == 0 ? now : due_);
      if (rate_ != 0)
        due_ += std::chrono::nanoseconds{1'000'000'000 / rate_};
    }
  }

  void start(lane& which, steady::time_point due) {
    which.link->out += requests_[which.next];
    which.next = (which.next + lanes_.size()) % requests_.size();
    which.due = due;
    which.busy = true;
    if (!which.link->flush())
      throw std::runtime_error{"the server closed a connection"};
  }

  void on_ready(std::uint32_t tag) {
    auto& which = lanes_[tag];
    if (!which.link->fill())
      throw std::runtime_error{"the server closed a connection"};
    int status = 0;
    const auto length = answer_length(which.link->unread(), status);
    if (length == 0)
      return;
    which.link->consume(length);
    which.busy = false;
    count(status, which.due);
    if (rate_ == 0)
      start(which, steady::now());
    else
      free_.push_back(tag);
  }

  void count(int status, steady::time_point due) {
    const auto now = steady::now();
    if (now < measure_from_ || now >= end_)
      return;
    ++report_.statuses[status];
    if (status >= 400)
      ++report_.errors;
    else
      ++report_.done;
    report_.add_latency(now - due);
  }

  std::vector<std::string> requests_;
  std::vector<lane> lanes_;
  std::vector<std::uint32_t> free_;
  std::uint64_t seconds_, warmup_, rate_;
  steady::time_point measure_from_, end_, due_;
  poller poller_;
  report report_;
};

}  // namespace

int http_load(const arguments& args) { return run{args}.go(); }

}  // namespace bench
