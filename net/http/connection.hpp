// SPDX-License-Identifier: Apache-2.0
// One client: reads a request within its deadlines, shows it to the gate, hands it to the gateway, writes the answer,
// and begins again. One request at a time: what a client pipelines waits in its socket.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "net/asio.hpp"
#include "net/gateway/event_stream.hpp"
#include "net/http/house.hpp"

namespace dunlin::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Thread: the server's.
class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(tcp::socket socket, std::string address, std::shared_ptr<house> inside);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();

  /// The server stops: an open request is answered with 503, an answer on its way may leave, all else is closed.
  void finish();
  void close();

 private:
  using steady = std::chrono::steady_clock;
  using request_type = http::request<http::string_body>;

  // connection.cpp: reading
  void await_request();
  void read_header();
  void on_header(error_code ec);
  void refuse_unread(error_code ec);
  [[nodiscard]] std::optional<http_answer> refused(const request_type& seen);
  void read_body();
  void on_request();

  // connection_answer.cpp: writing
  void answer(http_answer given);
  void on_late();
  void count_and_write(http_answer given);
  void write(http_answer given);
  void on_written(error_code ec);
  void linger();
  void discard(std::size_t so_far);
  void begin_stream(http_answer given);
  void watch_for_leaving();
  void look();
  void on_piece(event_piece piece);
  void wait_for_news();

  template <class Answer>
  void fill_headers(Answer& out, const http_answer& given) const;

  std::shared_ptr<house> house_;
  std::string address_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  asio::steady_timer timer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response<http::empty_body>> stream_head_;
  std::optional<http::response_serializer<http::empty_body>> head_writer_;
  std::shared_ptr<event_stream> events_;
  std::shared_ptr<exchange> call_;
  event_piece piece_;
  steady::time_point asked_;
  steady::time_point streaming_since_;
  steady::time_point last_written_;
  std::size_t served_ = 0;
  bool keep_alive_ = false;
  bool waiting_ = false;  ///< for the gateway's answer
  bool looking_ = false;  ///< for news of a task
  bool writing_ = false;
  bool is_head_ = false;
};

}  // namespace dunlin::net
