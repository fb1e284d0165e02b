#include "net/body_stream.hpp"

#include "net/http_writer.hpp"

namespace callboard::net {

void body_stream::open(std::unique_ptr<body_source> source, body_sink& sink, bool chunked) {
  source_ = std::move(source);
  chunked_ = chunked;
  source_->on_open(sink);
}

body_part body_stream::take(gather& out) {
  text_pieces pieces;
  const auto part = source_->take(pieces);
  if (part == body_part::none || part == body_part::broken)
    return part;
  // An empty chunk would be the end.
  if (const auto size = size_of(pieces); size > 0) {
    if (chunked_)
      out.text() += chunk_head(size);
    for (const auto& piece : pieces)
      out.piece(piece);
    if (chunked_)
      out.text() += "\r\n";
  }
  if (part == body_part::last && chunked_)
    out.text() += last_chunk;
  return part;
}

void body_stream::close() {
  if (const auto source = std::move(source_))
    source->on_closed();
}

}  // namespace callboard::net
