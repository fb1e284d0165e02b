callboard_library(streams
  SOURCES
    frames.cpp
    frames_decode.cpp
    outbound_queue.cpp
    socket_session.cpp
    socket_streams.cpp
    stream_table.cpp
    subscription.cpp
    user_quota.cpp
  DEPS callboard_base Boost::json)
