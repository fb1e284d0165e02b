callboard_library(streams
  SOURCES
    asyncapi.cpp
    event_poll.cpp
    event_readers.cpp
    event_stream.cpp
    frame_tables.cpp
    frames.cpp
    frames_decode.cpp
    outbound_queue.cpp
    resume_id.cpp
    socket_session.cpp
    socket_streams.cpp
    stream_table.cpp
    subscription.cpp
    user_quota.cpp
  DEPS callboard_base Boost::json OpenSSL::Crypto)
