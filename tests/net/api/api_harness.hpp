#pragma once

#include "net/api_service.hpp"
#include "net/auth/jwt.hpp"
#include "net/authenticator.hpp"
#include "tests/net/api/memory_entities.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace callboard::testing {

namespace json = boost::json;
using headers = std::vector<std::pair<std::string, std::string>>;

/// A whole answer, its body read as JSON where it is JSON.
struct heard {
  int status = 0;
  headers fields;
  std::string_view fixed;  ///< header lines of every answer
  std::string text;
  json::value body;

  std::string field(std::string_view name) const {
    for (const auto& [key, value] : fields)
      if (key == name)
        return value;
    const auto line = fixed.find(std::string(name) + ": ");
    const auto begin = line + name.size() + 2;
    return line == fixed.npos ? std::string() : std::string(fixed.substr(begin, fixed.find("\r\n", begin) - begin));
  }
  const json::value& operator[](std::string_view name) const { return body.as_object().at(name); }
  std::string word(std::string_view name) const { return std::string((*this)[name].as_string()); }
};

/// Passwords are hashed on their own threads: what they post arrives under a lock.
class shared_loop final : public net::event_loop {
 public:
  void post(std::function<void()> work) noexcept override {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  /// No time passes here: nothing that waits is ever due.
  void after(std::chrono::milliseconds, std::function<void()>) override {}
  /// Runs work until `done`.
  void run_until(const std::function<bool()>& done) {
    while (!done()) {
      if (auto work = next())
        work();
      else
        std::this_thread::yield();
    }
  }

 private:
  std::function<void()> next() {
    const std::lock_guard lock(mutex_);
    if (work_.empty())
      return nullptr;
    auto work = std::move(work_.front());
    work_.pop_front();
    return work;
  }
  std::mutex mutex_;
  std::deque<std::function<void()>> work_;
};

/// The API over real aggregates in memory.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest()
      : keys_("callboard", "callboard", *net::signing_key::from_secret(std::string(32, 'k'))),
        auth_{keys_, passwords_, "server key of the tests", {}, net::login_throttle(7)},
        lists_(entities_) {
    net::api_settings settings;
    settings.rate_limits_on = false;
    start(settings);
  }

  void start(const net::api_settings& settings) {
    service_ = std::make_unique<net::api_service>(net::api_dependencies{
      loop_, entities_, lists_,
      [](std::function<void()> work) {
        work();
        return true;
      },
      [this](const entity_ref& ref, std::uint64_t after, std::size_t limit) {
        return entities_.events(ref, after, limit);
      },
      auth_, shared_, settings, hooks_});
  }

  heard call(std::string method, std::string target, std::string body = {}, headers extra = {}) {
    net::http_request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.remote_ip = remote_ip_;
    request.headers = std::move(extra);
    if (!body.empty())
      request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    if (!token_.empty() && !request.has_header("authorization"))
      request.headers.emplace_back("authorization", "Bearer " + token_);
    std::optional<net::http_response> answer;
    service_->handle(std::move(request), [&](net::http_response&& out) { answer = std::move(out); });
    loop_.run_until([&] { return answer.has_value(); });
    heard out{answer->status, answer->headers, answer->fixed_headers, join(answer->body), {}};
    if (out.field("Content-Type").find("json") != std::string::npos && out.text.find('\n') == std::string::npos)
      out.body = json::parse(out.text);
    return out;
  }

  /// Signs a new user up and acts as him from now on; says his id.
  std::string sign_up(const std::string& name) {
    token_.clear();
    const auto made = call("POST", "/v1/auth/signup",
                           R"({"email":")" + name + R"(@example.org","password":"correct horse battery","username":")" +
                             name + R"("})");
    EXPECT_EQ(made.status, 201) << made.text;
    token_ = made.word("access_token");
    refresh_ = made.word("refresh_token");
    return std::string(made["user"].as_object().at("id").as_string());
  }

  std::string make_list(const std::string& name = "Home") {
    const auto made = call("POST", "/v1/lists", R"({"name":")" + name + R"("})");
    EXPECT_EQ(made.status, 201) << made.text;
    return made.word("id");
  }
  std::string make_task(const std::string& list, const std::string& title = "Milk") {
    const auto made = call("POST", "/v1/lists/" + list + "/tasks", R"({"title":")" + title + R"("})");
    EXPECT_EQ(made.status, 201) << made.text;
    return made.word("id");
  }

  std::string remote_ip_ = "127.0.0.1";
  net::api_hooks hooks_;
  shared_loop loop_;
  memory_entities entities_;
  net::access_tokens keys_;
  net::password_pool passwords_;
  net::auth_parts auth_;
  memory_read_model lists_;
  net::api_shared shared_;
  std::unique_ptr<net::api_service> service_;
  std::string token_, refresh_;
};

}  // namespace callboard::testing
