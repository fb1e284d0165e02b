callboard_library(edge
  SOURCES
    body_stream.cpp
    edge_connection.cpp
    edge_thread.cpp
    http_answers.cpp
    http_chunks.cpp
    http_connection.cpp
    http_message.cpp
    http_writer.cpp
    listener.cpp
    strict_http.cpp
    ws_connection.cpp
    ws_frame_meter.cpp
  DEPS callboard_base Boost::headers Threads::Threads)
